-- What others have told, as far as scheduling needs it: one row a subject, no foreign keys.

CREATE TABLE workers (
    id                  text    PRIMARY KEY,
    employer_id         uuid,
    part_time_ids       uuid[]  NOT NULL,
    certificate_level   text,
    certificate_valid   boolean NOT NULL,
    registration_status text,
    minors_check_until  date
);

CREATE TABLE organisations (
    id       uuid PRIMARY KEY,
    name     text NOT NULL,
    division text NOT NULL,
    status   text NOT NULL
);

CREATE TABLE ties (
    id              text PRIMARY KEY,
    person          text NOT NULL,
    organisation_id uuid NOT NULL,
    degree          text NOT NULL,
    status          text NOT NULL
);
CREATE INDEX ties_by_person ON ties (person, organisation_id);

CREATE TABLE stations (
    id       uuid  PRIMARY KEY,
    name     text  NOT NULL,
    division text  NOT NULL,
    status   text  NOT NULL,
    rooms    jsonb NOT NULL
);

CREATE TABLE agreements (
    id                 uuid  PRIMARY KEY,
    title              text  NOT NULL,
    domain             text  NOT NULL,
    division           text  NOT NULL,
    host_division      text  NOT NULL,
    purchaser_id       uuid  NOT NULL,
    provider_id        uuid  NOT NULL,
    from_day           date  NOT NULL,
    to_day             date  NOT NULL,
    status             text  NOT NULL,
    observation        text  NOT NULL,
    lead_worker_id     text,
    certified_share_bp integer NOT NULL,
    outputs            jsonb NOT NULL
);

CREATE TABLE recipients (
    id              text PRIMARY KEY,
    organisation_id uuid NOT NULL,
    division        text NOT NULL,
    status          text NOT NULL
);

CREATE TABLE calendar (
    day     date    PRIMARY KEY,
    working boolean NOT NULL
);

-- The habits of the place: a new version beside the old one, never a change.

CREATE TABLE policies (
    version        integer PRIMARY KEY,
    effective_from date    NOT NULL,
    rules          jsonb   NOT NULL
);
INSERT INTO policies (version, effective_from, rules) VALUES (1, '2013-01-01', '{
    "longest_hours": 12,
    "behind_bp": 2000,
    "afterwards_hours": 72,
    "afterwards_share_bp": 2000,
    "unobserved_kinds": ["case", "home-visit"],
    "observed_from_persons": 50,
    "observed_share_bp": 3000,
    "observation_hours": 24,
    "call_backs": 3,
    "waiver_share_bp": 500,
    "waiver_reasons": ["observer-ill", "no-observer-free", "bad-weather", "public-health",
                       "recorded-afterwards"],
    "check_in_hours_before": 2,
    "check_in_hours_after": 4,
    "unheld_hours": 72,
    "report_days": 5,
    "review_days": 5,
    "least_photos": 3,
    "photo_free_domains": ["left-behind-children", "disability-rehabilitation"],
    "minors_domains": ["left-behind-children"],
    "return_codes": ["photos-unclear", "sheet-incomplete", "persons-differ", "effect-missing",
                     "wrong-output", "text-too-thin"],
    "series_days": 400
}');

-- The plan of an agreement and what has been counted towards it. The row of the plan is the lock
-- under which an agreement's quotas are judged; what is planned stands in the view.

CREATE TABLE workplans (
    id           uuid PRIMARY KEY,
    version      integer NOT NULL,
    started_day  date NOT NULL
);

CREATE TABLE output_counts (
    id           uuid PRIMARY KEY,
    agreement_id uuid NOT NULL REFERENCES workplans (id),
    counted      integer NOT NULL,
    person_times integer NOT NULL,
    CONSTRAINT an_output_counts_no_less_than_nothing CHECK (counted >= 0 AND person_times >= 0)
);
CREATE INDEX output_counts_by_agreement ON output_counts (agreement_id);

CREATE TABLE series (
    id              uuid PRIMARY KEY,
    version         integer NOT NULL,
    basis           text NOT NULL,
    kind            text NOT NULL,
    title           text NOT NULL,
    agreement_id    uuid,
    output_id       uuid,
    organisation_id uuid,
    division        text NOT NULL,
    place           text NOT NULL,
    rrule           text NOT NULL,
    first_starts_at timestamptz NOT NULL,
    minutes         integer NOT NULL,
    until           date NOT NULL,
    occurrences     integer NOT NULL,
    policy_version  integer NOT NULL REFERENCES policies (version)
);
CREATE INDEX series_by_division ON series (division text_pattern_ops);

