SELECT record FROM activations
WHERE room = (SELECT number FROM rooms WHERE name = ?2) AND (?3 IS NULL OR bot = ?3)
ORDER BY number DESC LIMIT ?1
