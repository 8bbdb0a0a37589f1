UPDATE rooms SET settings = ?2 WHERE number = ?1
