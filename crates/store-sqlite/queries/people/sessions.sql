-- The sessions of an account, the last used first.
SELECT id, account, made, seen, expires, address, agent FROM sessions WHERE account = ?1 ORDER BY seen DESC LIMIT ?2
