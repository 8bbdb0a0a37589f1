SELECT s.room, r.name, r.last_at, s.record FROM flow_sessions AS s JOIN rooms AS r ON r.number = s.room
WHERE s.room < ?1 ORDER BY s.room DESC LIMIT ?2
