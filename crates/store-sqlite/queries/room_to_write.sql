SELECT number, last_id, last_at, control, mark, archive, bots FROM rooms WHERE name = ?1
