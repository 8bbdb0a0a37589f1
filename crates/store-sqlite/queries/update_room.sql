UPDATE rooms SET last_id = ?2, last_at = ?3, control = ?4 WHERE number = ?1
