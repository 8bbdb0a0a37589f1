SELECT place FROM events WHERE place > ?1 AND place <= ?2 AND messages IS NOT NULL ORDER BY place DESC LIMIT 1
