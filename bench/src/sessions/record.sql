SELECT record FROM flow_sessions
