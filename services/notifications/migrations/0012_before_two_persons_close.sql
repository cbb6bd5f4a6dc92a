-- A restoration is closed by two operators who conclude the same, and the treasury's comparison with
-- the bank's statement is somebody's duty.
ALTER TABLE restorations
    ADD COLUMN confirmed_by text,
    ADD COLUMN confirmed_at timestamptz,
    ADD CONSTRAINT two_persons_close_a_restoration CHECK (confirmed_by <> closed_by),
    ADD CONSTRAINT a_confirmed_restoration_was_concluded CHECK (
        num_nonnulls(confirmed_by, confirmed_at) = 0
        OR (num_nonnulls(confirmed_by, confirmed_at) = 2 AND closed_by IS NOT NULL));

CREATE TABLE page_comparisons (
    id          uuid    PRIMARY KEY,
    epoch       integer NOT NULL,
    division    text    NOT NULL,
    status      text    NOT NULL,
    open_lines  integer NOT NULL,
    open_amount bigint  NOT NULL,
    since       date    NOT NULL
);
CREATE INDEX page_comparisons_by_epoch ON page_comparisons (epoch);
