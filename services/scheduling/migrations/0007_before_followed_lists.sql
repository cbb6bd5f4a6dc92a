-- The lists that a station app follows, and who sees their rows.
SELECT follow_changes('activities', 'division', 'organisation_id');
SELECT follow_changes('assignments', 'division', 'organisation_id');
SELECT follow_changes('series', 'division', 'organisation_id');
SELECT follow_changes('check_ins', '', 'activity_id');
SELECT follow_changes('check_in_drafts', '', 'activity_id');
