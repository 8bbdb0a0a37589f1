-- How far each room is indexed. `name` and `at` tell whether it is still the room that it was: the log may have been put
-- back to an earlier state.
CREATE TABLE rooms (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    -- Everything up to this id is here, but for what is at or below the mark.
    upto INTEGER NOT NULL,
    -- The time of the room's last event, when `upto` was its id.
    at INTEGER NOT NULL,
    -- The clear up to which messages are taken out.
    mark INTEGER NOT NULL
) STRICT;

-- By the place of a message in the log. It keeps the texts, so that they can be taken out again word by word; not how many
-- words each has, which only ranking needs.
CREATE VIRTUAL TABLE messages USING fts5 (author, text, columnsize = 0, tokenize = 'unicode61 remove_diacritics 2');
INSERT INTO messages (messages, rank) VALUES ('secure-delete', 1);
