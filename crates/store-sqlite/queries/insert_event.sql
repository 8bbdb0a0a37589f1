INSERT INTO events (place, at, messages, prev, controls, kind, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
