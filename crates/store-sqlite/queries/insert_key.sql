INSERT OR REPLACE INTO keys (room, key, id, at) VALUES (?1, ?2, ?3, ?4)
