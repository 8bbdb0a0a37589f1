-- An account is made.
INSERT INTO accounts (name, folded, role, password, made) VALUES (?1, ?2, ?3, ?4, ?5)
