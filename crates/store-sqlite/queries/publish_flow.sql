INSERT INTO published (flow, version) VALUES (?1, ?2) ON CONFLICT (flow) DO UPDATE SET version = excluded.version
