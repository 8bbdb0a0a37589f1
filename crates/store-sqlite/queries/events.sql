SELECT e.place & 0xFFFFFFFFF, e.at, e.messages, e.prev, e.controls, e.record, r.mark,
    e.messages > 0 AND EXISTS (
        SELECT 1 FROM pending AS p WHERE p.room = r.number AND p.trigger = 'message:' || (e.place & 0xFFFFFFFFF)
    )
FROM rooms AS r CROSS JOIN events AS e
WHERE r.name = ?1 AND e.place > (r.number << 36) + ?2 AND e.place < (r.number + 1) << 36
    AND (e.place >= (r.number << 36) + r.mark OR e.controls IS NOT NULL)
ORDER BY e.place
