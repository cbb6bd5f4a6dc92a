-- Which transaction wrote last to which row of a followed list, and who saw the row then. What was
-- noted for an owner and a place stays, so that they hear of a row that has left their sight.
CREATE TABLE changes (
    list       text        NOT NULL,
    id         text        COLLATE "C" NOT NULL,
    place      text        NOT NULL,
    owner      text        NOT NULL,
    changed_in xid8        NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (list, id, place, owner)
);
CREATE INDEX changes_by_transaction ON changes (list, changed_in);

-- Notes a state of a row. `place_column` says where it lies ('' is everywhere), `owner_columns` whose
-- it is: each holds one owner or an array of them.
CREATE FUNCTION note_state(listed text, state jsonb, place_column text, owner_columns text[])
    RETURNS void LANGUAGE sql AS $$
    WITH owners AS (
           SELECT DISTINCT owner
             FROM unnest(owner_columns) AS name,
                  jsonb_array_elements_text(
                      CASE jsonb_typeof(state -> name)
                      WHEN 'array' THEN state -> name
                      ELSE jsonb_build_array(state -> name) END) AS owner
            WHERE owner IS NOT NULL)
    INSERT INTO changes (list, id, place, owner, changed_in, changed_at)
         SELECT listed, state ->> 'id', coalesce(state ->> place_column, ''), owner,
                pg_current_xact_id(), clock_timestamp()
           FROM (SELECT owner FROM owners
                 UNION ALL SELECT '' WHERE NOT EXISTS (SELECT FROM owners)) AS whose
             ON CONFLICT (list, id, place, owner)
      DO UPDATE SET changed_in = excluded.changed_in, changed_at = excluded.changed_at
$$;

CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND EXISTS (
        SELECT FROM unnest(TG_ARGV) AS name
         WHERE to_jsonb(OLD) -> name IS DISTINCT FROM to_jsonb(NEW) -> name
    ) THEN
        PERFORM note_state(TG_TABLE_NAME, to_jsonb(OLD), TG_ARGV[0], TG_ARGV[1:]);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM note_state(TG_TABLE_NAME, to_jsonb(NEW), TG_ARGV[0], TG_ARGV[1:]);
    END IF;
    RETURN NULL;
END $$;

-- What a migration says of a table that is read as a followed list: what stands in it is noted now.
CREATE FUNCTION follow_changes(listed text, place_column text, VARIADIC owner_columns text[])
    RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER changes_are_noted AFTER INSERT OR UPDATE OR DELETE ON %I '
        'FOR EACH ROW EXECUTE FUNCTION note_change(%L, %s)',
        listed, place_column,
        (SELECT string_agg(quote_literal(name), ', ') FROM unnest(owner_columns) AS name));
    EXECUTE format('SELECT count(note_state(%L, to_jsonb(t), %L, %L)::text) FROM %I t',
                   listed, place_column, owner_columns, listed);
END $$;
