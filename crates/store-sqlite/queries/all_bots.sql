SELECT r.name, b.record FROM bots AS b JOIN rooms AS r ON r.number = b.room WHERE b.deleted_by IS NULL ORDER BY b.id
