-- A token is made.
INSERT INTO tokens (hash, account, name, scopes, made, used, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
