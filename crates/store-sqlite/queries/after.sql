SELECT e.place & 0xFFFFFFFFF, e.at, e.record
FROM rooms AS r CROSS JOIN events AS e
WHERE r.name = ?1 AND e.place > (r.number << 36) + max(?2, r.mark) AND e.place <= (r.number << 36) + ?3
    AND e.record IS NOT NULL
ORDER BY e.place LIMIT ?4
