CREATE EXTENSION IF NOT EXISTS btree_gist;

-- The name is personal: it is read by few, and never told.
CREATE TABLE workers (
    id                  uuid    PRIMARY KEY,
    version             integer NOT NULL,
    kind                text    NOT NULL,
    name                text    NOT NULL,
    division            text    NOT NULL,
    enrolled_by         uuid    REFERENCES organisations,
    employer_id         uuid    REFERENCES organisations,
    part_time_ids       uuid[]  NOT NULL,
    certificate_level   text,
    certificate_valid   boolean NOT NULL,
    registration_status text,
    registration_until  date,
    minors_check_until  date,
    CONSTRAINT a_worker_is_of_a_known_kind
        CHECK (kind IN ('social-worker', 'community-worker', 'assistant', 'carer')),
    CONSTRAINT a_valid_certificate_has_a_level
        CHECK (NOT certificate_valid OR certificate_level IS NOT NULL),
    CONSTRAINT a_registration_has_an_end
        CHECK ((registration_status IS NULL) = (registration_until IS NULL))
);
CREATE INDEX workers_by_division ON workers (division text_pattern_ops);
CREATE INDEX workers_by_employer ON workers (employer_id);

CREATE TABLE certificates (
    id          uuid    PRIMARY KEY,
    version     integer NOT NULL,
    worker_id   uuid    NOT NULL REFERENCES workers,
    level       text    NOT NULL,
    number      text    NOT NULL,
    issued_day  date    NOT NULL,
    status      text    NOT NULL,
    revoked_day date,
    reason      text,
    CONSTRAINT a_certificate_number_is_given_once UNIQUE (number),
    CONSTRAINT a_certificate_is_valid_or_revoked CHECK (status IN ('valid', 'revoked')),
    CONSTRAINT a_revoked_certificate_says_since_when
        CHECK ((status = 'revoked') = (revoked_day IS NOT NULL))
);
CREATE INDEX certificates_by_worker ON certificates (worker_id);

CREATE TABLE registrations (
    id             uuid    PRIMARY KEY,
    worker_id      uuid    NOT NULL REFERENCES workers,
    from_day       date    NOT NULL,
    until_day      date    NOT NULL,
    hours          integer NOT NULL,
    policy_version integer NOT NULL REFERENCES registration_policies,
    CONSTRAINT a_registration_ends_after_it_began CHECK (until_day > from_day),
    CONSTRAINT a_worker_has_one_registration_at_a_time
        EXCLUDE USING gist (worker_id WITH =, daterange(from_day, until_day, '[]') WITH &&)
);

CREATE TABLE checks (
    id          uuid    PRIMARY KEY,
    worker_id   uuid    NOT NULL REFERENCES workers,
    kind        text    NOT NULL,
    passed      boolean NOT NULL,
    day         date    NOT NULL,
    valid_until date
);
CREATE INDEX checks_by_worker ON checks (worker_id);

CREATE TABLE employments (
    id              uuid    PRIMARY KEY,
    version         integer NOT NULL,
    worker_id       uuid    NOT NULL REFERENCES workers,
    organisation_id uuid    NOT NULL REFERENCES organisations,
    full_time       boolean NOT NULL,
    from_day        date    NOT NULL,
    to_day          date,
    status          text    NOT NULL,
    CONSTRAINT an_employment_has_a_known_status
        CHECK (status IN ('planned', 'standing', 'ended', 'withdrawn')),
    CONSTRAINT an_employment_ends_after_it_began CHECK (to_day >= from_day),
    CONSTRAINT a_worker_has_one_full_time_employer_at_a_time
        EXCLUDE USING gist (worker_id WITH =, daterange(from_day, to_day, '[]') WITH &&)
        WHERE (full_time AND status <> 'withdrawn'),
    CONSTRAINT a_worker_is_employed_once_at_a_time_by_an_organisation
        EXCLUDE USING gist (
            worker_id WITH =, organisation_id WITH =, daterange(from_day, to_day, '[]') WITH &&
        ) WHERE (status <> 'withdrawn')
);
CREATE INDEX employments_by_organisation ON employments (organisation_id);

CREATE TABLE postings (
    id              uuid    PRIMARY KEY,
    version         integer NOT NULL,
    worker_id       uuid    NOT NULL REFERENCES workers,
    organisation_id uuid    NOT NULL REFERENCES organisations,
    station_id      uuid    REFERENCES stations,
    division        text    NOT NULL REFERENCES divisions,
    from_day        date    NOT NULL,
    to_day          date,
    status          text    NOT NULL,
    CONSTRAINT a_posting_has_a_known_status
        CHECK (status IN ('planned', 'standing', 'ended', 'withdrawn')),
    CONSTRAINT a_posting_ends_after_it_began CHECK (to_day >= from_day),
    CONSTRAINT a_worker_is_posted_once_at_a_time_to_a_community
        EXCLUDE USING gist (
            worker_id WITH =, organisation_id WITH =, division WITH =,
            daterange(from_day, to_day, '[]') WITH &&
        ) WHERE (status <> 'withdrawn')
);
CREATE INDEX postings_by_division ON postings (division text_pattern_ops);
CREATE INDEX postings_by_organisation ON postings (organisation_id);
