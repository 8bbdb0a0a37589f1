INSERT INTO rooms (name) VALUES (?1)
