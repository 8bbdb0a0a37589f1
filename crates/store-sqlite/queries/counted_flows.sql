-- From one flow to the next, however many days each has.
WITH RECURSIVE flows (flow) AS (
    SELECT min(flow) FROM step_counts
    UNION ALL SELECT (SELECT min(s.flow) FROM step_counts AS s WHERE s.flow > flows.flow) FROM flows WHERE flow IS NOT NULL
)
SELECT flow FROM flows WHERE flow IS NOT NULL
