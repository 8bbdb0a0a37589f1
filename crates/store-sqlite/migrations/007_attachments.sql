-- Files that came with events.
CREATE TABLE attachments (
    room INTEGER NOT NULL,
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (room, id)
) STRICT;
