-- Who has withdrawn the consent to be served or visited is drawn no more.
CREATE TABLE consents (
    id            text PRIMARY KEY,
    recipient_ref text NOT NULL,
    purpose       text NOT NULL,
    status        text NOT NULL
);
CREATE INDEX consents_by_recipient ON consents (recipient_ref, purpose, id);

ALTER TABLE samples
    ADD COLUMN left_out_withdrawn integer NOT NULL DEFAULT 0;
