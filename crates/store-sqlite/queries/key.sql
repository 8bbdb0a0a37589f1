SELECT id, at FROM keys WHERE room = ?1 AND key = ?2
