DELETE FROM messages WHERE rowid = ?1
