-- Policies of the city, each version as it was decided, and what neighbours have said.

CREATE TABLE policies (
    id               uuid    PRIMARY KEY,
    version          integer NOT NULL,
    name             text    NOT NULL,
    effective_from   date    NOT NULL,
    indicators       jsonb   NOT NULL,
    bands            jsonb   NOT NULL,
    standing         jsonb   NOT NULL,
    sample           jsonb   NOT NULL,
    visit_days       integer NOT NULL,
    review_days      integer NOT NULL,
    inspection       jsonb   NOT NULL,
    questions        jsonb   NOT NULL,
    look_back_months integer NOT NULL,
    least_cell       integer NOT NULL,
    CONSTRAINT a_policy_version_is_made_once UNIQUE (version)
);
CREATE INDEX policies_in_force ON policies (effective_from DESC, version DESC);

CREATE FUNCTION refuse_to_change_a_policy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a policy that decisions may stand on is never changed'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER a_policy_is_never_changed BEFORE UPDATE OR DELETE ON policies
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_policy();

-- Views of other services' events: no foreign keys, since events arrive in any order.
CREATE TABLE agreements (
    id           uuid  PRIMARY KEY,
    title        text  NOT NULL,
    domain       text  NOT NULL,
    division     text  NOT NULL,
    purchaser_id uuid  NOT NULL,
    provider_id  uuid  NOT NULL,
    from_day     date  NOT NULL,
    to_day       date  NOT NULL,
    status       text  NOT NULL,
    outputs      jsonb NOT NULL,
    bands        jsonb NOT NULL
);

CREATE TABLE organisations (
    id       uuid   PRIMARY KEY,
    name     text   NOT NULL,
    roles    text[] NOT NULL,
    division text   NOT NULL,
    status   text   NOT NULL
);

CREATE TABLE workers (
    id            uuid   PRIMARY KEY,
    employer_id   uuid,
    part_time_ids uuid[] NOT NULL
);
-- A worker's person in tokens and ties is the worker's id as text.
CREATE INDEX workers_by_person ON workers ((id::text));
CREATE INDEX workers_by_employer ON workers (employer_id);

CREATE TABLE declared_ties (
    id              uuid PRIMARY KEY,
    person          text NOT NULL,
    organisation_id uuid NOT NULL,
    kind            text NOT NULL,
    degree          text NOT NULL,
    status          text NOT NULL
);
CREATE INDEX declared_ties_by_organisation ON declared_ties (organisation_id, person);

CREATE TABLE activities (
    id             uuid        PRIMARY KEY,
    agreement_id   uuid,
    starts_at      timestamptz NOT NULL,
    status         text        NOT NULL,
    observation    text        NOT NULL,
    reported_day   date,
    report_due_day date
);
CREATE INDEX activities_by_agreement ON activities (agreement_id, starts_at);

CREATE TABLE outputs (
    id           uuid    PRIMARY KEY,
    agreement_id uuid    NOT NULL,
    counted      integer NOT NULL
);
CREATE INDEX outputs_by_agreement ON outputs (agreement_id);

CREATE TABLE attendances (
    id            uuid        PRIMARY KEY,
    agreement_id  uuid,
    recipient_ref text,
    at            timestamptz NOT NULL,
    withdrawn     boolean     NOT NULL
);
CREATE INDEX attendances_by_agreement ON attendances (agreement_id, recipient_ref);

CREATE TABLE recipients (
    id         text PRIMARY KEY,
    status     text NOT NULL,
    visit_rule text NOT NULL
);
