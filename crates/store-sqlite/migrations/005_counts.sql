-- How often visitors came to each step of a flow, and what they did there, by day; the empty step stands for the whole flow.
CREATE TABLE step_counts (
    flow TEXT NOT NULL,
    -- Days since 1970.
    day INTEGER NOT NULL,
    step TEXT NOT NULL,
    reached INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    handed_off INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    millis INTEGER NOT NULL,
    PRIMARY KEY (flow, day, step)
) STRICT, WITHOUT ROWID;
