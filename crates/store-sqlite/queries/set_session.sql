INSERT INTO flow_sessions (room, flow, status, record) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (room) DO UPDATE SET status = excluded.status, record = excluded.record
