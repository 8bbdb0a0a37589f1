-- The newest that have it; ends as soon as there are enough.
SELECT text FROM messages
WHERE text LIKE ?1 AND (?2 IS NULL OR author LIKE ?2) AND id < ?3
ORDER BY id DESC LIMIT 20
