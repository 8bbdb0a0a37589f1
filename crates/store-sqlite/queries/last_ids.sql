SELECT coalesce(max(last_id), 0), coalesce(max(last_at), 0) FROM rooms
