-- What the server must know beside its rows.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Ids up to this one may have been given.
INSERT INTO meta (name, value) VALUES ('ids', 0);

-- A room as it is now; `last_id` is 0 as long as it has had no event.
CREATE TABLE rooms (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    last_id INTEGER NOT NULL DEFAULT 0,
    last_at INTEGER NOT NULL DEFAULT 0,
    -- The last event with control parts.
    control INTEGER NOT NULL DEFAULT 0,
    -- The last clear: messages up to it are gone for readers.
    mark INTEGER NOT NULL DEFAULT 0,
    -- Up to here what the mark hides is erased.
    erased INTEGER NOT NULL DEFAULT 0,
    -- Whether what the mark hides is kept.
    archive INTEGER NOT NULL DEFAULT 0,
    -- How many bots it has.
    bots INTEGER NOT NULL DEFAULT 0,
    -- JSON; NULL without one, and for default settings.
    conversation TEXT,
    settings TEXT
) STRICT;

CREATE INDEX rooms_to_erase ON rooms (number) WHERE erased < mark AND archive = 0;

-- One row for each message, and one for an event without messages. `place` is the room's number << 36 | id, so that a
-- room's rows lie together and in order without another index.
CREATE TABLE events (
    place INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    -- The first row of an event: how many messages it has, the last id before it, its control parts (JSON).
    messages INTEGER,
    prev INTEGER,
    controls TEXT,
    -- 0 a user's, 1 a bot's, 2 the system's; NULL without a message.
    kind INTEGER,
    -- The message (JSON without `id` and `when`).
    record TEXT
) STRICT;

-- Bots, also deleted ones: their numbers are never given again.
CREATE TABLE bots (
    id INTEGER PRIMARY KEY,
    room INTEGER NOT NULL REFERENCES rooms (number),
    -- JSON.
    record TEXT NOT NULL,
    -- The event that deleted it.
    deleted_by INTEGER,
    secret TEXT,
    -- The SHA-256 of its token.
    token BLOB
) STRICT;

CREATE INDEX bots_of_room ON bots (room, id) WHERE deleted_by IS NULL;
CREATE INDEX bots_deleted ON bots (room, deleted_by) WHERE deleted_by IS NOT NULL;
CREATE UNIQUE INDEX bots_by_token ON bots (token) WHERE token IS NOT NULL;

-- Idempotency keys of the last 24 hours, in order of time; `id` is 0 for what was no event.
CREATE TABLE keys (
    number INTEGER PRIMARY KEY,
    room INTEGER NOT NULL,
    key BLOB NOT NULL,
    id INTEGER NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (room, key)
) STRICT;

-- Dispatches that are not done.
CREATE TABLE pending (
    number INTEGER PRIMARY KEY,
    room INTEGER NOT NULL REFERENCES rooms (number),
    trigger TEXT NOT NULL,
    body TEXT,
    plan TEXT,
    UNIQUE (room, trigger)
) STRICT;

-- The newest activations of each room.
CREATE TABLE activations (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    room INTEGER NOT NULL REFERENCES rooms (number),
    bot INTEGER NOT NULL,
    trigger TEXT NOT NULL,
    -- Whether it is over.
    done INTEGER NOT NULL,
    -- JSON.
    record TEXT NOT NULL
) STRICT;

CREATE INDEX activations_of_room ON activations (room);
CREATE INDEX activations_of_bot ON activations (bot);
CREATE INDEX activations_by_trigger ON activations (trigger);
