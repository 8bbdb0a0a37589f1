SELECT number, last_id, mark FROM rooms WHERE name = ?1
