-- Views for the pages: the public state of whatever they show, one row a subject.
-- Columns are named as the fields of the events; `since` is the day of the event that told it.
CREATE TABLE page_needs (
    id       uuid PRIMARY KEY,
    division text NOT NULL,
    since    date NOT NULL
);

CREATE TABLE page_proposals (
    id       uuid   PRIMARY KEY,
    need_ids uuid[] NOT NULL,
    status   text   NOT NULL,
    since    date   NOT NULL
);

CREATE TABLE page_tenders (
    id          uuid PRIMARY KEY,
    proposal_id uuid NOT NULL,
    status      text NOT NULL,
    since       date NOT NULL
);
CREATE INDEX page_tenders_by_proposal ON page_tenders (proposal_id);

CREATE TABLE page_agreements (
    id           uuid   PRIMARY KEY,
    tender_id    uuid   NOT NULL,
    title        text   NOT NULL,
    division     text   NOT NULL,
    provider_id  uuid   NOT NULL,
    purchaser_id uuid   NOT NULL,
    from_day     date   NOT NULL,
    to_day       date   NOT NULL,
    amount       bigint NOT NULL,
    status       text   NOT NULL,
    since        date   NOT NULL
);

CREATE TABLE page_payments (
    id               uuid    PRIMARY KEY,
    agreement_id     uuid    NOT NULL,
    division         text    NOT NULL,
    kind             text    NOT NULL,
    planned_amount   bigint  NOT NULL,
    amount           bigint  NOT NULL,
    status           text    NOT NULL,
    balance_share_bp integer,
    due_day          date,
    paid_day         date,
    recovered_amount bigint  NOT NULL,
    since            date    NOT NULL,
    CONSTRAINT no_more_is_paid_than_planned CHECK (amount BETWEEN 0 AND planned_amount)
);
CREATE INDEX page_payments_by_agreement ON page_payments (agreement_id);
CREATE INDEX page_payments_by_day ON page_payments (paid_day);

CREATE TABLE page_activities (
    id             uuid    PRIMARY KEY,
    agreement_id   uuid,
    division       text    NOT NULL,
    status         text    NOT NULL,
    observation    text    NOT NULL,
    person_times   integer NOT NULL,
    reported_day   date,
    report_due_day date,
    since          date    NOT NULL
);
CREATE INDEX page_activities_by_agreement ON page_activities (agreement_id, status);
CREATE INDEX page_activities_by_day ON page_activities (reported_day);
CREATE INDEX page_activities_to_report ON page_activities (report_due_day)
    WHERE status IN ('held', 'returned');

CREATE TABLE page_inspections (
    id           uuid PRIMARY KEY,
    agreement_id uuid NOT NULL,
    division     text NOT NULL,
    kind         text NOT NULL,
    status       text NOT NULL,
    conclusion   text,
    due_day      date NOT NULL,
    since        date NOT NULL
);
CREATE INDEX page_inspections_by_agreement ON page_inspections (agreement_id);

CREATE TABLE page_rectifications (
    id           uuid PRIMARY KEY,
    agreement_id uuid NOT NULL,
    division     text NOT NULL,
    status       text NOT NULL,
    due_day      date NOT NULL,
    since        date NOT NULL
);
CREATE INDEX page_rectifications_by_agreement ON page_rectifications (agreement_id);

-- What a result says is public once it is sealed; until then no row holds it.
CREATE TABLE page_results (
    id               uuid    PRIMARY KEY,
    agreement_id     uuid    NOT NULL,
    division         text    NOT NULL,
    status           text    NOT NULL,
    version          integer NOT NULL,
    review_until     date,
    correction       boolean NOT NULL,
    policy_version   integer NOT NULL,
    score_bp         integer,
    band             text,
    balance_share_bp integer,
    lines            jsonb   NOT NULL,
    parts            jsonb   NOT NULL,
    since            date    NOT NULL,
    CONSTRAINT only_a_sealed_result_is_shown
        CHECK ((status = 'sealed') = (score_bp IS NOT NULL) AND
               (status = 'sealed' OR (lines = '[]' AND parts = '[]')))
);
CREATE INDEX page_results_by_agreement ON page_results (agreement_id);

CREATE TABLE page_acceptances (
    id           uuid PRIMARY KEY,
    agreement_id uuid NOT NULL,
    day          date NOT NULL,
    outcome      text NOT NULL
);
CREATE INDEX page_acceptances_by_agreement ON page_acceptances (agreement_id);

CREATE TABLE page_coverage (
    id          text    PRIMARY KEY,
    division    text    NOT NULL,
    workers     integer NOT NULL,
    certified   integer NOT NULL,
    minimum     integer NOT NULL,
    short_since date
);
