-- Every event heard, byte for byte. `position` is its place in the feed: given out under one lock,
-- without gaps, and within a subject in the order of `sequence`; until then the row is held back.
CREATE TABLE event_log (
    event_id   uuid        PRIMARY KEY,
    source     text        NOT NULL,
    subject    text        NOT NULL,
    epoch      integer     NOT NULL,
    sequence   bigint      NOT NULL,
    type       text        NOT NULL,
    division   text        NOT NULL,
    arrived_at timestamptz NOT NULL,
    position   bigint,
    body       bytea       NOT NULL,
    CONSTRAINT a_subject_says_a_sequence_once UNIQUE (source, subject, epoch, sequence),
    CONSTRAINT a_position_is_given_once UNIQUE (position)
);
CREATE INDEX event_log_by_arrival ON event_log (arrived_at);
CREATE INDEX event_log_held_back ON event_log (arrived_at) WHERE position IS NULL;

CREATE TABLE feed_end (
    only_row boolean PRIMARY KEY DEFAULT true,
    position bigint  NOT NULL,
    CONSTRAINT there_is_one_feed CHECK (only_row)
);
INSERT INTO feed_end (position) VALUES (0);
