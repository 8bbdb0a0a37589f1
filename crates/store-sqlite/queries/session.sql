SELECT record FROM flow_sessions WHERE room = ?1
