SELECT rowid AS row_number, * FROM messages WHERE rowid > ?1 ORDER BY rowid LIMIT ?2
