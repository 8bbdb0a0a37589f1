UPDATE bots SET token = ?2 WHERE id = ?1 AND deleted_by IS NULL
