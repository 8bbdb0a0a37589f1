SELECT record FROM activations
WHERE number IN (
        SELECT number FROM activations WHERE trigger = ?2
        UNION ALL
        SELECT number FROM activations WHERE trigger > ?5 AND trigger < ?6
    )
    AND (?3 IS NULL OR bot = ?3) AND (?4 IS NULL OR room = (SELECT number FROM rooms WHERE name = ?4))
ORDER BY number DESC LIMIT ?1