CREATE TABLE activities (
    id                  uuid PRIMARY KEY,
    version             integer NOT NULL,
    agreement_id        uuid REFERENCES workplans (id),
    output_id           uuid,
    series_id           uuid REFERENCES series (id),
    basis               text NOT NULL,
    kind                text NOT NULL,
    title               text NOT NULL,
    domain              text,
    organisation_id     uuid,
    division            text NOT NULL,
    place               text NOT NULL,
    station_id          uuid,
    room_id             uuid,
    starts_at           timestamptz NOT NULL,
    ends_at             timestamptz NOT NULL,
    expected_persons    integer NOT NULL,
    recorded_afterwards boolean NOT NULL,
    status              text NOT NULL,
    observation         text NOT NULL,
    persons             integer NOT NULL DEFAULT 0,
    headcount           integer,
    observed_count      integer,
    person_times        integer NOT NULL DEFAULT 0,
    volunteers          integer NOT NULL DEFAULT 0,
    held_day            date,
    reported_day        date,
    report_due_day      date,
    review_due_at       timestamptz,
    provisional         boolean NOT NULL DEFAULT false,
    return_codes        text[] NOT NULL DEFAULT '{}',
    output_units        integer NOT NULL DEFAULT 0,
    cancel_reason       text,
    policy_version      integer NOT NULL REFERENCES policies (version),
    modified_at         timestamptz NOT NULL,
    CONSTRAINT an_activity_ends_after_it_starts CHECK (ends_at > starts_at),
    CONSTRAINT an_activity_has_a_known_status CHECK (status IN
        ('draft', 'published', 'held', 'reported', 'accepted', 'returned', 'cancelled')),
    CONSTRAINT an_activity_cancelled_has_a_reason
        CHECK (status <> 'cancelled' OR cancel_reason IS NOT NULL),
    CONSTRAINT an_activity_under_an_agreement_names_it
        CHECK (basis <> 'agreement' OR (agreement_id IS NOT NULL AND organisation_id IS NOT NULL)),
    CONSTRAINT a_held_activity_was_observed_or_need_not_be
        CHECK (status IN ('draft', 'cancelled') OR observation <> 'unnamed'),
    CONSTRAINT a_room_has_one_activity_at_a_time
        EXCLUDE USING gist (room_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
        WHERE (room_id IS NOT NULL AND status <> 'cancelled')
);
CREATE INDEX activities_by_agreement ON activities (agreement_id, id);
CREATE INDEX activities_by_organisation ON activities (organisation_id, id);
CREATE INDEX activities_by_division ON activities (division text_pattern_ops);
CREATE INDEX activities_by_modification ON activities (modified_at);
CREATE INDEX activities_unheld ON activities (ends_at) WHERE status = 'published';

-- Times stand here too, since a constraint sees one table: a worker's exclusive work never overlaps.
CREATE TABLE assignments (
    id              uuid PRIMARY KEY,
    version         integer NOT NULL,
    activity_id     uuid NOT NULL REFERENCES activities (id),
    organisation_id uuid,
    division        text NOT NULL,
    worker_id       text NOT NULL,
    role            text NOT NULL,
    certified       boolean NOT NULL,
    starts_at       timestamptz NOT NULL,
    ends_at         timestamptz NOT NULL,
    status          text NOT NULL,
    reason          text,
    CONSTRAINT an_assignment_has_a_known_status CHECK (status IN ('standing', 'freed', 'cancelled')),
    CONSTRAINT an_assignment_freed_has_a_reason CHECK (status <> 'freed' OR reason IS NOT NULL),
    CONSTRAINT a_worker_has_one_exclusive_assignment_at_a_time
        EXCLUDE USING gist (worker_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
        WHERE (role <> 'duty' AND status = 'standing')
);
CREATE UNIQUE INDEX an_activity_has_one_lead ON assignments (activity_id)
    WHERE role = 'lead' AND status = 'standing';
CREATE UNIQUE INDEX a_worker_is_assigned_once_to_an_activity ON assignments (activity_id, worker_id)
    WHERE status = 'standing';
CREATE INDEX assignments_by_worker ON assignments (worker_id, starts_at) WHERE status = 'standing';
CREATE INDEX assignments_by_organisation ON assignments (organisation_id, id);

CREATE TABLE observations (
    id             uuid PRIMARY KEY,
    version        integer NOT NULL,
    activity_id    uuid NOT NULL REFERENCES activities (id),
    agreement_id   uuid NOT NULL,
    division       text NOT NULL,
    observer       text,
    side           text,
    starts_at      timestamptz NOT NULL,
    ends_at        timestamptz NOT NULL,
    counted        integer,
    reason         text,
    status         text NOT NULL,
    call_backs     text[] NOT NULL DEFAULT '{}',
    policy_version integer NOT NULL REFERENCES policies (version),
    CONSTRAINT an_activity_is_observed_once UNIQUE (activity_id),
    CONSTRAINT an_observation_has_a_known_status
        CHECK (status IN ('assigned', 'waived', 'made', 'missed')),
    CONSTRAINT an_observation_has_an_observer_unless_waived
        CHECK (status = 'waived' OR (observer IS NOT NULL AND side IS NOT NULL)),
    CONSTRAINT an_observation_made_has_a_count CHECK (status <> 'made' OR counted IS NOT NULL)
);
CREATE INDEX observations_by_agreement ON observations (agreement_id) WHERE status = 'waived';

-- `counts` is true for one check-in of a person at an activity; the others are kept beside it.
CREATE TABLE check_ins (
    id            uuid PRIMARY KEY,
    activity_id   uuid NOT NULL REFERENCES activities (id),
    recipient_ref text NOT NULL,
    at            timestamptz NOT NULL,
    device        text NOT NULL,
    collector     text,
    uploaded_by   text NOT NULL,
    received_at   timestamptz NOT NULL,
    counts        boolean NOT NULL,
    withdrawn     boolean NOT NULL DEFAULT false,
    CONSTRAINT a_withdrawn_check_in_does_not_count CHECK (NOT (withdrawn AND counts))
);
CREATE UNIQUE INDEX a_person_counts_once_an_activity ON check_ins (activity_id, recipient_ref)
    WHERE counts;
CREATE INDEX check_ins_by_activity ON check_ins (activity_id, id);

CREATE TABLE check_in_drafts (
    id            uuid PRIMARY KEY,
    check_in_id   uuid NOT NULL REFERENCES check_ins (id),
    activity_id   uuid NOT NULL REFERENCES activities (id),
    recipient_ref text NOT NULL,
    at            timestamptz NOT NULL,
    device        text NOT NULL,
    collector     text,
    uploaded_by   text NOT NULL,
    received_at   timestamptz NOT NULL,
    CONSTRAINT a_draft_is_kept_once UNIQUE NULLS NOT DISTINCT
        (check_in_id, activity_id, recipient_ref, at, device, collector)
);
CREATE INDEX check_in_drafts_by_activity ON check_in_drafts (activity_id, id);

CREATE TABLE headcounts (
    id          uuid PRIMARY KEY,
    activity_id uuid NOT NULL REFERENCES activities (id),
    count       integer NOT NULL,
    method      text NOT NULL,
    by          text NOT NULL,
    person      text NOT NULL,
    at          timestamptz NOT NULL
);
CREATE INDEX headcounts_by_activity ON headcounts (activity_id, id);

-- `owner` is the organisation that uploaded it, or the person who acts for none.
CREATE TABLE blobs (
    sha256      text NOT NULL,
    owner       text NOT NULL,
    media_type  text NOT NULL,
    size        integer NOT NULL,
    width       integer NOT NULL,
    height      integer NOT NULL,
    uploaded_at timestamptz NOT NULL,
    PRIMARY KEY (sha256, owner)
);

CREATE TABLE reports (
    id                 uuid PRIMARY KEY,
    version            integer NOT NULL,
    activity_id        uuid NOT NULL REFERENCES activities (id),
    author             text NOT NULL,
    aim                text NOT NULL,
    process            text NOT NULL,
    effect             text NOT NULL,
    participants_words text NOT NULL,
    problem            text NOT NULL,
    follow_up          text NOT NULL,
    volunteers         integer NOT NULL,
    photos             jsonb NOT NULL,
    sign_in_sheet      text NOT NULL,
    reported_day       date NOT NULL,
    policy_version     integer NOT NULL REFERENCES policies (version),
    CONSTRAINT an_activity_is_reported_once UNIQUE (activity_id)
);

CREATE TABLE reviews (
    id          uuid PRIMARY KEY,
    activity_id uuid NOT NULL REFERENCES activities (id),
    reviewer    text,
    outcome     text NOT NULL,
    codes       text[] NOT NULL,
    provisional boolean NOT NULL,
    at          timestamptz NOT NULL,
    policy_version integer NOT NULL REFERENCES policies (version),
    CONSTRAINT a_return_names_its_reasons CHECK (outcome <> 'return' OR cardinality(codes) > 0),
    CONSTRAINT a_review_has_a_reviewer_unless_provisional CHECK (provisional OR reviewer IS NOT NULL)
);
CREATE INDEX reviews_by_activity ON reviews (activity_id);
