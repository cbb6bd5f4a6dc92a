-- Which reaction has heard a type from its first event on here, and which one came with a later release.
CREATE TABLE listeners (
    reaction text    NOT NULL,
    type     text    NOT NULL,
    late     boolean NOT NULL,
    PRIMARY KEY (reaction, type)
);
