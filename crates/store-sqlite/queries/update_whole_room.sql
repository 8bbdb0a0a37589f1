UPDATE rooms SET last_id = ?2, last_at = ?3, control = ?4, mark = ?5, archive = ?6, bots = ?7 WHERE number = ?1
