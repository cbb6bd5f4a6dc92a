-- A report that was returned and corrected came in time if its first one did. Null: none yet, or
-- reported before this was kept.
ALTER TABLE activities ADD COLUMN first_reported_day date;
