-- Who read which picture as it was uploaded, when and what for: rows are only ever added.
CREATE TABLE read_log (
    id          uuid        PRIMARY KEY,
    at          timestamptz NOT NULL,
    person      text        NOT NULL,
    activity_id uuid        NOT NULL REFERENCES activities,
    sha256      text        NOT NULL,
    purpose     text        NOT NULL,
    CONSTRAINT an_original_is_read_for_a_purpose CHECK (purpose <> '')
);

CREATE FUNCTION refuse_to_forget() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the read log only grows';
END $$;
CREATE TRIGGER the_read_log_only_grows BEFORE UPDATE OR DELETE ON read_log
    FOR EACH ROW EXECUTE FUNCTION refuse_to_forget();
