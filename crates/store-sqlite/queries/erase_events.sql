DELETE FROM events WHERE place > ?1 AND place <= ?2 AND controls IS NULL
