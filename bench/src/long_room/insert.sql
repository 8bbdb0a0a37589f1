INSERT INTO messages (id, author, at, text) VALUES (?1, ?2, ?3, ?4)
