DELETE FROM pending WHERE room = ?1 AND trigger = ?2
