SELECT rowid, author, text FROM messages WHERE rowid > ?1 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3
