SELECT count(*), min(waits) FROM (
    SELECT CASE WHEN ?1 IN ('pending', 'open') THEN json_extract(record, '$.waits') END AS waits FROM flow_sessions
    WHERE status = ?1 AND (?2 IS NULL OR flow = ?2) AND (?3 IS NULL OR json_extract(record, '$.queue') = ?3) LIMIT ?4
)
