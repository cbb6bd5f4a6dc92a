-- What is overdue and acknowledged by nobody is looked for by the type of its event.
CREATE INDEX CONCURRENTLY IF NOT EXISTS messages_by_type
    ON messages (event_type, id);
