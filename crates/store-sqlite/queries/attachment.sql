SELECT a.name, a.bytes FROM attachments AS a JOIN rooms AS r ON r.number = a.room WHERE r.name = ?1 AND a.id = ?2
