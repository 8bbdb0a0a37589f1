INSERT INTO events (place, at, controls, record) VALUES (?1, ?2, ?3, ?4)
