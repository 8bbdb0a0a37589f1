SELECT p.id, r.name, e.at, e.controls FROM spoken AS p
JOIN rooms AS r ON r.number = p.room JOIN events AS e ON e.place = (p.room << 36 | p.id)
WHERE p.flow = ?1 AND p.id > ?2 ORDER BY p.id LIMIT ?3
