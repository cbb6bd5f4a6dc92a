-- A view does not ask the inbox whether to act, but what it knows of the subject: emptied, it takes
-- again what it has heard before, while the inbox still counts each event once. What is older than
-- the inbox reaches is not counted anew, and no effect may run on it.
CREATE OR REPLACE FUNCTION hear(id uuid, reaction_name text, moment timestamptz, kind text,
                                lane_number integer, about text, its_epoch integer,
                                its_sequence bigint, is_view boolean)
    RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    fresh boolean := false;
BEGIN
    IF id >= first_id_of((moment - interval '390 days')::date) THEN
        INSERT INTO inbox (event_id, reaction, heard_at) VALUES (id, reaction_name, moment)
        ON CONFLICT DO NOTHING;
        fresh := FOUND;
    ELSIF NOT is_view THEN
        RETURN 'too old';
    END IF;
    IF fresh THEN
        INSERT INTO totals AS known (direction, reaction, type, hour, lane, count, xor)
             VALUES ('heard', reaction_name, kind, hour_of(id), lane_number, 1, bits_of(id))
        ON CONFLICT (direction, reaction, type, hour, lane)
          DO UPDATE SET count = known.count + 1, xor = known.xor # excluded.xor;
    END IF;
    IF NOT is_view THEN
        RETURN CASE WHEN fresh THEN 'new' ELSE 'again' END;
    END IF;
    INSERT INTO known AS mine (reaction, subject, epoch, sequence)
         VALUES (reaction_name, about, its_epoch, its_sequence)
    ON CONFLICT (reaction, subject)
      DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence
          WHERE (excluded.epoch, excluded.sequence) > (mine.epoch, mine.sequence);
    RETURN CASE WHEN FOUND THEN 'new' WHEN fresh THEN 'stale' ELSE 'again' END;
END $$;

-- A view is named after its table. The lock waits for those who are writing a view at this moment
-- and holds off the others, so that no row is removed whose sequence stays known.
CREATE FUNCTION empty_view(view text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    removed bigint;
BEGIN
    LOCK TABLE known IN SHARE ROW EXCLUSIVE MODE;
    EXECUTE format('DELETE FROM %I', view);
    GET DIAGNOSTICS removed = ROW_COUNT;
    DELETE FROM known WHERE reaction = view;
    RETURN removed;
END $$;

-- What is to be sent again to one service, and how far that has come.
CREATE TABLE resendings (
    id       uuid        PRIMARY KEY,
    source   text        NOT NULL,
    receiver text        NOT NULL,
    reaction text,
    types    text[]      NOT NULL,
    since    timestamptz NOT NULL,
    until    timestamptz NOT NULL,
    place    bigint      NOT NULL DEFAULT 0,
    sent     bigint      NOT NULL DEFAULT 0,
    asked_by text        NOT NULL,
    asked_at timestamptz NOT NULL,
    due_at   timestamptz NOT NULL,
    trouble  text,
    done_at  timestamptz
);
CREATE INDEX resendings_due ON resendings (due_at) WHERE done_at IS NULL;
