-- An account is this one elsewhere.
INSERT INTO identities (issuer, subject, account) VALUES (?1, ?2, ?3)
