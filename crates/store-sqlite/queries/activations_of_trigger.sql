SELECT record FROM activations
WHERE trigger = ?2 AND (?3 IS NULL OR bot = ?3) AND (?4 IS NULL OR room = (SELECT number FROM rooms WHERE name = ?4))
ORDER BY number DESC LIMIT ?1
