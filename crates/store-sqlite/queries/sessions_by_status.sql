SELECT s.room, r.name, r.last_at, s.record FROM flow_sessions AS s JOIN rooms AS r ON r.number = s.room
WHERE s.room < ?1 AND s.status = ?3 AND (?4 IS NULL OR s.flow = ?4) ORDER BY s.room DESC LIMIT ?2
