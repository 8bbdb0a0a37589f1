UPDATE rooms SET last_id = ?2, last_at = ?3 WHERE number = ?1
