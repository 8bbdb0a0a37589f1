-- From one flow to the next, however many sessions each has.
WITH RECURSIVE flows (flow) AS (
    SELECT min(flow) FROM flow_sessions
    UNION ALL SELECT (SELECT min(s.flow) FROM flow_sessions AS s WHERE s.flow > flows.flow) FROM flows WHERE flow IS NOT NULL
)
SELECT flow FROM flows WHERE flow IS NOT NULL
