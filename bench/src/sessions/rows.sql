SELECT e.controls, e.record FROM events AS e JOIN flow_sessions AS s ON s.room = e.place >> 36 ORDER BY e.place
