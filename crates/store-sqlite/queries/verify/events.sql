SELECT place, at, messages, prev, controls, kind, record FROM events ORDER BY place
