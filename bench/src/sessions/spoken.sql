INSERT INTO spoken (id, room) VALUES (?1, ?2)
