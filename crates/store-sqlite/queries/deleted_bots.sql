SELECT b.record
FROM rooms AS r CROSS JOIN bots AS b
WHERE r.name = ?1 AND b.room = r.number AND b.deleted_by > ?2
ORDER BY b.id
