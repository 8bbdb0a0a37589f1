-- The newest that have it, out of all: every row is looked at, as with any order but that of the table.
SELECT text FROM messages
WHERE text LIKE ?1 AND (?2 IS NULL OR author LIKE ?2) AND id < ?3
ORDER BY at DESC LIMIT 20
