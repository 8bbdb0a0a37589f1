-- A session begins.
INSERT INTO sessions (hash, account, made, seen, expires, address, agent) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
