SELECT secret FROM bots WHERE id = ?1
