CREATE TABLE organisations (
    id            uuid    PRIMARY KEY,
    version       integer NOT NULL,
    name          text    NOT NULL,
    legal_form    text    NOT NULL,
    roles         text[]  NOT NULL,
    division      text    NOT NULL,
    status        text    NOT NULL,
    uscc          text,
    filing_number text,
    since         date,
    CONSTRAINT a_social_credit_code_belongs_to_one_organisation UNIQUE (uscc),
    CONSTRAINT a_filing_number_is_unique_in_a_division UNIQUE (division, filing_number),
    CONSTRAINT an_organisation_has_a_known_status
        CHECK (status IN ('applied', 'registered', 'filed', 'suspended', 'deregistered')),
    CONSTRAINT a_registered_organisation_has_a_code
        CHECK (status <> 'registered' OR uscc IS NOT NULL),
    CONSTRAINT a_filed_organisation_has_a_number
        CHECK (status <> 'filed' OR filing_number IS NOT NULL)
);
CREATE INDEX organisations_by_division ON organisations (division text_pattern_ops);
