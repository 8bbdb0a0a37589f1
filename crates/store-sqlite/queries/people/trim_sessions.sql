-- Of an account's sessions the last used are kept.
DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE account = ?1 ORDER BY seen DESC, id DESC LIMIT -1 OFFSET ?2)
