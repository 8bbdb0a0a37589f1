SELECT s.room, r.name, r.last_at, s.record FROM flow_sessions AS s JOIN rooms AS r ON r.number = s.room
WHERE s.room < ?1 AND s.flow = ?3 ORDER BY s.room DESC LIMIT ?2
