SELECT DISTINCT json_extract(record, '$.queue') AS queue FROM flow_sessions
WHERE status IN ('pending', 'open', 'snoozed', 'resolved') AND queue IS NOT NULL ORDER BY queue
