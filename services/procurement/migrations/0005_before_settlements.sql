-- The end of an agreement in force: by two persons, settled by what was delivered, and what was
-- not earned claimed back.

ALTER TABLE agreements
    ADD COLUMN end_proposed_by  text,
    ADD COLUMN end_confirmed_by text,
    ADD CONSTRAINT two_persons_end_an_agreement CHECK (end_confirmed_by <> end_proposed_by);

-- A payment that is withheld while its agreement goes on keeps its commitment: the provider may
-- still earn it. With the end it is given up. What is claimed has to come back.
ALTER TABLE payments
    ADD COLUMN given_up       boolean NOT NULL DEFAULT false,
    ADD COLUMN claimed_amount bigint  NOT NULL DEFAULT 0,
    ADD CONSTRAINT only_what_is_withheld_is_given_up CHECK (NOT given_up OR status = 'withheld'),
    ADD CONSTRAINT no_more_is_claimed_than_was_paid CHECK (
        0 <= claimed_amount AND claimed_amount <= amount
        AND (claimed_amount = 0 OR status IN ('paid', 'recovered')));
UPDATE payments SET given_up = true WHERE status = 'withheld';

ALTER TABLE agreement_results
    ADD COLUMN round integer NOT NULL DEFAULT 1;

CREATE TABLE settlements (
    id             uuid    PRIMARY KEY,
    version        integer NOT NULL,
    agreement_id   uuid    NOT NULL REFERENCES agreements,
    division       text    NOT NULL,
    day            date    NOT NULL,
    delivered      jsonb   NOT NULL,
    delivered_bp   integer NOT NULL,
    lines          jsonb   NOT NULL,
    result_id      uuid,
    value_amount   bigint  NOT NULL,
    most_amount    bigint  NOT NULL,
    earned_amount  bigint  NOT NULL,
    paid_amount    bigint  NOT NULL,
    claimed_amount bigint  NOT NULL,
    owed_amount    bigint  NOT NULL,
    proposed_by    text    NOT NULL,
    confirmed_by   text    NOT NULL,
    CONSTRAINT an_agreement_is_settled_once UNIQUE (agreement_id),
    CONSTRAINT two_persons_settle CHECK (confirmed_by <> proposed_by),
    CONSTRAINT what_is_earned_has_its_bounds
        CHECK (earned_amount = least(value_amount, most_amount)),
    CONSTRAINT a_settlement_balances
        CHECK (earned_amount = paid_amount - claimed_amount + owed_amount
               AND claimed_amount >= 0 AND owed_amount >= 0
               AND (claimed_amount = 0 OR owed_amount = 0))
);

CREATE FUNCTION refuse_to_change_a_settlement() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a settlement is a record and is never changed'
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER a_settlement_is_never_changed BEFORE UPDATE OR DELETE ON settlements
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_settlement();

-- Views of other services' events: no foreign keys, since events arrive in any order.
CREATE TABLE output_counts (
    id           uuid    PRIMARY KEY,
    agreement_id uuid    NOT NULL,
    counted      integer NOT NULL
);
CREATE INDEX output_counts_by_agreement ON output_counts (agreement_id);

CREATE TABLE rectifications (
    id           uuid PRIMARY KEY,
    agreement_id uuid NOT NULL,
    result_id    uuid,
    status       text NOT NULL
);
CREATE INDEX rectifications_by_agreement ON rectifications (agreement_id);
