SELECT number, record FROM activations
