INSERT INTO attachments (room, id, name, bytes) VALUES (?1, ?2, ?3, ?4)
