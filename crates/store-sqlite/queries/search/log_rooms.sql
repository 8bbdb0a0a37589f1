SELECT number, name, last_id, last_at, mark FROM rooms WHERE last_id > 0 AND (?1 IS NULL OR number = ?1)
