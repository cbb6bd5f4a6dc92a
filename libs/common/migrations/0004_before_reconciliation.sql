-- The hours whose totals this service has told, and what the hours of others must come to here.
CREATE TABLE told_hours (
    hour    timestamptz PRIMARY KEY,
    told_at timestamptz NOT NULL
);
CREATE INDEX totals_emitted ON totals (hour) WHERE direction = 'emitted';

CREATE TABLE counted_hours (
    type      text        NOT NULL,
    hour      timestamptz NOT NULL,
    count     bigint      NOT NULL,
    xor       bit(128)    NOT NULL,
    heard_at  timestamptz NOT NULL,
    looked_at timestamptz NOT NULL,
    agrees    boolean     NOT NULL DEFAULT false,
    PRIMARY KEY (type, hour)
);
CREATE INDEX counted_hours_open ON counted_hours (looked_at) WHERE NOT agrees;

CREATE TABLE differences (
    id       uuid        PRIMARY KEY,
    type     text        NOT NULL,
    hour     timestamptz NOT NULL,
    reaction text        NOT NULL,
    told     bigint      NOT NULL,
    here     bigint      NOT NULL,
    found_at timestamptz NOT NULL,
    gone_at  timestamptz
);
CREATE UNIQUE INDEX an_hour_differs_once ON differences (type, hour, reaction) WHERE gone_at IS NULL;

CREATE FUNCTION bits_of(hex text) RETURNS bit(128) LANGUAGE sql IMMUTABLE AS $$
    SELECT ('x' || hex)::bit(128)
$$;
