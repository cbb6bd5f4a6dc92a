-- The ground under every service: what kind of city this is, the clock of a rehearsal,
-- who was told what in which order, what was heard, what waits, and which commands were carried out.

CREATE TABLE city (
    only_row boolean PRIMARY KEY DEFAULT true,
    mode     text    NOT NULL,
    epoch    integer NOT NULL DEFAULT 1,
    CONSTRAINT there_is_one_city CHECK (only_row),
    CONSTRAINT a_city_is_live_or_a_rehearsal CHECK (mode IN ('live', 'rehearsal'))
);

-- The types that the queue is bound to: `migrate` unbinds what a later release does not hear.
CREATE TABLE bindings (type text PRIMARY KEY);

CREATE TABLE rehearsal_clock (
    only_row boolean     PRIMARY KEY DEFAULT true,
    instant  timestamptz NOT NULL,
    CONSTRAINT there_is_one_clock CHECK (only_row)
);

CREATE FUNCTION refuse_to_go_back() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.instant < OLD.instant THEN
        RAISE EXCEPTION 'the clock only goes forward';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER the_clock_only_goes_forward BEFORE UPDATE ON rehearsal_clock
    FOR EACH ROW EXECUTE FUNCTION refuse_to_go_back();

-- One row a subject counts its events; its row lock orders whoever speaks of that subject.
CREATE TABLE subjects (
    id       text   PRIMARY KEY,
    sequence bigint NOT NULL
);

CREATE SEQUENCE outbox_order CACHE 1;

-- event_id is a UUIDv7, so a range of ids is a range of wall time.
CREATE TABLE outbox (
    event_id     uuid   NOT NULL,
    place        bigint NOT NULL DEFAULT nextval('outbox_order'),
    type         text   NOT NULL,
    subject      text   NOT NULL,
    body         bytea  NOT NULL,
    attempts     integer NOT NULL DEFAULT 0,
    retry_at     timestamptz,
    published_at timestamptz,
    PRIMARY KEY (event_id)
) PARTITION BY RANGE (event_id);
CREATE TABLE outbox_other PARTITION OF outbox DEFAULT;
CREATE INDEX outbox_unpublished ON outbox (place) WHERE published_at IS NULL;
CREATE INDEX outbox_held_back ON outbox (subject, place) WHERE published_at IS NULL AND retry_at IS NOT NULL;

-- A message has been dealt with by a reaction when its row is here.
CREATE TABLE inbox (
    event_id uuid NOT NULL,
    reaction text NOT NULL,
    heard_at timestamptz NOT NULL,
    PRIMARY KEY (event_id, reaction)
) PARTITION BY RANGE (event_id);
CREATE TABLE inbox_other PARTITION OF inbox DEFAULT;

-- How far each view knows each subject: the highest (epoch, sequence) wins.
CREATE TABLE known (
    reaction text    NOT NULL,
    subject  text    NOT NULL,
    epoch    integer NOT NULL,
    sequence bigint  NOT NULL,
    PRIMARY KEY (reaction, subject)
);

-- What cannot be handled now, or not by itself: never dropped.
CREATE TABLE waiting (
    id        uuid        PRIMARY KEY,
    reaction  text        NOT NULL,
    event_id  uuid,
    type      text,
    body      bytea       NOT NULL,
    reason    text        NOT NULL,
    attempts  integer     NOT NULL,
    failures  integer     NOT NULL,
    since     timestamptz NOT NULL,
    due_at    timestamptz NOT NULL,
    state     text        NOT NULL DEFAULT 'waiting',
    CONSTRAINT a_message_waits_or_is_parked CHECK (state IN ('waiting', 'parked')),
    CONSTRAINT a_reaction_waits_once_for_an_event UNIQUE (event_id, reaction)
);
CREATE INDEX waiting_due ON waiting (due_at) WHERE state = 'waiting';

-- Totals outlive rows. `lane` only spreads the writers; sums are taken over it.
CREATE TABLE totals (
    direction text        NOT NULL,
    reaction  text        NOT NULL,
    type      text        NOT NULL,
    hour      timestamptz NOT NULL,
    lane      integer     NOT NULL,
    count     bigint      NOT NULL,
    xor       bit(128)    NOT NULL,
    PRIMARY KEY (direction, reaction, type, hour, lane),
    CONSTRAINT a_total_is_of_what_was_emitted_or_heard CHECK (direction IN ('emitted', 'heard'))
);

CREATE TABLE commands (
    subject  text        NOT NULL,
    key      text        NOT NULL,
    hash     bytea       NOT NULL,
    status   integer     NOT NULL,
    body     bytea,
    etag     text,
    location text,
    resource text,
    done_at  timestamptz NOT NULL,
    PRIMARY KEY (subject, key)
);
CREATE INDEX commands_done ON commands (done_at);

-- What is due when: a job decides at `due_at` on the business clock.
CREATE TABLE timers (
    id       uuid        PRIMARY KEY,
    job      text        NOT NULL,
    subject  text        NOT NULL,
    due_at   timestamptz NOT NULL,
    attempts integer     NOT NULL DEFAULT 0,
    retry_at timestamptz,
    CONSTRAINT a_subject_has_one_timer_of_a_job_at_an_instant UNIQUE (job, subject, due_at)
);
CREATE INDEX timers_due ON timers (due_at, id);

