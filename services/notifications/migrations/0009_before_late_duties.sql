-- Who else must act: whom a challenge or complaint waits for, what has to be paid back, whose
-- registration ends, whose work lags. Columns are named as the fields of the events.
CREATE TABLE page_challenges (
    id             uuid PRIMARY KEY,
    title          text NOT NULL,
    division       text NOT NULL,
    purchaser_id   uuid NOT NULL,
    status         text NOT NULL,
    answer_due_day date NOT NULL,
    since          date NOT NULL
);
CREATE INDEX page_challenges_open ON page_challenges (status)
    WHERE status IN ('raised', 'overdue');

CREATE TABLE page_complaints (
    id             uuid PRIMARY KEY,
    title          text NOT NULL,
    division       text NOT NULL,
    status         text NOT NULL,
    decide_due_day date NOT NULL,
    since          date NOT NULL
);
CREATE INDEX page_complaints_open ON page_complaints (status)
    WHERE status IN ('lodged', 'overdue');

CREATE TABLE page_workers (
    id                  uuid PRIMARY KEY,
    employer_id         uuid,
    registration_status text,
    registration_until  date,
    since               date NOT NULL
);
CREATE INDEX page_workers_to_register ON page_workers (registration_status)
    WHERE registration_status IN ('expiring', 'lapsed');

CREATE TABLE page_workplans (
    id           uuid PRIMARY KEY,
    agreement_id uuid NOT NULL,
    as_of        date NOT NULL
);
CREATE INDEX page_workplans_by_day ON page_workplans (as_of);

-- Null: heard before this was kept; `rebuild` fills it.
ALTER TABLE page_payments ADD COLUMN claimed_amount bigint;
ALTER TABLE organisations ADD COLUMN division text;

-- A row of a page's view is what the latest event of its subject said.
CREATE FUNCTION keep_row(view text, heard jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('DELETE FROM %1$I AS old
                          USING jsonb_populate_record(NULL::%1$I, $1) AS new
                          WHERE old.id = new.id', view) USING heard;
    EXECUTE format('INSERT INTO %1$I
                         SELECT *
                           FROM jsonb_populate_record(NULL::%1$I, $1)', view) USING heard;
END $$;
