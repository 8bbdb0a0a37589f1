SELECT r.name, b.record FROM bots AS b JOIN rooms AS r ON r.number = b.room WHERE b.id = ?1 AND b.deleted_by IS NULL
