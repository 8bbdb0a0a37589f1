UPDATE flow_sessions SET record = ?2 WHERE room = ?1 AND status = ?3
