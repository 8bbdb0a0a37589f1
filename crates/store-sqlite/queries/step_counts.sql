SELECT step, reached, answered, handed_off, ended, millis FROM step_counts WHERE flow = ?1 AND day >= ?2
