-- Inspections, commissions with their samples and visits, marks, results, reviews, standings.

CREATE TABLE inspections (
    id             uuid    PRIMARY KEY,
    version        integer NOT NULL,
    agreement_id   uuid    NOT NULL,
    provider_id    uuid    NOT NULL,
    division       text    NOT NULL,
    kind           text    NOT NULL,
    on_site        boolean NOT NULL,
    from_day       date    NOT NULL,
    to_day         date    NOT NULL,
    due_day        date    NOT NULL,
    policy_version integer NOT NULL REFERENCES policies (version),
    status         text    NOT NULL,
    figures        jsonb,
    conclusion     text,
    codes          text[]  NOT NULL,
    findings       text,
    completed_by   text,
    completed_at   timestamptz,
    CONSTRAINT an_inspection_has_a_known_status
        CHECK (status IN ('planned', 'due', 'overdue', 'completed', 'cancelled')),
    CONSTRAINT a_completed_inspection_has_a_conclusion
        CHECK ((status = 'completed') = (conclusion IS NOT NULL)),
    CONSTRAINT an_inspection_with_faults_names_them
        CHECK (conclusion IS DISTINCT FROM 'faults' OR cardinality(codes) > 0)
);
-- Two inspections of one kind never look at the same period of an agreement.
CREATE UNIQUE INDEX an_agreement_has_one_inspection_of_a_kind_and_period
    ON inspections (agreement_id, kind, to_day) WHERE status <> 'cancelled';
CREATE INDEX inspections_by_provider ON inspections (provider_id);
CREATE INDEX inspections_by_division ON inspections (division text_pattern_ops);

CREATE TABLE rectifications (
    id            uuid    PRIMARY KEY,
    version       integer NOT NULL,
    inspection_id uuid    NOT NULL REFERENCES inspections (id),
    agreement_id  uuid    NOT NULL,
    provider_id   uuid    NOT NULL,
    division      text    NOT NULL,
    codes         text[]  NOT NULL,
    demand        text    NOT NULL,
    due_day       date    NOT NULL,
    ordered_by    text    NOT NULL,
    status        text    NOT NULL,
    answer_text   text,
    answered_at   timestamptz,
    resolved_by   text,
    resolved_at   timestamptz,
    CONSTRAINT a_rectification_has_a_known_status
        CHECK (status IN ('ordered', 'answered', 'overdue', 'resolved')),
    CONSTRAINT a_resolved_rectification_was_answered
        CHECK (status <> 'resolved' OR (answer_text IS NOT NULL AND resolved_by IS NOT NULL))
);
CREATE INDEX rectifications_by_inspection ON rectifications (inspection_id);
CREATE INDEX rectifications_by_provider ON rectifications (provider_id);
CREATE INDEX rectifications_by_division ON rectifications (division text_pattern_ops);

CREATE TABLE commissions (
    id                 uuid        PRIMARY KEY,
    version            integer     NOT NULL,
    agreement_id       uuid        NOT NULL,
    provider_id        uuid        NOT NULL,
    purchaser_id       uuid        NOT NULL,
    division           text        NOT NULL,
    domain             text        NOT NULL,
    title              text        NOT NULL,
    policy_version     integer     NOT NULL REFERENCES policies (version),
    seed_commitment    text        NOT NULL,
    frame_closes_at    timestamptz NOT NULL,
    agreement_sequence bigint      NOT NULL,
    evaluator_id       uuid,
    visitors           text[]      NOT NULL,
    scorers            text[]      NOT NULL,
    ties               jsonb       NOT NULL,
    status             text        NOT NULL,
    CONSTRAINT an_agreement_has_one_commission UNIQUE (agreement_id),
    CONSTRAINT a_commission_has_a_known_status
        CHECK (status IN ('planned', 'assigned', 'sampled', 'visiting', 'scored', 'notified',
                          'sealed')),
    CONSTRAINT a_commission_under_way_has_an_evaluator
        CHECK (status = 'planned' OR evaluator_id IS NOT NULL),
    CONSTRAINT an_evaluator_is_no_party
        CHECK (evaluator_id <> provider_id AND evaluator_id <> purchaser_id)
);
CREATE INDEX commissions_by_provider ON commissions (provider_id);
CREATE INDEX commissions_by_evaluator ON commissions (evaluator_id);
CREATE INDEX commissions_by_division ON commissions (division text_pattern_ops);

