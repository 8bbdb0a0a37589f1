INSERT INTO step_counts (flow, day, step, reached, answered, handed_off, ended, millis) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (flow, day, step) DO UPDATE SET
    reached = reached + excluded.reached,
    answered = answered + excluded.answered,
    handed_off = handed_off + excluded.handed_off,
    ended = ended + excluded.ended,
    millis = millis + excluded.millis
