INSERT INTO rooms (number, name, upto, at, mark) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (number) DO UPDATE SET name = ?2, upto = ?3, at = ?4, mark = ?5
