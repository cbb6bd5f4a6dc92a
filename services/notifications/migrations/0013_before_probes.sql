-- How far probes have come: the latest of each service that has arrived here.
CREATE TABLE probes (
    service text PRIMARY KEY,
    probe   uuid NOT NULL
);
