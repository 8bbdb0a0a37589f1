INSERT INTO events (place, at, record) VALUES (?1, ?2, ?3)
