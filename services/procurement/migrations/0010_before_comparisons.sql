-- After a restore nothing is paid until two persons have compared the bank's statement with what is
-- recorded. What has left the bank and is not recorded is a line, until it is recorded or dismissed.
CREATE TABLE comparisons (
    id           uuid        PRIMARY KEY,
    version      integer     NOT NULL,
    epoch        integer     NOT NULL,
    division     text        NOT NULL,
    statement    text        NOT NULL,
    from_day     date        NOT NULL,
    until_day    date        NOT NULL,
    status       text        NOT NULL,
    open_lines   integer     NOT NULL,
    open_amount  bigint      NOT NULL,
    compared_by  text        NOT NULL,
    compared_at  timestamptz NOT NULL,
    confirmed_by text,
    confirmed_at timestamptz,
    CONSTRAINT a_comparison_has_a_known_status CHECK (status IN ('recorded', 'confirmed')),
    CONSTRAINT a_confirmed_comparison_says_by_whom_and_when CHECK (
        num_nonnulls(confirmed_by, confirmed_at) = CASE status WHEN 'confirmed' THEN 2 ELSE 0 END),
    CONSTRAINT a_second_person_confirms_a_comparison CHECK (confirmed_by <> compared_by),
    CONSTRAINT a_statement_ends_after_it_begins CHECK (until_day >= from_day),
    CONSTRAINT no_more_lines_are_settled_than_are_open CHECK (open_lines >= 0 AND open_amount >= 0)
);
CREATE INDEX comparisons_by_epoch ON comparisons (epoch);

CREATE TABLE statement_lines (
    id            uuid   PRIMARY KEY,
    comparison_id uuid   NOT NULL REFERENCES comparisons,
    provider_id   uuid   NOT NULL,
    reference     text   NOT NULL,
    amount        bigint NOT NULL,
    day           date   NOT NULL,
    named_by      text   NOT NULL,
    payment_id    uuid   REFERENCES payments,
    dismissed_by  text,
    reason        text,
    CONSTRAINT a_line_is_named_once UNIQUE (provider_id, reference),
    CONSTRAINT a_payment_is_recorded_from_one_line UNIQUE (payment_id),
    CONSTRAINT a_line_is_recorded_or_dismissed
        CHECK (num_nonnulls(payment_id, dismissed_by) < 2),
    CONSTRAINT a_dismissed_line_says_why CHECK ((dismissed_by IS NULL) = (reason IS NULL)),
    CONSTRAINT a_second_person_dismisses_a_line CHECK (dismissed_by <> named_by)
);
CREATE INDEX statement_lines_open ON statement_lines (provider_id)
    WHERE payment_id IS NULL AND dismissed_by IS NULL;

-- Also code that does not ask before it pays: the rule holds for whoever writes the ledger.
CREATE FUNCTION refuse_to_pay_before_the_comparison() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT
                 FROM city
                WHERE epoch > 1
                  AND NOT EXISTS (SELECT
                                    FROM comparisons
                                   WHERE comparisons.epoch = city.epoch
                                     AND status = 'confirmed')) THEN
        RAISE EXCEPTION 'this database came from a backup, and nobody has compared the statement'
            USING ERRCODE = 'check_violation',
                  CONSTRAINT = 'nothing_is_paid_before_the_comparison';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER nothing_is_paid_before_the_comparison BEFORE INSERT ON ledger_entries
    FOR EACH ROW WHEN (NEW.act = 'pay') EXECUTE FUNCTION refuse_to_pay_before_the_comparison();
