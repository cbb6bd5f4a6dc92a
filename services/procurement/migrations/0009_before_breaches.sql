-- Breaches 违约 of an agreement: recorded with their evidence, answered by the provider, and what
-- is confirmed deducted by the signed table. How long the provider has to answer, and the most that
-- all deductions take of the amount, are policy.

ALTER TABLE agreement_policies
    ADD COLUMN objection_days     integer NOT NULL DEFAULT 5,
    ADD COLUMN deductions_most_bp integer NOT NULL DEFAULT 1000,
    ADD CONSTRAINT a_provider_has_time_to_object CHECK (objection_days >= 1),
    ADD CONSTRAINT all_deductions_are_a_share CHECK (deductions_most_bp BETWEEN 0 AND 10000);

CREATE TABLE breaches (
    id             uuid        PRIMARY KEY,
    version        integer     NOT NULL,
    agreement_id   uuid        NOT NULL REFERENCES agreements,
    division       text        NOT NULL,
    purchaser_id   uuid        NOT NULL,
    provider_id    uuid        NOT NULL,
    code           text        NOT NULL,
    title          text        NOT NULL,
    share_bp       integer     NOT NULL,
    amount         bigint      NOT NULL,
    day            date        NOT NULL,
    evidence_kind  text        NOT NULL,
    evidence_id    uuid        NOT NULL,
    account        text        NOT NULL,
    status         text        NOT NULL,
    recorded_by    text        NOT NULL,
    recorded_at    timestamptz NOT NULL,
    answer_due_day date        NOT NULL,
    objection      text,
    objected_by    text,
    objected_at    timestamptz,
    reasons        text,
    decided_by     text,
    decided_at     timestamptz,
    CONSTRAINT a_breach_has_a_known_status
        CHECK (status IN ('recorded', 'objected', 'confirmed', 'dropped')),
    CONSTRAINT a_breach_has_its_evidence
        CHECK (evidence_kind IN ('activity', 'inspection', 'rectification')),
    CONSTRAINT a_breach_costs_a_share CHECK (share_bp BETWEEN 0 AND 10000 AND amount >= 0),
    CONSTRAINT an_objection_says_why CHECK ((objection IS NULL) = (objected_at IS NULL)),
    CONSTRAINT a_second_person_decides_a_breach CHECK (decided_by <> recorded_by),
    CONSTRAINT a_breach_is_decided_once_the_provider_is_heard CHECK (
        (status IN ('confirmed', 'dropped')) = (decided_at IS NOT NULL)
        AND (status <> 'confirmed' OR decided_by IS NULL OR objected_at IS NOT NULL))
);
CREATE UNIQUE INDEX a_breach_is_recorded_once ON breaches (agreement_id, code, evidence_id)
    WHERE status <> 'dropped';
CREATE INDEX breaches_by_division ON breaches (division text_pattern_ops);

ALTER TABLE payments
    ADD COLUMN deducted_amount bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT no_more_is_deducted_than_was_planned
        CHECK (0 <= deducted_amount AND amount + deducted_amount <= planned_amount);

ALTER TABLE settlements
    ADD COLUMN deductions      jsonb  NOT NULL DEFAULT '[]',
    ADD COLUMN deducted_amount bigint NOT NULL DEFAULT 0,
    DROP CONSTRAINT what_is_earned_has_its_bounds,
    ADD CONSTRAINT what_is_earned_has_its_bounds
        CHECK (deducted_amount >= 0
               AND earned_amount = greatest(least(value_amount, most_amount) - deducted_amount, 0));
