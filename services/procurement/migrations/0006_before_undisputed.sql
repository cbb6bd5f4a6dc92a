-- While an evaluation is late, the undisputed part of the balance is a payment of its own.

ALTER TABLE agreement_policies
    ADD COLUMN undisputed_bp integer NOT NULL DEFAULT 5000,
    ADD CONSTRAINT an_undisputed_part_is_a_share CHECK (undisputed_bp BETWEEN 0 AND 10000);

ALTER TABLE payments
    DROP CONSTRAINT a_payment_has_a_known_kind,
    ADD CONSTRAINT a_payment_has_a_known_kind
        CHECK (kind IN ('startup', 'undisputed', 'balance'));
