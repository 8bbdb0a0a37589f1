SELECT DISTINCT flow FROM flow_sessions WHERE status <> 'erased' ORDER BY flow
