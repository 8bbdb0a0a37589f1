-- The session whose secret has this hash.
SELECT id, account, made, seen, expires, address, agent FROM sessions WHERE hash = ?1
