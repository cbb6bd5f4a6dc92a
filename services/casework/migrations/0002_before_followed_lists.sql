-- The list of recipients is followed by whoever keeps them.
SELECT follow_changes('recipients', '', 'organisation_id');
