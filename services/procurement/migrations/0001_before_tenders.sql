-- From the need to the award. What bidders hand in stays sealed: nothing here counts or names a
-- bid outside the table of bids, so that nobody learns of one before the opening.

CREATE TABLE needs (
    id           uuid    PRIMARY KEY,
    version      integer NOT NULL,
    title        text    NOT NULL,
    finding      text    NOT NULL,
    source       text    NOT NULL,
    division     text    NOT NULL,
    domain       text    NOT NULL,
    respondents  integer NOT NULL,
    recorded_by  text    NOT NULL,
    recorded_day date    NOT NULL,
    CONSTRAINT a_need_has_a_known_source
        CHECK (source IN ('survey', 'visit', 'meeting', 'hotline'))
);
CREATE INDEX needs_by_division ON needs (division text_pattern_ops);

CREATE TABLE calls (
    id          uuid        PRIMARY KEY,
    version     integer     NOT NULL,
    title       text        NOT NULL,
    fiscal_year integer     NOT NULL,
    opens_at    timestamptz NOT NULL,
    closes_at   timestamptz NOT NULL,
    domains     text[]      NOT NULL,
    status      text        NOT NULL,
    CONSTRAINT a_call_closes_after_it_opens CHECK (closes_at > opens_at),
    CONSTRAINT a_call_has_a_known_status CHECK (status IN ('planned', 'open', 'closed'))
);

CREATE TABLE proposals (
    id             uuid    PRIMARY KEY,
    version        integer NOT NULL,
    call_id        uuid    NOT NULL REFERENCES calls,
    title          text    NOT NULL,
    domain         text    NOT NULL,
    division       text    NOT NULL,
    amount         bigint  NOT NULL,
    department     text    NOT NULL,
    need_ids       uuid[]  NOT NULL,
    outline        text    NOT NULL,
    status         text    NOT NULL,
    submitted_by   text    NOT NULL,
    decline_reason text,
    CONSTRAINT a_proposal_has_a_known_status
        CHECK (status IN ('submitted', 'selected', 'declined')),
    CONSTRAINT a_declined_proposal_has_a_reason
        CHECK ((status = 'declined') = (decline_reason IS NOT NULL))
);
CREATE INDEX proposals_by_call ON proposals (call_id, division, domain);
CREATE INDEX proposals_by_division ON proposals (division text_pattern_ops);

-- Money in fen. What is committed and what is paid move under the lock of this row.
CREATE TABLE budgets (
    id           uuid    PRIMARY KEY,
    version      integer NOT NULL,
    fiscal_year  integer NOT NULL,
    name         text    NOT NULL,
    purchaser_id uuid    NOT NULL,
    division     text    NOT NULL,
    status       text    NOT NULL,
    amount       bigint  NOT NULL,
    committed    bigint  NOT NULL DEFAULT 0,
    paid         bigint  NOT NULL DEFAULT 0,
    sources      jsonb   NOT NULL,
    proposed_by  text    NOT NULL,
    approved_by  text,
    CONSTRAINT a_budget_has_a_known_status CHECK (status IN ('planned', 'approved')),
    CONSTRAINT an_approved_budget_names_its_approver
        CHECK ((status = 'approved') = (approved_by IS NOT NULL)),
    CONSTRAINT a_second_person_approves_a_budget CHECK (approved_by <> proposed_by),
    CONSTRAINT nothing_is_paid_that_is_not_committed CHECK (0 <= paid AND paid <= committed),
    CONSTRAINT no_more_is_committed_than_there_is CHECK (committed <= amount),
    CONSTRAINT only_an_approved_budget_is_committed CHECK (status = 'approved' OR committed = 0)
);
CREATE INDEX budgets_by_division ON budgets (division text_pattern_ops);

-- What a legal profile asks of each method, and the rules of its reviews; a row is never changed.
CREATE TABLE procurement_policies (
    profile             text    NOT NULL,
    version             integer NOT NULL,
    effective_from      date    NOT NULL,
    source              text    NOT NULL,
    methods             jsonb   NOT NULL,
    members_most_bp     integer NOT NULL,
    past_most_bp        integer NOT NULL,
    past_neutral_bp     integer NOT NULL,
    key_hours           integer NOT NULL,
    set_by              text    NOT NULL,
    CONSTRAINT a_policy_has_one_row_a_version PRIMARY KEY (profile, version),
    CONSTRAINT a_policy_starts_once_a_day UNIQUE (profile, effective_from)
);

