INSERT INTO temp.sample (rowid, author, text) VALUES (?1, ?2, ?3)
