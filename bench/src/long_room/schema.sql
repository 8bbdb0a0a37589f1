-- Messages as a simple chat server keeps them, each column for itself.
PRAGMA journal_mode = WAL;
CREATE TABLE messages (id INTEGER PRIMARY KEY, author TEXT NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL) STRICT;
