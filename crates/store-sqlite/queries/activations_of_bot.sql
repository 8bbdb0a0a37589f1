SELECT record FROM activations WHERE bot = ?2 ORDER BY number DESC LIMIT ?1
