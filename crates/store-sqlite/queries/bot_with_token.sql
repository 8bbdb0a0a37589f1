SELECT id FROM bots WHERE token = ?1