INSERT INTO procurement_policies
            (profile, version, effective_from, source, methods,
             members_most_bp, past_most_bp, past_neutral_bp, key_hours, set_by)
     VALUES ('government-purchase', 1, '2020-03-01',
             '政府采购法 art. 35, 36; 政府采购法实施条例 art. 38; 政府购买服务管理办法 (财政部令第102号); 财库〔2014〕214号; 财库〔2015〕124号',
             '[{"method": "open", "minimum_days": 20, "minimum_bids": 3},
               {"method": "consultation", "minimum_days": 10, "minimum_bids": 2},
               {"method": "single-source", "minimum_days": 7, "minimum_bids": 1},
               {"method": "selection", "minimum_days": 5, "minimum_bids": 2}]',
             3333, 1000, 7500, 24, 'law'),
            ('community-purchase', 1, '2020-03-01',
             '村民委员会组织法; 城市居民委员会组织法: the assembly of residents decides',
             '[{"method": "consultation", "minimum_days": 7, "minimum_bids": 2},
               {"method": "single-source", "minimum_days": 7, "minimum_bids": 1},
               {"method": "selection", "minimum_days": 5, "minimum_bids": 1}]',
             5000, 1000, 7500, 24, 'law'),
            ('venture-grant', 1, '2020-03-01', '公益创投: the notice of the grant',
             '[{"method": "open", "minimum_days": 10, "minimum_bids": 1},
               {"method": "selection", "minimum_days": 5, "minimum_bids": 1}]',
             3333, 1000, 7500, 24, 'law'),
            ('special-fund', 1, '2020-03-01', '专项资金: the rules of the fund',
             '[{"method": "open", "minimum_days": 20, "minimum_bids": 3},
               {"method": "consultation", "minimum_days": 10, "minimum_bids": 2},
               {"method": "selection", "minimum_days": 5, "minimum_bids": 2}]',
             3333, 1000, 7500, 24, 'law'),
            ('own-funds', 1, '2020-03-01', '自有资金: the buyer''s own rules',
             '[{"method": "consultation", "minimum_days": 5, "minimum_bids": 1},
               {"method": "single-source", "minimum_days": 1, "minimum_bids": 1},
               {"method": "selection", "minimum_days": 3, "minimum_bids": 1}]',
             5000, 1000, 7500, 24, 'law');

CREATE TABLE tenders (
    id                        uuid        PRIMARY KEY,
    version                   integer     NOT NULL,
    title                     text        NOT NULL,
    method                    text        NOT NULL,
    domain                    text        NOT NULL,
    division                  text        NOT NULL,
    fiscal_year               integer     NOT NULL,
    status                    text        NOT NULL,
    proposal_id               uuid        NOT NULL REFERENCES proposals,
    budget_id                 uuid        NOT NULL REFERENCES budgets,
    purchaser_id              uuid        NOT NULL,
    agent_id                  uuid        NOT NULL,
    legal_profile             text        NOT NULL,
    policy_version            integer     NOT NULL,
    ceiling                   bigint      NOT NULL,
    criteria                  jsonb       NOT NULL,
    purchaser_members_most_bp integer     NOT NULL,
    experts                   integer     NOT NULL,
    look_back_months          integer     NOT NULL,
    similar_domains           text[]      NOT NULL,
    outputs                   jsonb       NOT NULL,
    bids_due_at               timestamptz NOT NULL,
    published_at              timestamptz,
    opened_at                 timestamptz,
    keys_due_at               timestamptz,
    keys_settled_at           timestamptz,
    reason                    text,
    awarded_to                uuid,
    awarded_price             bigint,
    FOREIGN KEY (legal_profile, policy_version) REFERENCES procurement_policies,
    CONSTRAINT a_tender_has_a_known_status CHECK (status IN (
        'draft', 'published', 'closed', 'opened', 'reviewed', 'awarded', 'failed', 'cancelled')),
    CONSTRAINT an_award_names_who_and_for_how_much CHECK (
        (status = 'awarded') = (awarded_to IS NOT NULL AND awarded_price IS NOT NULL)),
    CONSTRAINT nothing_is_awarded_above_the_ceiling CHECK (awarded_price <= ceiling)
);
CREATE INDEX tenders_by_division ON tenders (division text_pattern_ops);
CREATE UNIQUE INDEX a_proposal_has_one_standing_tender ON tenders (proposal_id)
    WHERE status NOT IN ('failed', 'cancelled');

