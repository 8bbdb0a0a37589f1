SELECT id, record FROM bots
