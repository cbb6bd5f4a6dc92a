-- A re-evaluation (round 2) replaces the first result of its agreement, and a correction counts
-- from when it was told, not from the first sealing that it keeps; null: told before this was kept.
ALTER TABLE sealed_results
    ADD COLUMN round   integer     NOT NULL DEFAULT 1,
    ADD COLUMN told_at timestamptz;