CREATE TABLE bids (
    id                uuid        NOT NULL,
    version           integer     NOT NULL,
    tender_id         uuid        NOT NULL REFERENCES tenders,
    organisation_id   uuid        NOT NULL,
    sha256            text        NOT NULL,
    received_at       timestamptz NOT NULL,
    status            text        NOT NULL,
    invalid_reason    text,
    price             bigint,
    lead_worker_id    uuid,
    certified_workers integer,
    approach          text,
    CONSTRAINT a_bid_is_received_once PRIMARY KEY (id),
    CONSTRAINT a_bid_has_a_known_status CHECK (status IN (
        'sealed', 'replaced', 'withdrawn', 'opened', 'valid', 'invalid')),
    CONSTRAINT an_invalid_bid_has_a_reason
        CHECK ((status = 'invalid') = (invalid_reason IS NOT NULL)),
    CONSTRAINT only_a_valid_bid_has_a_content CHECK ((status = 'valid') = (price IS NOT NULL))
);
CREATE UNIQUE INDEX an_organisation_has_one_standing_bid ON bids (tender_id, organisation_id)
    WHERE status NOT IN ('replaced', 'withdrawn');

CREATE TABLE panels (
    id         uuid    PRIMARY KEY REFERENCES tenders,
    version    integer NOT NULL,
    seed       text    NOT NULL,
    seats      jsonb   NOT NULL,
    drawn_day  date    NOT NULL
);

CREATE TABLE scores (
    id        uuid  PRIMARY KEY,
    tender_id uuid  NOT NULL REFERENCES tenders,
    bid_id    uuid  NOT NULL REFERENCES bids,
    member    text  NOT NULL,
    marks     jsonb NOT NULL,
    CONSTRAINT a_member_scores_a_bid_once UNIQUE (bid_id, member)
);
CREATE INDEX scores_by_tender ON scores (tender_id);

-- The decision record of a review: every figure, and the rules it was made by. Never changed.
CREATE TABLE reviews (
    id             uuid    PRIMARY KEY REFERENCES tenders,
    record         text    NOT NULL,
    policy_version integer NOT NULL,
    lines          jsonb   NOT NULL,
    decided_by     text    NOT NULL,
    decided_day    date    NOT NULL
);

-- Views of what others tell. No foreign keys: each row comes when it comes.

CREATE TABLE organisations (
    id          uuid   PRIMARY KEY,
    name        text   NOT NULL,
    legal_form  text   NOT NULL,
    roles       text[] NOT NULL,
    division    text   NOT NULL,
    status      text   NOT NULL
);

CREATE TABLE experts (
    id       text   PRIMARY KEY,
    kinds    text[] NOT NULL,
    status   text   NOT NULL,
    division text   NOT NULL
);

CREATE TABLE ties (
    id              uuid PRIMARY KEY,
    person          text NOT NULL,
    organisation_id uuid NOT NULL,
    kind            text NOT NULL,
    degree          text NOT NULL,
    status          text NOT NULL
);
CREATE INDEX ties_by_organisation ON ties (organisation_id) WHERE status = 'standing';

CREATE TABLE workers (
    id                  uuid    PRIMARY KEY,
    kind                text    NOT NULL,
    employer_id         uuid,
    part_time_ids       uuid[]  NOT NULL,
    certificate_level   text,
    certificate_valid   boolean NOT NULL,
    registration_status text,
    registration_until  date
);

CREATE TABLE calendar_days (
    day     date    PRIMARY KEY,
    working boolean NOT NULL,
    name    text    NOT NULL
);

-- Every sealed version of a result, since a review counts those that were sealed before the
-- opening, also when a correction has come since.
CREATE TABLE sealed_results (
    id               uuid        NOT NULL,
    version          integer     NOT NULL,
    commission_id    uuid        NOT NULL,
    agreement_id     uuid        NOT NULL,
    provider_id      uuid        NOT NULL,
    purchaser_id     uuid        NOT NULL,
    division         text        NOT NULL,
    domain           text        NOT NULL,
    score_bp         integer     NOT NULL,
    band             text        NOT NULL,
    balance_share_bp integer     NOT NULL,
    policy_version   integer     NOT NULL,
    sealed_at        timestamptz NOT NULL,
    correction       boolean     NOT NULL,
    PRIMARY KEY (id, version)
);
CREATE INDEX sealed_results_by_provider ON sealed_results (provider_id, sealed_at);
