-- Of what happened the newest is kept.
DELETE FROM notes WHERE id <= ?1
