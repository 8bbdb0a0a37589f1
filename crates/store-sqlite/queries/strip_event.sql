UPDATE events SET messages = 0, kind = NULL, record = NULL, controls = ?2 WHERE place = ?1
