INSERT OR IGNORE INTO pending (room, trigger, body) VALUES (?1, ?2, ?3)
