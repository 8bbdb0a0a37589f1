INSERT INTO rooms (name, last_id, last_at) VALUES (?1, ?2, ?3)
