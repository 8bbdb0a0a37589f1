SELECT record FROM activations ORDER BY number DESC LIMIT ?1
