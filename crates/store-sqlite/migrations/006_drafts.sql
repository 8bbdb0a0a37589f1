-- Flows that are written in the pages, as they are now.
CREATE TABLE drafts (
    flow TEXT PRIMARY KEY,
    version TEXT NOT NULL,
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    author TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What was offered before, the newest first.
CREATE INDEX flows_by_time ON flows (name, at);
