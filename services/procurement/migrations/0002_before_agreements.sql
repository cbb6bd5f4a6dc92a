-- From the award to the last yuan: agreements, signatures, payments, acceptances, the ledger.

-- Who signs, who attests, who approves a payment, how the amount is split: by legal profile and
-- version. A row is never changed; an agreement keeps the version it was drafted under.
CREATE TABLE agreement_policies (
    profile        text    NOT NULL,
    version        integer NOT NULL,
    effective_from date    NOT NULL,
    source         text    NOT NULL,
    parties        text[]  NOT NULL,
    longest_years  integer NOT NULL,
    payment_terms  jsonb   NOT NULL,
    approval_steps jsonb   NOT NULL,
    set_by         text    NOT NULL,
    PRIMARY KEY (profile, version),
    CONSTRAINT an_agreement_policy_starts_once_a_day UNIQUE (profile, effective_from)
);

INSERT INTO agreement_policies
            (profile, version, effective_from, source, parties, longest_years,
             payment_terms, approval_steps, set_by)
     SELECT profile, 1, '2020-03-01', source, ARRAY['provider', 'host', 'site'], 1,
            '[{"kind": "startup", "share_bp": 7000}, {"kind": "balance", "share_bp": 3000}]',
            '[{"step": "handler", "roles": ["official", "purchaser"]},
              {"step": "finance", "roles": ["treasury"]},
              {"step": "leader", "roles": ["purchaser"]}]',
            'law'
       FROM (VALUES
             ('government-purchase',
              '政府采购法 art. 43, 46; 政府采购法实施条例 art. 45, 51; '
              '政府购买服务管理办法 (财政部令第102号) art. 24; 都江堰 2013: 七三开'),
             ('community-purchase', '民法典; 村民委员会组织法; 城市居民委员会组织法'),
             ('venture-grant', '民法典; 公益创投: the notice of the grant'),
             ('special-fund', '民法典; 专项资金: the rules of the fund'),
             ('own-funds', '民法典; 自有资金: the buyer''s own rules')
            ) AS profiles (profile, source);

INSERT INTO agreement_policies
            (profile, version, effective_from, source, parties, longest_years,
             payment_terms, approval_steps, set_by)
     VALUES ('award-in-place-of-subsidy', 1, '2020-03-01',
             '以奖代补: paid after the results', ARRAY['provider', 'host', 'site'], 1,
             '[{"kind": "balance", "share_bp": 10000}]',
             '[{"step": "handler", "roles": ["official", "purchaser"]},
               {"step": "finance", "roles": ["treasury"]},
               {"step": "leader", "roles": ["purchaser"]}]',
             'law');

CREATE TABLE agreements (
    id                 uuid        PRIMARY KEY,
    version            integer     NOT NULL,
    tender_id          uuid        NOT NULL REFERENCES tenders,
    budget_id          uuid        NOT NULL REFERENCES budgets,
    fiscal_year        integer     NOT NULL,
    title              text        NOT NULL,
    domain             text        NOT NULL,
    division           text        NOT NULL,
    host_division      text        NOT NULL,
    purchaser_id       uuid        NOT NULL,
    provider_id        uuid        NOT NULL,
    from_day           date        NOT NULL,
    to_day             date        NOT NULL,
    amount             bigint      NOT NULL,
    status             text        NOT NULL,
    profile            text        NOT NULL,
    policy_version     integer     NOT NULL,
    observation        text        NOT NULL,
    lead_worker_id     uuid        NOT NULL,
    certified_share_bp integer     NOT NULL,
    replacement_days   integer     NOT NULL,
    outputs            jsonb       NOT NULL,
    price_lines        jsonb       NOT NULL,
    payment_terms      jsonb       NOT NULL,
    bands              jsonb       NOT NULL,
    deductions         jsonb       NOT NULL,
    clauses            jsonb       NOT NULL,
    content_hash       text        NOT NULL,
    drafted_by         text        NOT NULL,
    in_force_at        timestamptz,
    ended_day          date,
    end_reason         text,
    FOREIGN KEY (profile, policy_version) REFERENCES agreement_policies,
    CONSTRAINT an_agreement_has_a_known_status
        CHECK (status IN ('drafted', 'signing', 'in_force', 'completed', 'terminated')),
    CONSTRAINT an_agreement_ends_after_it_begins CHECK (to_day >= from_day),
    CONSTRAINT an_agreement_is_about_money CHECK (amount > 0),
    CONSTRAINT only_an_ended_agreement_has_an_end
        CHECK ((status IN ('completed', 'terminated')) = (ended_day IS NOT NULL)),
    CONSTRAINT a_completed_agreement_has_been_in_force
        CHECK (status NOT IN ('in_force', 'completed') OR in_force_at IS NOT NULL)
);
CREATE INDEX agreements_by_division ON agreements (division text_pattern_ops);
CREATE INDEX agreements_by_provider ON agreements (provider_id);
-- A draft that was given up before it was in force makes room for another.
CREATE UNIQUE INDEX an_award_leads_to_one_agreement ON agreements (tender_id)
    WHERE status <> 'terminated' OR in_force_at IS NOT NULL;

