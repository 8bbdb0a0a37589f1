DELETE FROM activations
WHERE room = ?1 AND done = 1
    AND number <= (SELECT number FROM activations WHERE room = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)
