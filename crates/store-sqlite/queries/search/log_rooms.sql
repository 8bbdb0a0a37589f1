SELECT number, name, last_id, last_at, max(mark, erased) FROM rooms WHERE last_id > 0 AND (?1 IS NULL OR number = ?1)
