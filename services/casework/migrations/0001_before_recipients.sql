-- The ages that a city goes by. Both have a law behind them, and a city may only be stricter:
-- PIPL art. 31 (consent of the guardian under 14), Law on the Protection of Minors art. 2 (under 18).
CREATE TABLE policies (
    version             integer PRIMARY KEY,
    effective_from      date    NOT NULL,
    guardian_under      integer NOT NULL,
    special_visit_under integer NOT NULL,
    CONSTRAINT a_guardian_is_asked_at_least_under_14 CHECK (guardian_under >= 14)
);
INSERT INTO policies VALUES (1, '2021-11-01', 14, 18);

-- The public part: what events carry.
CREATE TABLE recipients (
    id              uuid        PRIMARY KEY,
    version         integer     NOT NULL,
    organisation_id uuid        NOT NULL,
    division        text        NOT NULL,
    domains         text[]      NOT NULL,
    status          text        NOT NULL,
    visit_rule      text        NOT NULL,
    policy_version  integer     NOT NULL REFERENCES policies,
    closure_reason  text,
    modified_at     timestamptz NOT NULL,
    CONSTRAINT a_recipient_is_open_or_closed CHECK (status IN ('open', 'closed')),
    CONSTRAINT a_visit_rule_is_ordinary_or_special CHECK (visit_rule IN ('ordinary', 'special')),
    CONSTRAINT a_closed_recipient_has_a_reason
        CHECK ((status = 'closed') = (closure_reason IS NOT NULL))
);
CREATE INDEX recipients_by_organisation ON recipients (organisation_id, id);
CREATE INDEX recipients_by_division ON recipients (division text_pattern_ops);

-- The personal part: every column is sealed (v1|aesgcm|key|nonce|text), so that neither a dump nor
-- a row moved to another person or organisation can be read. The two indexes are keyed hashes.
CREATE TABLE identities (
    recipient_ref    uuid  PRIMARY KEY REFERENCES recipients,
    organisation_id  uuid  NOT NULL,
    name             text  NOT NULL,
    identity_number  text,
    birth_date       text  NOT NULL,
    sex              text  NOT NULL,
    household        text,
    phone            text,
    address          text,
    guardian_name    text,
    guardian_phone   text,
    number_index     bytea,
    name_birth_index bytea NOT NULL,
    CONSTRAINT what_identifies_is_sealed CHECK (
        name LIKE 'v1|%' AND birth_date LIKE 'v1|%' AND sex LIKE 'v1|%'
        AND coalesce(identity_number, 'v1|') LIKE 'v1|%'
        AND coalesce(household, 'v1|') LIKE 'v1|%'
        AND coalesce(phone, 'v1|') LIKE 'v1|%'
        AND coalesce(address, 'v1|') LIKE 'v1|%'
        AND coalesce(guardian_name, 'v1|') LIKE 'v1|%'
        AND coalesce(guardian_phone, 'v1|') LIKE 'v1|%')
);
CREATE INDEX identities_by_number ON identities (organisation_id, number_index);
CREATE INDEX identities_by_name_and_birth ON identities (organisation_id, name_birth_index);

CREATE TABLE consents (
    id            uuid    PRIMARY KEY,
    version       integer NOT NULL,
    recipient_ref uuid    NOT NULL REFERENCES recipients,
    purpose       text    NOT NULL,
    given_by      text    NOT NULL,
    form          text    NOT NULL,
    status        text    NOT NULL,
    given_on      date    NOT NULL,
    withdrawn_on  date,
    CONSTRAINT a_consent_stands_or_is_withdrawn CHECK (status IN ('standing', 'withdrawn')),
    CONSTRAINT a_withdrawn_consent_has_its_day
        CHECK ((status = 'withdrawn') = (withdrawn_on IS NOT NULL))
);
CREATE UNIQUE INDEX a_purpose_has_one_standing_consent
    ON consents (recipient_ref, purpose) WHERE status = 'standing';

-- Who read whose personal data, when and what for: rows are only ever added.
CREATE TABLE read_log (
    id            uuid        PRIMARY KEY,
    asked_as      uuid        NOT NULL,
    at            timestamptz NOT NULL,
    person        text        NOT NULL,
    recipient_ref uuid        NOT NULL REFERENCES recipients,
    kind          text        NOT NULL,
    purpose       text        NOT NULL,
    visit_id      uuid,
    CONSTRAINT data_is_read_by_its_keeper_or_revealed CHECK (kind IN ('reading', 'reveal')),
    CONSTRAINT a_reveal_is_for_a_visit CHECK ((kind = 'reveal') = (visit_id IS NOT NULL))
);
CREATE FUNCTION refuse_to_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the read log only grows';
END $$;
CREATE TRIGGER the_read_log_only_grows BEFORE UPDATE OR DELETE ON read_log
    FOR EACH ROW EXECUTE FUNCTION refuse_to_forget();

-- Views of what others tell.
CREATE TABLE organisations (
    id       uuid PRIMARY KEY,
    division text NOT NULL,
    status   text NOT NULL,
    is_filed_group boolean NOT NULL
);

CREATE TABLE visits (
    id            uuid PRIMARY KEY,
    visitor       text NOT NULL,
    recipient_ref text NOT NULL,
    purpose       text NOT NULL,
    from_day      date NOT NULL,
    to_day        date NOT NULL,
    status        text NOT NULL
);
