INSERT INTO bots (id, room, record, deleted_by) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (id) DO UPDATE SET
    room = excluded.room, record = excluded.record, deleted_by = excluded.deleted_by, secret = NULL, token = NULL
