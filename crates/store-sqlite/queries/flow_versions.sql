SELECT name, version, at FROM flows WHERE name = ?1 ORDER BY at DESC LIMIT ?2
