-- Databases that came from a backup. What their service told later, and does not know itself, are
-- the log's events of an earlier epoch that were made after `since` and are not among `known`.
CREATE TABLE restorations (
    id         uuid        PRIMARY KEY,
    source     text        NOT NULL,
    epoch      integer     NOT NULL,
    since      timestamptz NOT NULL,
    known      uuid[]      NOT NULL,
    told_at    timestamptz NOT NULL,
    closed_by  text,
    closed_at  timestamptz,
    conclusion text,
    CONSTRAINT a_source_begins_an_epoch_once UNIQUE (source, epoch),
    CONSTRAINT a_closed_restoration_says_by_whom_and_how
        CHECK (num_nonnulls(closed_by, closed_at, conclusion) IN (0, 3))
);
