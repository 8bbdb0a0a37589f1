-- What happened, the newest first.
SELECT id, at, who, what, about, address FROM notes WHERE id < ?1 ORDER BY id DESC LIMIT ?2