CREATE TABLE scans (
    sha256      text        PRIMARY KEY,
    media_type  text        NOT NULL,
    size        integer     NOT NULL,
    uploaded_by text        NOT NULL,
    uploaded_at timestamptz NOT NULL
);

CREATE TABLE signatures (
    id            uuid        PRIMARY KEY,
    version       integer     NOT NULL,
    agreement_id  uuid        NOT NULL REFERENCES agreements,
    party         text        NOT NULL,
    person        text        NOT NULL,
    form          text        NOT NULL,
    content_hash  text        NOT NULL,
    seal          text,
    scan_sha256   text        REFERENCES scans,
    first_witness text,
    second_witness text,
    valid         boolean     NOT NULL,
    signed_at     timestamptz NOT NULL,
    CONSTRAINT a_party_signs_once UNIQUE (agreement_id, party),
    CONSTRAINT a_person_signs_for_one_party UNIQUE (agreement_id, person),
    CONSTRAINT a_signature_has_a_known_form CHECK (form IN ('e-seal', 'paper')),
    CONSTRAINT an_e_seal_is_there_and_paper_is_scanned CHECK (
        (form = 'e-seal') = (seal IS NOT NULL)
        AND (form = 'paper') = (scan_sha256 IS NOT NULL AND first_witness IS NOT NULL)),
    CONSTRAINT sealed_paper_is_attested_by_two_others CHECK (
        form = 'e-seal' OR (first_witness <> person
            AND (NOT valid OR (second_witness IS NOT NULL
                               AND second_witness <> person
                               AND second_witness <> first_witness))))
);

-- Payments keep what their amount was decided by: result, its version's share, acceptance.
CREATE TABLE payments (
    id               uuid    PRIMARY KEY,
    version          integer NOT NULL,
    agreement_id     uuid    NOT NULL REFERENCES agreements,
    budget_id        uuid    NOT NULL REFERENCES budgets,
    provider_id      uuid    NOT NULL,
    division         text    NOT NULL,
    kind             text    NOT NULL,
    planned_amount   bigint  NOT NULL,
    amount           bigint  NOT NULL,
    status           text    NOT NULL,
    fiscal_year      integer NOT NULL,
    result_id        uuid,
    result_version   integer,
    score_bp         integer,
    balance_share_bp integer,
    policy_version   integer,
    acceptance_id    uuid,
    due_day          date,
    invoice_number   text,
    reference        text,
    paid_day         date,
    recovered_amount bigint  NOT NULL DEFAULT 0,
    CONSTRAINT a_payment_of_a_kind_is_planned_once UNIQUE (agreement_id, kind),
    CONSTRAINT an_invoice_is_handed_in_once UNIQUE (provider_id, invoice_number),
    CONSTRAINT a_payment_has_a_known_kind CHECK (kind IN ('startup', 'balance')),
    CONSTRAINT a_payment_has_a_known_status CHECK (status IN (
        'planned', 'reduced', 'due', 'invoiced', 'approved', 'paid', 'withheld', 'recovered')),
    CONSTRAINT no_payment_exceeds_its_plan CHECK (0 <= amount AND amount <= planned_amount),
    CONSTRAINT what_is_paid_names_day_and_reference CHECK (
        status NOT IN ('paid', 'recovered')
        OR (paid_day IS NOT NULL AND reference IS NOT NULL AND invoice_number IS NOT NULL)),
    CONSTRAINT no_more_is_recovered_than_was_paid
        CHECK (0 <= recovered_amount AND recovered_amount <= amount)
);
CREATE INDEX payments_by_division ON payments (division text_pattern_ops);
CREATE INDEX payments_by_provider ON payments (provider_id);

