-- What can't be left out of a room's log: an event's row, and the room's last id.
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE rooms (number INTEGER PRIMARY KEY, last_id INTEGER NOT NULL, last_at INTEGER NOT NULL) STRICT;
CREATE TABLE events (place INTEGER PRIMARY KEY, at INTEGER NOT NULL, record TEXT NOT NULL) STRICT;
