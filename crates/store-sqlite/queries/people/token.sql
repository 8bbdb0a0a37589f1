-- The token whose secret has this hash.
SELECT id, account, name, scopes, made, used, expires FROM tokens WHERE hash = ?1
