CREATE TABLE experts (
    id       text    CONSTRAINT a_person_is_in_the_pool_once PRIMARY KEY,
    version  integer NOT NULL,
    name     text    NOT NULL,
    kinds    text[]  NOT NULL,
    division text    NOT NULL,
    status   text    NOT NULL,
    CONSTRAINT an_expert_is_admitted_or_retired CHECK (status IN ('admitted', 'retired'))
);

CREATE TABLE ties (
    id              uuid    PRIMARY KEY,
    version         integer NOT NULL,
    person          text    NOT NULL,
    organisation_id uuid    NOT NULL REFERENCES organisations,
    kind            text    NOT NULL,
    degree          text    NOT NULL,
    status          text    NOT NULL,
    declared_day    date    NOT NULL,
    ended_day       date,
    CONSTRAINT a_tie_stands_or_has_ended
        CHECK (status IN ('standing', 'ended') AND (status = 'ended') = (ended_day IS NOT NULL))
);
CREATE UNIQUE INDEX a_tie_is_declared_once ON ties (person, organisation_id, kind)
 WHERE status = 'standing';
CREATE INDEX ties_by_organisation ON ties (organisation_id);
