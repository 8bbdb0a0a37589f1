UPDATE rooms SET conversation = ?2 WHERE number = ?1