-- Approvals of the invoice as it stands; a correction of the result takes them back, and the
-- withdrawn ones stay readable.
CREATE TABLE approvals (
    id           uuid        PRIMARY KEY,
    payment_id   uuid        NOT NULL REFERENCES payments,
    step         text        NOT NULL,
    person       text        NOT NULL,
    amount       bigint      NOT NULL,
    at           timestamptz NOT NULL,
    withdrawn_at timestamptz
);
CREATE UNIQUE INDEX a_step_is_approved_once ON approvals (payment_id, step)
    WHERE withdrawn_at IS NULL;
CREATE UNIQUE INDEX three_different_persons_approve ON approvals (payment_id, person)
    WHERE withdrawn_at IS NULL;

CREATE TABLE acceptances (
    id                   uuid    PRIMARY KEY,
    version              integer NOT NULL,
    agreement_id         uuid    NOT NULL REFERENCES agreements,
    division             text    NOT NULL,
    day                  date    NOT NULL,
    outcome              text    NOT NULL,
    expense_statement    jsonb   NOT NULL,
    leftover_amount      bigint  NOT NULL,
    opinion_summary_code text    NOT NULL,
    remarks              text,
    person               text    NOT NULL,
    CONSTRAINT an_agreement_is_accepted_once UNIQUE (agreement_id),
    CONSTRAINT an_acceptance_has_a_known_outcome
        CHECK (outcome IN ('accepted', 'accepted-with-remarks', 'refused'))
);

-- The standing version of the sealed result of each agreement, as evaluation told it.
CREATE TABLE agreement_results (
    agreement_id     uuid        PRIMARY KEY REFERENCES agreements,
    result_id        uuid        NOT NULL,
    version          integer     NOT NULL,
    score_bp         integer     NOT NULL,
    band             text        NOT NULL,
    balance_share_bp integer     NOT NULL,
    policy_version   integer     NOT NULL,
    sealed_at        timestamptz NOT NULL,
    correction       boolean     NOT NULL
);

-- Who took part in the evaluation of an agreement: they neither accept it nor approve its money.
CREATE TABLE evaluation_persons (
    agreement_id uuid NOT NULL,
    person       text NOT NULL,
    PRIMARY KEY (agreement_id, person)
);

-- Double entry: each row moves an amount from one account of a budget to another.
CREATE TABLE ledger_entries (
    id           uuid        PRIMARY KEY,
    budget_id    uuid        NOT NULL REFERENCES budgets,
    agreement_id uuid        NOT NULL REFERENCES agreements,
    payment_id   uuid        REFERENCES payments,
    act          text        NOT NULL,
    source       text        NOT NULL,
    target       text        NOT NULL,
    amount       bigint      NOT NULL,
    at           timestamptz NOT NULL,
    CONSTRAINT an_entry_moves_money CHECK (amount > 0),
    CONSTRAINT an_act_has_its_two_accounts CHECK ((act, source, target) IN (
        ('commit', 'available', 'committed'),
        ('release', 'committed', 'available'),
        ('pay', 'committed', 'paid'),
        ('recover', 'paid', 'available')))
);
CREATE INDEX ledger_entries_by_budget ON ledger_entries (budget_id, id);
CREATE UNIQUE INDEX a_payment_is_paid_once ON ledger_entries (payment_id) WHERE act = 'pay';
