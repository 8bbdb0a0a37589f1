SELECT number, last_id, last_at, control, mark, bots, conversation, settings FROM rooms WHERE name = ?1
