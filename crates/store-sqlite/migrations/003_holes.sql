-- Ids that clients may know and that are not here: a backup was put back, and what came after it is gone. Those above
-- `after` up to `upto`.
CREATE TABLE holes (
    after INTEGER PRIMARY KEY,
    upto INTEGER NOT NULL
) STRICT;

-- What changed bots, conversation, mark or settings is found without reading the messages between.
CREATE INDEX events_with_controls ON events (place) WHERE controls IS NOT NULL;
