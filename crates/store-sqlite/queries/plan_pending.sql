UPDATE pending SET plan = ?3 WHERE room = ?1 AND trigger = ?2
