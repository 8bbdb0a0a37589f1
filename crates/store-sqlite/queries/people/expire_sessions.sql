-- Sessions that are over are forgotten.
DELETE FROM sessions WHERE expires <= ?1
