CREATE TABLE divisions (
    id         text    CONSTRAINT a_division_code_is_given_once PRIMARY KEY,
    version    integer NOT NULL,
    name       text    NOT NULL,
    level      text    NOT NULL,
    urban      boolean NOT NULL,
    parent     text    REFERENCES divisions,
    valid_from date    NOT NULL,
    valid_to   date,
    successors text[]  NOT NULL,
    CONSTRAINT a_division_has_a_known_level
        CHECK (level IN ('city', 'town', 'community', 'group')),
    CONSTRAINT a_division_code_has_twelve_digits
        CHECK (id ~ '^[0-9]{12}$'),
    CONSTRAINT only_a_city_has_no_parent
        CHECK ((parent IS NULL) = (level = 'city')),
    CONSTRAINT a_division_ends_after_it_began
        CHECK (valid_to >= valid_from)
);
CREATE INDEX divisions_by_prefix ON divisions (id text_pattern_ops);

CREATE TABLE stations (
    id          uuid    PRIMARY KEY,
    version     integer NOT NULL,
    name        text    NOT NULL,
    tier        text    NOT NULL,
    division    text    NOT NULL REFERENCES divisions,
    operator_id uuid    REFERENCES organisations,
    status      text    NOT NULL,
    rooms       jsonb   NOT NULL,
    CONSTRAINT a_station_is_open_or_closed CHECK (status IN ('open', 'closed'))
);
CREATE INDEX stations_by_division ON stations (division text_pattern_ops);

-- One row a community in being: what it has, what it needs, since when it is short.
CREATE TABLE coverage (
    id          text    PRIMARY KEY REFERENCES divisions,
    version     integer NOT NULL,
    workers     integer NOT NULL,
    certified   integer NOT NULL,
    minimum     integer NOT NULL,
    short_since date,
    CONSTRAINT certified_workers_are_workers CHECK (certified BETWEEN 0 AND workers),
    CONSTRAINT a_community_is_short_below_the_minimum
        CHECK ((short_since IS NOT NULL) = (workers < minimum))
);

CREATE TABLE calendar_days (
    id      text    CONSTRAINT a_calendar_day_is_entered_once PRIMARY KEY,
    version integer NOT NULL,
    day     date    NOT NULL,
    working boolean NOT NULL,
    name    text    NOT NULL
);

-- Policies: each version stays, because decisions were made by it.
CREATE TABLE coverage_policies (
    version        integer CONSTRAINT a_version_of_the_coverage_policy_is_written_once PRIMARY KEY,
    effective_from date    NOT NULL,
    minimum        integer NOT NULL,
    counts_kinds   text[]  NOT NULL
);
INSERT INTO coverage_policies (version, effective_from, minimum, counts_kinds)
     VALUES (1, '2000-01-01', 1, '{social-worker,community-worker}');

CREATE TABLE registration_policies (
    version        integer CONSTRAINT a_version_of_the_registration_policy_is_written_once PRIMARY KEY,
    effective_from date    NOT NULL,
    valid_years    integer NOT NULL,
    renewal_months integer NOT NULL,
    first_months   integer NOT NULL,
    hours          jsonb   NOT NULL
);
-- 社会工作者职业水平证书登记办法: registered within a year of the certificate, for three years,
-- renewed in the last three months; 社会工作者继续教育办法: 72 hours (assistant) or 90 (others).
INSERT INTO registration_policies
            (version, effective_from, valid_years, renewal_months, first_months, hours)
     VALUES (1, '2000-01-01', 3, 3, 12,
             '[{"level": "assistant", "hours": 72},
               {"level": "social-worker", "hours": 90},
               {"level": "senior", "hours": 90}]');

CREATE TABLE station_policies (
    version        integer CONSTRAINT a_version_of_the_station_policy_is_written_once PRIMARY KEY,
    effective_from date    NOT NULL,
    tiers          text[]  NOT NULL
);
INSERT INTO station_policies (version, effective_from, tiers)
     VALUES (1, '2000-01-01', '{社工指导中心,社工服务站,社工服务室,小区服务点}');
