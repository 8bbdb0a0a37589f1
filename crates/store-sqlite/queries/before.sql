SELECT e.place & 0xFFFFFFFFF, e.at, e.record
FROM rooms AS r CROSS JOIN events AS e
WHERE r.name = ?1 AND e.place > (r.number << 36) + r.mark AND e.place < (r.number << 36) + ?2
    AND e.record IS NOT NULL
ORDER BY e.place DESC LIMIT ?3
