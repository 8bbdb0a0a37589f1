-- A session of this account ends.
DELETE FROM sessions WHERE id = ?1 AND account = ?2
