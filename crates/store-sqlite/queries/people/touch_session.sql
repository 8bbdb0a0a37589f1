-- A session was used.
UPDATE sessions SET seen = max(seen, ?2), expires = ?3, address = ?4 WHERE id = ?1
