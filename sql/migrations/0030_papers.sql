-- why:   documents for whoever is told of a disturbance or a breach, sealed by the service and kept as they were made, so
--        that what was told can be shown later; the seal on the manifest of a case's proof bundle; registers by time
--        (docs/capabilities/papers.md; K4.1b, K4.1c, K4.2)
-- locks: disturbance while an index over its rows is built: thousands of rows, well under a second
SET LOCAL lock_timeout = '3s';

-- A document, as it was made. Never changed, never deleted.
CREATE TABLE paper (
    id                uuid        PRIMARY KEY,    -- in the order in which they were made
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,                       -- who tells; null: the main connector
    about             text        NOT NULL CHECK (length(about) BETWEEN 1 AND 120),    -- as the journal names it
    language          text        NOT NULL CHECK (language IN ('fi', 'sv', 'en')),
    title             text        NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    said_sha256       text        NOT NULL CHECK (said_sha256 ~ '^[0-9a-f]{64}$'),    -- of what it says
    sha256            text        NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),         -- of the file
    size              integer     NOT NULL CHECK (size > 0),
    certificate       text        NOT NULL CHECK (certificate ~ '^[0-9a-f]{64}$'),
    content           bytea       NOT NULL,
    made_by           text        NOT NULL,
    made_at           timestamptz NOT NULL,
    CONSTRAINT paper_once UNIQUE (main_connector_id, about, language, said_sha256),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id)
);
ALTER TABLE paper ALTER COLUMN content SET STORAGE EXTERNAL;    -- a zip does not get smaller
CREATE INDEX paper_about ON paper (main_connector_id, about, id);

-- The seal on the manifest of a case's proof bundle, kept so that the same content gives the same bundle.
CREATE TABLE case_proof_seal (
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,                       -- whose bundle it is; null: the main connector's
    holder            uuid        NOT NULL GENERATED ALWAYS AS (coalesce(tenancy_id, main_connector_id)) STORED,
    subject           text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 120),
    manifest_sha256   text        NOT NULL CHECK (manifest_sha256 ~ '^[0-9a-f]{64}$'),
    seal              text        NOT NULL,
    sealed_at         timestamptz NOT NULL,
    PRIMARY KEY (main_connector_id, holder, subject, manifest_sha256),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id)
);

ALTER TABLE paper ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_proof_seal ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON paper USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON case_proof_seal USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));

-- Only ever added.
GRANT SELECT, INSERT ON paper, case_proof_seal TO kanta_service;

-- The register of disturbances is read in the order in which they were reported.
CREATE INDEX disturbance_by_report ON disturbance (main_connector_id, reported_at, id);
