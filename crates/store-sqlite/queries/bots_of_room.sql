SELECT record FROM bots WHERE room = ?1 AND deleted_by IS NULL ORDER BY id
