-- Receipts 回执: who has acknowledged what; and which reminders are of things done meanwhile.
-- Null: told before this was kept.
ALTER TABLE messages
    ADD COLUMN subject text,
    ADD COLUMN concerns text;

-- Acknowledging is more than reading: one of those answerable takes it on.
ALTER TABLE readings ADD COLUMN acknowledged_at timestamptz;

-- What this type of event reminded of has been done for that subject; the latest moment counts.
CREATE TABLE done (
    subject    text        NOT NULL,
    event_type text        NOT NULL,
    at         timestamptz NOT NULL,
    PRIMARY KEY (subject, event_type)
);
