SELECT s.room, r.name, r.last_at, s.record FROM flow_sessions AS s JOIN rooms AS r ON r.number = s.room
WHERE s.room < ?1 AND s.flow = ?4 AND s.status <> 'erased'
  AND (?5 IS NULL OR json_extract(s.record, '$.queue') = ?5)
  AND (?6 IS NULL OR EXISTS (SELECT 1 FROM json_each(s.record, '$.variables') AS v WHERE v.value = ?6))
  AND (?7 IS NULL OR r.last_at < ?7)
ORDER BY s.room DESC LIMIT ?2
