INSERT INTO flows (name, version, text, at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING
