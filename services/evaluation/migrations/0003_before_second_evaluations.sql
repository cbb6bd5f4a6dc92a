-- A result below the line is put right once, and the agreement is evaluated a second time.

ALTER TABLE policies
    ADD COLUMN follow_up jsonb NOT NULL DEFAULT '{"rectification_days": 30}';

ALTER TABLE commissions
    ADD COLUMN round integer NOT NULL DEFAULT 1,
    DROP CONSTRAINT an_agreement_has_one_commission,
    ADD CONSTRAINT an_agreement_is_evaluated_once_a_round UNIQUE (agreement_id, round),
    ADD CONSTRAINT an_agreement_is_evaluated_twice_at_most CHECK (round IN (1, 2));

ALTER TABLE results
    ADD COLUMN round integer NOT NULL DEFAULT 1;

-- What is to be put right was found by an inspection, or is a result below the line.
ALTER TABLE rectifications
    ALTER COLUMN inspection_id DROP NOT NULL,
    ADD COLUMN result_id uuid REFERENCES results (id),
    ADD CONSTRAINT a_rectification_has_one_ground
        CHECK (num_nonnulls(inspection_id, result_id) = 1),
    DROP CONSTRAINT a_rectification_has_a_known_status,
    ADD CONSTRAINT a_rectification_has_a_known_status
        CHECK (status IN ('ordered', 'answered', 'overdue', 'resolved', 'withdrawn'));
CREATE UNIQUE INDEX a_result_is_put_right_once
    ON rectifications (result_id) WHERE status <> 'withdrawn';
