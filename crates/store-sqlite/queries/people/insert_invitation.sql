-- An invitation is made.
INSERT INTO invitations (hash, role, uses, made, expires, maker) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
