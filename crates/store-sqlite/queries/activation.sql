SELECT record FROM activations WHERE id = ?1
