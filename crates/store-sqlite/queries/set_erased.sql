UPDATE rooms SET erased = ?2 WHERE number = ?1
