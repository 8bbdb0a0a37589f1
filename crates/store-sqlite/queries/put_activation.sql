INSERT INTO activations (id, room, bot, trigger, done, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (id) DO UPDATE SET done = excluded.done, record = excluded.record
