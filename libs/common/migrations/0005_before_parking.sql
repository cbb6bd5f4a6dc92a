-- What is parked is replayed or discarded by persons; what they discard stays as a record of it.
ALTER TABLE waiting
    ADD COLUMN subject        text,
    ADD COLUMN discard_reason text,
    ADD COLUMN proposed_by    text,
    ADD COLUMN proposed_at    timestamptz,
    ADD COLUMN discarded_by   text,
    ADD COLUMN discarded_at   timestamptz,
    DROP CONSTRAINT a_message_waits_or_is_parked,
    ADD CONSTRAINT a_message_waits_is_parked_or_discarded
        CHECK (state IN ('waiting', 'parked', 'discarded')),
    ADD CONSTRAINT a_message_is_discarded_by_two_persons
        CHECK (state <> 'discarded'
               OR (num_nonnulls(discard_reason, proposed_at, discarded_at) = 3
                   AND coalesce(proposed_by <> discarded_by, false)));
CREATE INDEX waiting_undone ON waiting (state, id) WHERE state <> 'discarded';
