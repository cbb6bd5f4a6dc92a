-- Challenges 质疑 and complaints 投诉 of a tender, awards that become void, reviews made again.

-- The periods are rules of law in a government purchase alone: its newest version is followed by
-- one that has them. Elsewhere a city enters what its notices say.
ALTER TABLE procurement_policies ADD COLUMN challenges jsonb;

INSERT INTO procurement_policies
            (profile, version, effective_from, source, methods, members_most_bp, past_most_bp,
             past_neutral_bp, key_hours, set_by, challenges)
     SELECT profile, version + 1, effective_from + 1,
            source || '; 政府采购法 art. 52–58; 政府采购法实施条例 art. 53, 54; 政府采购质疑和投诉办法 (财政部令第94号)',
            methods, members_most_bp, past_most_bp, past_neutral_bp, key_hours, 'law',
            '{"documents_notice_days": 5, "result_notice_days": 1, "raise_days": 7,
              "answer_days": 7, "complain_days": 15, "decide_days": 30, "suspend_days": 30}'
       FROM procurement_policies
      WHERE profile = 'government-purchase'
   ORDER BY version DESC
      LIMIT 1;

ALTER TABLE tenders
    ADD COLUMN reviewed_at timestamptz,
    ADD COLUMN round       integer NOT NULL DEFAULT 1,
    ADD COLUMN awarded_at  timestamptz,
    ADD COLUMN passed_ids  uuid[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT nobody_is_awarded_twice CHECK (awarded_to <> ALL (passed_ids));

-- Whose scores and whose record it was stays readable when a review is made again.
ALTER TABLE scores
    ADD COLUMN round integer NOT NULL DEFAULT 1,
    DROP CONSTRAINT a_member_scores_a_bid_once,
    ADD CONSTRAINT a_member_scores_a_bid_once UNIQUE (bid_id, member, round);

ALTER TABLE reviews
    ADD COLUMN round integer NOT NULL DEFAULT 1,
    DROP CONSTRAINT reviews_pkey,
    ADD PRIMARY KEY (id, round);

CREATE TABLE challenges (
    id              uuid        PRIMARY KEY,
    version         integer     NOT NULL,
    tender_id       uuid        NOT NULL REFERENCES tenders,
    title           text        NOT NULL,
    division        text        NOT NULL,
    purchaser_id    uuid        NOT NULL,
    organisation_id uuid        NOT NULL,
    about           text        NOT NULL,
    step_at         timestamptz NOT NULL,
    grounds         text        NOT NULL,
    status          text        NOT NULL,
    raised_by       text        NOT NULL,
    raised_at       timestamptz NOT NULL,
    answer_due_day  date        NOT NULL,
    complain_until  date        NOT NULL,
    verdict         text,
    remedy          text,
    reasons         text,
    answered_by     text,
    answered_at     timestamptz,
    CONSTRAINT a_challenge_is_about_a_known_step
        CHECK (about IN ('documents', 'opening', 'review', 'result')),
    CONSTRAINT a_challenge_has_a_known_status
        CHECK (status IN ('raised', 'overdue', 'answered', 'withdrawn', 'escalated')),
    CONSTRAINT an_answer_says_what_was_found CHECK (
        (verdict IS NOT NULL) = (answered_at IS NOT NULL)
        AND (status <> 'answered' OR answered_at IS NOT NULL)),
    CONSTRAINT what_an_answer_upholds_is_put_right
        CHECK ((verdict IS NOT DISTINCT FROM 'upheld') = (remedy IS NOT NULL))
);
CREATE UNIQUE INDEX a_step_is_challenged_once ON challenges (tender_id, organisation_id, about, step_at)
    WHERE status <> 'withdrawn';
CREATE INDEX challenges_by_division ON challenges (division text_pattern_ops);

CREATE TABLE complaints (
    id              uuid        PRIMARY KEY,
    version         integer     NOT NULL,
    challenge_id    uuid        NOT NULL REFERENCES challenges,
    tender_id       uuid        NOT NULL REFERENCES tenders,
    title           text        NOT NULL,
    division        text        NOT NULL,
    purchaser_id    uuid        NOT NULL,
    organisation_id uuid        NOT NULL,
    grounds         text        NOT NULL,
    status          text        NOT NULL,
    lodged_by       text        NOT NULL,
    lodged_at       timestamptz NOT NULL,
    decide_due_day  date        NOT NULL,
    suspended_until timestamptz,
    verdict         text,
    remedy          text,
    reasons         text,
    decided_by      text,
    decided_at      timestamptz,
    CONSTRAINT a_challenge_leads_to_one_complaint UNIQUE (challenge_id),
    CONSTRAINT a_complaint_has_a_known_status
        CHECK (status IN ('lodged', 'overdue', 'decided', 'withdrawn')),
    CONSTRAINT a_decision_says_what_was_found
        CHECK ((status = 'decided') = (verdict IS NOT NULL AND decided_at IS NOT NULL)),
    CONSTRAINT what_a_decision_upholds_is_put_right
        CHECK ((verdict IS NOT DISTINCT FROM 'upheld') = (remedy IS NOT NULL))
);
CREATE INDEX complaints_by_tender ON complaints (tender_id);
CREATE INDEX complaints_by_division ON complaints (division text_pattern_ops);
