SELECT number, last_id, max(mark, erased) FROM rooms WHERE name = ?1
