-- The lists that a station app follows, and who sees their rows.
SELECT follow_changes('organisations', 'division', '');
SELECT follow_changes('divisions', 'id', '');
SELECT follow_changes('stations', 'division', '');
SELECT follow_changes('calendar_days', '', '');
SELECT follow_changes('workers', 'division', 'employer_id', 'enrolled_by', 'part_time_ids');
SELECT follow_changes('postings', 'division', 'organisation_id');
