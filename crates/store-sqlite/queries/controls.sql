SELECT e.place & 0xFFFFFFFFF, e.controls
FROM rooms AS r CROSS JOIN events AS e INDEXED BY events_with_controls
WHERE r.name = ?1 AND e.place > (r.number << 36) + ?2 AND e.place <= (r.number << 36) + ?3 AND e.controls IS NOT NULL
ORDER BY e.place LIMIT ?4
