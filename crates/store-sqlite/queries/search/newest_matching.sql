SELECT rowid, author, text FROM messages
WHERE messages MATCH ?4 AND rowid > ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3
