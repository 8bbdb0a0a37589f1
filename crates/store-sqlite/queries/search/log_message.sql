SELECT at, record FROM events WHERE place = ?1 AND record IS NOT NULL
