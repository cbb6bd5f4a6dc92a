-- Amendments of agreements in force; policies that nobody can change; a policy for 以奖代补.

-- What an amendment changes, whole and as it was before: the content that was signed first can
-- still be read when others have followed. The amount is no part of it.
CREATE TABLE amendments (
    id             uuid        PRIMARY KEY,
    version        integer     NOT NULL,
    agreement_id   uuid        NOT NULL REFERENCES agreements,
    status         text        NOT NULL,
    reason         text        NOT NULL,
    to_day         date        NOT NULL,
    outputs        jsonb       NOT NULL,
    lead_worker_id uuid        NOT NULL,
    former         jsonb       NOT NULL,
    content_hash   text        NOT NULL,
    drafted_by     text        NOT NULL,
    in_force_at    timestamptz,
    CONSTRAINT an_amendment_is_of_one_agreement UNIQUE (agreement_id, id),
    CONSTRAINT an_amendment_has_a_known_status
        CHECK (status IN ('drafted', 'signing', 'in_force', 'withdrawn', 'lapsed')),
    CONSTRAINT an_amendment_in_force_says_since_when
        CHECK ((status = 'in_force') = (in_force_at IS NOT NULL))
);
CREATE UNIQUE INDEX an_agreement_has_one_open_amendment ON amendments (agreement_id)
    WHERE status IN ('drafted', 'signing');

-- A signature without an amendment is under the agreement itself. A party, and a person, signs
-- each of them once.
ALTER TABLE signatures
    ADD COLUMN amendment_id uuid,
    ADD CONSTRAINT an_amendment_is_signed_with_its_agreement
        FOREIGN KEY (agreement_id, amendment_id) REFERENCES amendments (agreement_id, id),
    DROP CONSTRAINT a_party_signs_once,
    DROP CONSTRAINT a_person_signs_for_one_party,
    ADD CONSTRAINT a_party_signs_once
        UNIQUE NULLS NOT DISTINCT (agreement_id, amendment_id, party),
    ADD CONSTRAINT a_person_signs_for_one_party
        UNIQUE NULLS NOT DISTINCT (agreement_id, amendment_id, person);

CREATE FUNCTION refuse_to_change_a_policy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a version of a policy is never changed: set the next one'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER a_policy_is_never_changed BEFORE UPDATE OR DELETE ON procurement_policies
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_policy();
CREATE TRIGGER an_agreement_policy_is_never_changed BEFORE UPDATE OR DELETE ON agreement_policies
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_policy();

-- Applicants are chosen before they begin and paid after their results: nobody is bought from, so
-- that neither a number of bids nor a period of the law of procurement binds.
INSERT INTO procurement_policies
            (profile, version, effective_from, source, methods,
             members_most_bp, past_most_bp, past_neutral_bp, key_hours, set_by)
     VALUES ('award-in-place-of-subsidy', 1, '2020-03-01',
             '以奖代补 (清远): the notice of the award; outside 政府购买服务管理办法 (财政部令第102号)',
             '[{"method": "selection", "minimum_days": 5, "minimum_bids": 1}]',
             3333, 1000, 7500, 24, 'law');
