INSERT INTO rooms (number, last_id, last_at) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET last_id = ?2, last_at = ?3
