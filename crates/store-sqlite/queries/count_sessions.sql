SELECT status, count(*), min(CASE WHEN status IN ('pending', 'open') THEN json_extract(record, '$.waits') END) FROM flow_sessions
WHERE status <> 'erased' AND (?1 IS NULL OR flow = ?1) AND (?2 IS NULL OR json_extract(record, '$.queue') = ?2)
GROUP BY status
