-- A review 复核 is to be decided by a day, which those who decide are told; one that is open already
-- has the days of the policy's default from now.
ALTER TABLE reviews
    ADD COLUMN decide_due_day date NOT NULL
        DEFAULT (now() AT TIME ZONE 'Asia/Shanghai')::date + 15;

-- A report that was returned is in time if its first one was, and its correction by its own day.
-- Null: heard before this was kept; `rebuild` fills it.
ALTER TABLE activities
    ADD COLUMN first_reported_day date,
    ADD COLUMN correction_due_day date;
