-- Sessions with flows, as they are; a room that is not here is none's.
CREATE TABLE flow_sessions (
    room INTEGER PRIMARY KEY REFERENCES rooms (number),
    flow TEXT NOT NULL,
    status TEXT NOT NULL,
    -- JSON.
    record TEXT NOT NULL
) STRICT;

-- What changes with every event is in neither, so that they are seldom written.
CREATE INDEX flow_sessions_of_flow ON flow_sessions (flow, room);
CREATE INDEX flow_sessions_by_status ON flow_sessions (status, room);

-- Where something was said in a flow's sessions, in order.
CREATE TABLE spoken (
    flow TEXT NOT NULL,
    id INTEGER NOT NULL,
    room INTEGER NOT NULL,
    PRIMARY KEY (flow, id)
) STRICT, WITHOUT ROWID;

-- Versions of flows in which a session may have begun.
CREATE TABLE flows (
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;

-- In which version new sessions begin, of flows that are not files.
CREATE TABLE published (
    flow TEXT PRIMARY KEY,
    version TEXT NOT NULL
) STRICT, WITHOUT ROWID;
