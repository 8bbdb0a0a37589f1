-- What can't be left out of sessions: their logs' rows, where each stands by now, and the order in which all was said.
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE rooms (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, last_id INTEGER NOT NULL, last_at INTEGER NOT NULL) STRICT;
CREATE TABLE events (place INTEGER PRIMARY KEY, at INTEGER NOT NULL, controls TEXT, record TEXT) STRICT;
CREATE TABLE sessions (room INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT;
CREATE TABLE spoken (id INTEGER PRIMARY KEY, room INTEGER NOT NULL) STRICT;
