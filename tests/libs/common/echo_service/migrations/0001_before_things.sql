CREATE TABLE things (
    id      uuid    PRIMARY KEY,
    version integer NOT NULL,
    name    text    NOT NULL,
    CONSTRAINT a_thing_has_a_name_of_its_own UNIQUE (name)
);
CREATE TABLE names (id text PRIMARY KEY, name text NOT NULL);
CREATE TABLE effects (id uuid PRIMARY KEY, thing_id uuid NOT NULL);
CREATE TABLE reads (id uuid PRIMARY KEY, thing_id uuid NOT NULL);
SELECT follow_changes('things', '', '');
