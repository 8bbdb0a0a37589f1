-- The tokens of an account, the newest first.
SELECT id, account, name, scopes, made, used, expires FROM tokens WHERE account = ?1 ORDER BY id DESC LIMIT ?2
