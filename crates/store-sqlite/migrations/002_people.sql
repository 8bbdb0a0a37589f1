-- Who people are. Nothing here is an event; secrets are stored as hashes only.

CREATE TABLE accounts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- As it was typed.
    name TEXT NOT NULL,
    -- As names are compared.
    folded TEXT NOT NULL UNIQUE,
    -- `member`, `operator` or `admin`.
    role TEXT NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0,
    -- Its hash, with how it was made; NULL if there is no password.
    password TEXT,
    made INTEGER NOT NULL
) STRICT;

CREATE INDEX admins ON accounts (id) WHERE role = 'admin';

-- Who accounts are at other servers, which vouch for it.
CREATE TABLE identities (
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    account INTEGER NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (issuer, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX identities_of_account ON identities (account);

-- Browsers in which somebody is logged in.
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    account INTEGER NOT NULL REFERENCES accounts (id),
    made INTEGER NOT NULL,
    seen INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    address TEXT,
    agent TEXT
) STRICT;

CREATE INDEX sessions_of_account ON sessions (account, seen);
CREATE INDEX sessions_by_end ON sessions (expires);

-- Tokens for programs; `scopes` are names with spaces between.
CREATE TABLE tokens (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    account INTEGER NOT NULL REFERENCES accounts (id),
    name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    made INTEGER NOT NULL,
    used INTEGER,
    expires INTEGER
) STRICT;

CREATE INDEX tokens_of_account ON tokens (account);

-- Links with which people make accounts of their own.
CREATE TABLE invitations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL UNIQUE,
    role TEXT NOT NULL,
    uses INTEGER NOT NULL,
    made INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    -- The name of who made it.
    maker TEXT NOT NULL
) STRICT;

CREATE INDEX invitations_by_end ON invitations (expires);

-- What happened, the newest entries of it.
CREATE TABLE notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    what TEXT NOT NULL,
    about TEXT NOT NULL,
    address TEXT
) STRICT;
