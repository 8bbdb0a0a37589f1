SELECT number, last_id, erased, settings FROM rooms
WHERE number > ?1 AND last_id > erased AND (settings IS NOT NULL OR ?2)
ORDER BY number LIMIT ?3