-- The seed stands apart from what is answered about a commission: it is revealed by the drawing.
CREATE TABLE samples (
    id               uuid    PRIMARY KEY REFERENCES commissions (id),
    version          integer NOT NULL,
    seed             text    NOT NULL,
    seed_commitment  text    NOT NULL,
    frame            text[]  NOT NULL,
    frame_size       integer NOT NULL,
    frame_digest     text    NOT NULL,
    drawn            text[]  NOT NULL,
    left_out_closed  integer NOT NULL,
    left_out_special integer NOT NULL,
    left_out_unknown integer NOT NULL,
    drawn_at         timestamptz,
    CONSTRAINT a_seed_keeps_its_commitment
        CHECK (encode(sha256(decode(seed, 'hex')), 'hex') = seed_commitment),
    CONSTRAINT a_sample_is_drawn_from_its_frame CHECK (drawn <@ frame)
);

CREATE FUNCTION refuse_to_change_a_drawn_frame() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR NEW.seed <> OLD.seed
       OR (OLD.drawn_at IS NOT NULL
           AND (NEW.frame, NEW.drawn_at) IS DISTINCT FROM (OLD.frame, OLD.drawn_at)) THEN
        RAISE EXCEPTION 'a committed seed and a drawn frame are never changed'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER a_drawn_frame_is_never_changed BEFORE UPDATE OR DELETE ON samples
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_a_drawn_frame();

CREATE TABLE visits (
    id            uuid    PRIMARY KEY,
    version       integer NOT NULL,
    commission_id uuid    NOT NULL REFERENCES commissions (id),
    agreement_id  uuid    NOT NULL,
    division      text    NOT NULL,
    visitor       text    NOT NULL,
    recipient_ref text    NOT NULL,
    purpose       text    NOT NULL,
    from_day      date    NOT NULL,
    to_day        date    NOT NULL,
    status        text    NOT NULL,
    outcome       text,
    ended_at      timestamptz,
    CONSTRAINT a_recipient_is_visited_once_for_a_commission UNIQUE (commission_id, recipient_ref),
    CONSTRAINT an_ended_visit_has_an_outcome CHECK ((status = 'ended') = (outcome IS NOT NULL))
);
CREATE INDEX visits_by_visitor ON visits (visitor);
CREATE INDEX visits_by_division ON visits (division text_pattern_ops);

CREATE TABLE visit_answers (
    visit_id uuid    NOT NULL REFERENCES visits (id),
    question text    NOT NULL,
    points   integer NOT NULL,
    PRIMARY KEY (visit_id, question),
    CONSTRAINT points_are_from_one_to_five CHECK (points BETWEEN 1 AND 5)
);

CREATE TABLE marks (
    commission_id uuid    NOT NULL REFERENCES commissions (id),
    scorer        text    NOT NULL,
    indicator     text    NOT NULL,
    points_bp     integer NOT NULL,
    reason_code   text    NOT NULL,
    CONSTRAINT a_scorer_marks_an_indicator_once PRIMARY KEY (commission_id, scorer, indicator)
);

CREATE TABLE results (
    id               uuid    PRIMARY KEY,
    version          integer NOT NULL,
    commission_id    uuid    NOT NULL REFERENCES commissions (id),
    agreement_id     uuid    NOT NULL,
    provider_id      uuid    NOT NULL,
    purchaser_id     uuid    NOT NULL,
    evaluator_id     uuid    NOT NULL,
    division         text    NOT NULL,
    domain           text    NOT NULL,
    edition          integer NOT NULL,
    score_bp         integer NOT NULL,
    band             text    NOT NULL,
    balance_share_bp integer NOT NULL,
    policy_version   integer NOT NULL REFERENCES policies (version),
    status           text    NOT NULL,
    scored_by        text    NOT NULL,
    notified_by      text,
    review_until     date,
    review_waived    boolean NOT NULL,
    sealed_by        text,
    sealed_at        timestamptz,
    correction       boolean NOT NULL,
    CONSTRAINT a_result_has_the_id_of_its_commission CHECK (id = commission_id),
    CONSTRAINT a_result_has_a_known_status CHECK (status IN ('scored', 'notified', 'sealed')),
    CONSTRAINT a_sealed_result_has_two_persons
        CHECK (status <> 'sealed' OR (sealed_at IS NOT NULL AND sealed_by <> notified_by))
);
CREATE INDEX results_by_provider ON results (provider_id, sealed_at);
CREATE INDEX results_by_division ON results (division text_pattern_ops);