-- The first id that a UUIDv7 made on that day can have.
CREATE FUNCTION first_id_of(day date) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (lpad(to_hex((extract(epoch FROM day::timestamp) * 1000)::bigint), 12, '0')
            || '00000000000000000000')::uuid
$$;

-- What totals are made of: the hour that a UUIDv7 was made in, and its 128 bits.
CREATE FUNCTION hour_of(id uuid) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT date_trunc('hour', to_timestamp(
        ('x' || lpad(substr(replace(id::text, '-', ''), 1, 12), 16, '0'))::bit(64)::bigint / 1000.0), 'UTC')
$$;

CREATE FUNCTION bits_of(id uuid) RETURNS bit(128) LANGUAGE sql IMMUTABLE AS $$
    SELECT ('x' || replace(id::text, '-', ''))::bit(128)
$$;

-- One round trip for what every reaction begins with: the inbox row, the total, and for a view
-- whether the event is newer than what it knows. Answers 'again', 'stale' or 'new'.
CREATE FUNCTION hear(id uuid, reaction_name text, moment timestamptz, kind text, lane_number integer,
                     about text, its_epoch integer, its_sequence bigint, is_view boolean)
    RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO inbox (event_id, reaction, heard_at) VALUES (id, reaction_name, moment)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN 'again';
    END IF;
    INSERT INTO totals AS known (direction, reaction, type, hour, lane, count, xor)
         VALUES ('heard', reaction_name, kind, hour_of(id), lane_number, 1, bits_of(id))
    ON CONFLICT (direction, reaction, type, hour, lane)
      DO UPDATE SET count = known.count + 1, xor = known.xor # excluded.xor;
    IF NOT is_view THEN
        RETURN 'new';
    END IF;
    INSERT INTO known AS mine (reaction, subject, epoch, sequence)
         VALUES (reaction_name, about, its_epoch, its_sequence)
    ON CONFLICT (reaction, subject)
      DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence
          WHERE (excluded.epoch, excluded.sequence) > (mine.epoch, mine.sequence);
    RETURN CASE WHEN FOUND THEN 'new' ELSE 'stale' END;
END $$;

-- Takes the lock of a command's key and looks its answer up, each with a snapshot of its own:
-- a VOLATILE function under READ COMMITTED, or the answer would be looked for before the lock.
CREATE FUNCTION claim_command(who text, what text)
    RETURNS TABLE (locked boolean, hash bytea, status integer, body bytea, etag text, location text,
                   resource text)
    LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended(who || chr(31) || what, 0)) THEN
        RETURN QUERY SELECT false, NULL::bytea, NULL::integer, NULL::bytea, NULL::text, NULL::text,
                            NULL::text;
        RETURN;
    END IF;
    RETURN QUERY SELECT true, c.hash, c.status, c.body, c.etag, c.location, c.resource
                   FROM commands AS c
                  WHERE c.subject = who AND c.key = what;
END $$;

-- The service may not create or drop tables; these two do just that much for it.
CREATE FUNCTION make_partitions(through date) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    day date;
BEGIN
    FOR day IN SELECT generate_series(current_date, least(through, current_date + 31), '1 day') LOOP
        PERFORM make_partition('outbox', to_char(day, 'YYYYMMDD'), day, day + 1);
        day := date_trunc('month', day);
        PERFORM make_partition('inbox', to_char(day, 'YYYYMM'), day, (day + interval '1 month')::date);
    END LOOP;
END $$;

-- Rows that came before their partition was made stay in the default one, which takes them all.
CREATE FUNCTION make_partition(parent text, suffix text, first date, past date) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF to_regclass(parent || '_' || suffix) IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                       parent || '_' || suffix, parent, first_id_of(first), first_id_of(past));
    END IF;
EXCEPTION WHEN check_violation OR duplicate_table THEN
    NULL;
END $$;

CREATE FUNCTION drop_partitions(outbox_before date, inbox_before date) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    name text;
    pending boolean;
    dropped integer := 0;
BEGIN
    DELETE FROM outbox_other
     WHERE published_at IS NOT NULL
       AND event_id < first_id_of(least(outbox_before, current_date - 7));
    DELETE FROM inbox_other
     WHERE event_id < first_id_of(least(inbox_before, current_date - 400));
    FOR name IN
        SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
         WHERE (i.inhparent = 'outbox'::regclass AND c.relname ~ '^outbox_\d{8}$'
                AND substr(c.relname, 8) < to_char(least(outbox_before, current_date - 7), 'YYYYMMDD'))
            OR (i.inhparent = 'inbox'::regclass AND c.relname ~ '^inbox_\d{6}$'
                AND substr(c.relname, 7) < to_char(least(inbox_before, current_date - 400), 'YYYYMM'))
    LOOP
        pending := false;
        IF name LIKE 'outbox%' THEN
            EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE published_at IS NULL)', name) INTO pending;
        END IF;
        IF NOT pending THEN
            EXECUTE format('DROP TABLE %I', name);
            dropped := dropped + 1;
        END IF;
    END LOOP;
    RETURN dropped;
END $$;

REVOKE ALL ON FUNCTION make_partitions(date), drop_partitions(date, date),
    make_partition(text, text, date, date) FROM PUBLIC;

SELECT make_partitions(current_date + 7);
