INSERT INTO bots (id, room, record) VALUES (?1, ?2, ?3)
ON CONFLICT (id) DO UPDATE SET room = excluded.room, record = excluded.record, deleted_by = NULL
