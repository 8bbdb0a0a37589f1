INSERT INTO spoken (flow, id, room) VALUES (?1, ?2, ?3)
