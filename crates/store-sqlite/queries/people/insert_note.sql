-- Something happened.
INSERT INTO notes (at, who, what, about, address) VALUES (?1, ?2, ?3, ?4, ?5)
