DELETE FROM attachments WHERE room = ?1 AND id <= ?2