CREATE TABLE editions (
    result_id        uuid        NOT NULL REFERENCES results (id),
    edition          integer     NOT NULL,
    score_bp         integer     NOT NULL,
    band             text        NOT NULL,
    balance_share_bp integer     NOT NULL,
    policy_version   integer     NOT NULL,
    lines            jsonb       NOT NULL,
    reason_code      text,
    made_by          text        NOT NULL,
    confirmed_by     text,
    made_at          timestamptz NOT NULL,
    sealed_at        timestamptz,
    PRIMARY KEY (result_id, edition),
    CONSTRAINT a_score_is_at_most_a_hundred CHECK (score_bp BETWEEN 0 AND 10000),
    CONSTRAINT a_later_edition_has_a_reason CHECK (edition = 1 OR reason_code IS NOT NULL),
    CONSTRAINT a_confirmed_edition_has_two_persons CHECK (confirmed_by <> made_by)
);

-- An edition is written once. Sealing sets `sealed_at`, and after that nothing at all.
CREATE FUNCTION refuse_to_change_an_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.sealed_at IS NULL
       AND to_jsonb(NEW) - 'sealed_at' = to_jsonb(OLD) - 'sealed_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an edition of a result is never changed; correct it by a new one'
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER an_edition_is_never_changed BEFORE UPDATE OR DELETE ON editions
    FOR EACH ROW EXECUTE FUNCTION refuse_to_change_an_edition();

-- What is sealed counts for good: only a correction's new edition may replace the numbers shown.
CREATE FUNCTION refuse_to_unseal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'sealed'
       AND (TG_OP = 'DELETE' OR NEW.status <> 'sealed' OR NEW.sealed_at <> OLD.sealed_at
            OR ((NEW.score_bp, NEW.band, NEW.balance_share_bp)
                IS DISTINCT FROM (OLD.score_bp, OLD.band, OLD.balance_share_bp)
                AND NEW.edition <> OLD.edition + 1)) THEN
        RAISE EXCEPTION 'a sealed result is never changed; correct it by a new edition'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER a_sealed_result_stays_sealed BEFORE UPDATE OR DELETE ON results
    FOR EACH ROW EXECUTE FUNCTION refuse_to_unseal();

CREATE TABLE reviews (
    id            uuid        PRIMARY KEY,
    version       integer     NOT NULL,
    result_id     uuid        NOT NULL REFERENCES results (id),
    provider_id   uuid        NOT NULL,
    division      text        NOT NULL,
    indicator     text        NOT NULL,
    reason_code   text        NOT NULL,
    text          text        NOT NULL,
    asked_by      text        NOT NULL,
    asked_at      timestamptz NOT NULL,
    outcome       text,
    points_bp     integer,
    decision_code text,
    decided_by    text,
    decided_at    timestamptz,
    CONSTRAINT a_changed_value_has_points CHECK ((outcome = 'changed') = (points_bp IS NOT NULL))
);
CREATE UNIQUE INDEX an_indicator_has_one_open_review
    ON reviews (result_id, indicator) WHERE outcome IS NULL;

CREATE TABLE corrections (
    id           uuid        PRIMARY KEY,
    version      integer     NOT NULL,
    result_id    uuid        NOT NULL REFERENCES results (id),
    division     text        NOT NULL,
    indicator    text        NOT NULL,
    points_bp    integer     NOT NULL,
    reason_code  text        NOT NULL,
    proposed_by  text        NOT NULL,
    proposed_at  timestamptz NOT NULL,
    confirmed_by text,
    confirmed_at timestamptz,
    CONSTRAINT a_correction_has_two_persons CHECK (confirmed_by <> proposed_by)
);
CREATE UNIQUE INDEX a_result_has_one_open_correction
    ON corrections (result_id) WHERE confirmed_by IS NULL;

CREATE TABLE standings (
    id               uuid    PRIMARY KEY,
    version          integer NOT NULL,
    organisation_id  uuid    NOT NULL,
    division         text    NOT NULL,
    sealed_results   integer NOT NULL,
    average_score_bp integer,
    best_score_bp    integer,
    band             text,
    effect           text    NOT NULL,
    as_of            date    NOT NULL
);
CREATE INDEX standings_by_division ON standings (division text_pattern_ops);
