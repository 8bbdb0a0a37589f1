SELECT number, name, last_id, last_at, max(mark, erased) FROM rooms WHERE number BETWEEN ?1 AND ?2 AND last_id > 0
