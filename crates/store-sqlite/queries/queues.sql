SELECT json_extract(record, '$.queue') FROM flow_sessions WHERE status = ?1 ORDER BY room DESC LIMIT ?2
