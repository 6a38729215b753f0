-- why:   servers that are asked for their certificates again and again, and what they served; the most certificates that a
--        source had, so that one that shrinks is told of (docs/capabilities/certificates.md; K7)
-- locks: certificate_use while an index over its few rows is built
SET LOCAL lock_timeout = '3s';

-- A server that is asked for its certificates. What it serves is in certificate_place, under its source.
CREATE TABLE certificate_endpoint (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    host              text        NOT NULL CHECK (length(host) BETWEEN 1 AND 253),
    port              integer     NOT NULL CHECK (port BETWEEN 1 AND 65535),
    server_name       text        CHECK (length(server_name) BETWEEN 1 AND 253),    -- what is asked for (SNI)
    start_tls         text        CHECK (start_tls IN ('smtp', 'ldap', 'postgresql')),
    probe_every_hours integer     NOT NULL CHECK (probe_every_hours BETWEEN 1 AND 168),
    expected_id       uuid,                    -- null: the certificates that are used at its address
    system_id         uuid,
    probed_at         timestamptz,             -- the last time
    served_at         timestamptz,             -- the last time that it served a certificate
    failing_since     timestamptz,             -- null: it serves one
    ended_at          timestamptz,             -- it is watched no longer
    ended_because     text        CHECK (length(ended_because) BETWEEN 1 AND 200),
    version           integer     NOT NULL CHECK (version >= 1),
    created_at        timestamptz NOT NULL,
    UNIQUE (main_connector_id, id),
    FOREIGN KEY (main_connector_id, expected_id) REFERENCES certificate (main_connector_id, id),
    FOREIGN KEY (main_connector_id, system_id) REFERENCES information_system (main_connector_id, id),
    CONSTRAINT certificate_endpoint_ended_has_its_reason CHECK ((ended_at IS NULL) = (ended_because IS NULL))
);
CREATE UNIQUE INDEX certificate_endpoint_once
    ON certificate_endpoint (main_connector_id, host, port, server_name, start_tls) NULLS NOT DISTINCT
    WHERE ended_at IS NULL;
CREATE INDEX certificate_endpoint_watched ON certificate_endpoint (main_connector_id, id) WHERE ended_at IS NULL;
CREATE INDEX certificate_endpoint_by_system ON certificate_endpoint (main_connector_id, system_id)
    WHERE system_id IS NOT NULL;

-- What a server did, from when to when: as long as it does the same, it is one row.
CREATE TABLE certificate_observation (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    endpoint_id       uuid        NOT NULL,
    stage             text        NOT NULL,
    trouble           text,                    -- null: the handshake was done
    detail            text        NOT NULL CHECK (length(detail) <= 500),
    chain             text[]      NOT NULL,    -- SHA-256 of each certificate, as served
    served            integer     NOT NULL CHECK (served >= 0),
    protocol          text,
    cipher            text,
    client_asked      boolean     NOT NULL,
    address           text,
    first_at          timestamptz NOT NULL,
    last_at           timestamptz NOT NULL,
    times             integer     NOT NULL CHECK (times >= 1),
    FOREIGN KEY (main_connector_id, endpoint_id) REFERENCES certificate_endpoint (main_connector_id, id)
);
CREATE INDEX certificate_observation_by_endpoint ON certificate_observation (main_connector_id, endpoint_id, id);

-- The most certificates that a source had since a smaller size was last accepted.
CREATE TABLE certificate_source_mark (
    source_id         uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    most              integer     NOT NULL CHECK (most >= 0),
    FOREIGN KEY (main_connector_id, source_id) REFERENCES certificate_source (main_connector_id, id)
);

-- Which certificates are used at the address of a server.
CREATE INDEX certificate_use_by_host ON certificate_use (main_connector_id, host) WHERE host IS NOT NULL;

ALTER TABLE certificate_endpoint ENABLE ROW LEVEL SECURITY;
ALTER TABLE certificate_observation ENABLE ROW LEVEL SECURITY;
ALTER TABLE certificate_source_mark ENABLE ROW LEVEL SECURITY;

CREATE POLICY scope ON certificate_endpoint USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON certificate_observation USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON certificate_source_mark USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));

GRANT SELECT, INSERT ON certificate_endpoint, certificate_observation, certificate_source_mark TO kanta_service;
GRANT UPDATE (probe_every_hours, expected_id, system_id, probed_at, served_at, failing_since, ended_at, ended_because,
              version)
   ON certificate_endpoint TO kanta_service;
GRANT UPDATE (detail, address, last_at, times) ON certificate_observation TO kanta_service;
GRANT UPDATE (most) ON certificate_source_mark TO kanta_service;
