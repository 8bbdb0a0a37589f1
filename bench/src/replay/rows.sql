SELECT record FROM events WHERE place > ?1 AND place < ?2 AND record IS NOT NULL ORDER BY place
