UPDATE bots SET secret = ?2 WHERE id = ?1 AND deleted_by IS NULL
