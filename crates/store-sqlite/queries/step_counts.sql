SELECT flow, step, sum(reached), sum(answered), sum(handed_off), sum(ended), sum(millis) FROM step_counts
WHERE day >= ?1 AND (?2 IS NULL OR flow = ?2) GROUP BY flow, step ORDER BY flow, step
