SELECT a.record
FROM rooms AS r CROSS JOIN activations AS a
WHERE r.name = ?1 AND a.trigger = ?2 AND a.room = r.number
ORDER BY a.number
