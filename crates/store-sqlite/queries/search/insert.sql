INSERT INTO messages (rowid, author, text) VALUES (?1, ?2, ?3)
