-- why:   people are warned before certificates end, in digests, until somebody acknowledges it
--        (docs/capabilities/certificates.md; K7)
-- locks: certificate and certificate_finding while an index over each is built and a column is added; they are new
SET LOCAL lock_timeout = '3s';

-- Up to which day all certificates of a realm were looked at. Whoever puts warnings down holds this row.
CREATE TABLE certificate_sweep (
    main_connector_id uuid        PRIMARY KEY REFERENCES main_connector,
    swept_through     date        NOT NULL,    -- Europe/Helsinki, inclusive
    swept_at          timestamptz NOT NULL
);

-- That a certificate has come to a level, once; what became of it. Many are written at a time, so a row is narrow, and
-- refers to nothing: it comes from the row of the certificate in one statement, and nobody may delete a certificate.
CREATE TABLE certificate_warning (
    main_connector_id uuid        NOT NULL,
    certificate_id    uuid        NOT NULL,
    level             smallint    NOT NULL CHECK (level >= -1),    -- days before the last one; 9999: a third is left
    rung              smallint    NOT NULL DEFAULT 0 CHECK (rung BETWEEN 0 AND 2),    -- up to whom it was told
    due_on            date        NOT NULL,
    ends_on           date        NOT NULL,    -- the certificate's last day, Europe/Helsinki
    state             text        NOT NULL CHECK (state IN ('open', 'acknowledged', 'superseded', 'released')),
    decided_at        timestamptz NOT NULL,    -- when it was put down, late or not
    told_at           timestamptz,             -- null: nobody was told
    told_to           uuid,                    -- which responsible person; null: those who stand in
    next_at           timestamptz,             -- when the next are told, unless somebody acknowledges it
    settled_at        timestamptz,
    settled_by        text,                    -- who acknowledged it
    PRIMARY KEY (main_connector_id, certificate_id, level),
    CONSTRAINT certificate_warning_settled CHECK ((state = 'open') = (settled_at IS NULL)),
    CONSTRAINT certificate_warning_acknowledged CHECK ((state = 'acknowledged') = (settled_by IS NOT NULL))
);
-- Of a certificate one is open at a time.
CREATE UNIQUE INDEX certificate_warning_open_once ON certificate_warning (main_connector_id, certificate_id)
    WHERE state = 'open';
-- The list, the most urgent first; those that nobody was told of; those that the next are to be told of.
CREATE INDEX certificate_warning_open ON certificate_warning (main_connector_id, ends_on, certificate_id)
    WHERE state = 'open';
CREATE INDEX certificate_warning_untold ON certificate_warning (main_connector_id, ends_on)
    WHERE state = 'open' AND told_at IS NULL;
CREATE INDEX certificate_warning_next ON certificate_warning (main_connector_id, next_at)
    WHERE state = 'open' AND next_at IS NOT NULL;

-- What one person was told at a time: one mail, which they can acknowledge.
CREATE TABLE certificate_digest (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    contact_id        uuid        NOT NULL,
    certificates      integer     NOT NULL CHECK (certificates >= 0),
    findings          integer     NOT NULL CHECK (findings >= 0),
    urgent            boolean     NOT NULL,
    told_at           timestamptz NOT NULL,
    acknowledged_at   timestamptz,
    acknowledged_by   text,
    version           integer     NOT NULL DEFAULT 1 CHECK (version >= 1),
    UNIQUE (main_connector_id, id),            -- also the order in which they were told
    FOREIGN KEY (main_connector_id, contact_id) REFERENCES contact (main_connector_id, id),
    CONSTRAINT certificate_digest_acknowledged CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);

CREATE TABLE certificate_digest_item (
    main_connector_id uuid        NOT NULL,
    digest_id         uuid        NOT NULL,
    certificate_id    uuid        NOT NULL,
    level             smallint    NOT NULL,
    PRIMARY KEY (main_connector_id, digest_id, certificate_id),
    FOREIGN KEY (main_connector_id, digest_id) REFERENCES certificate_digest (main_connector_id, id),
    FOREIGN KEY (main_connector_id, certificate_id, level) REFERENCES certificate_warning
);

-- Those about which people are told again after a day.
CREATE INDEX certificate_by_snooze ON certificate (main_connector_id, snoozed_until)
    WHERE state = 'in_use' AND snoozed_until IS NOT NULL;

-- Findings are told in the digests too, once.
ALTER TABLE certificate_finding ADD COLUMN told_at timestamptz;
CREATE INDEX certificate_finding_untold ON certificate_finding (main_connector_id, id)
    WHERE cleared_at IS NULL AND told_at IS NULL;

ALTER TABLE certificate_sweep ENABLE ROW LEVEL SECURITY;
ALTER TABLE certificate_warning ENABLE ROW LEVEL SECURITY;
ALTER TABLE certificate_digest ENABLE ROW LEVEL SECURITY;
ALTER TABLE certificate_digest_item ENABLE ROW LEVEL SECURITY;

CREATE POLICY scope ON certificate_sweep USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON certificate_warning USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON certificate_digest USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON certificate_digest_item USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));

GRANT SELECT, INSERT ON certificate_sweep, certificate_warning, certificate_digest, certificate_digest_item
   TO kanta_service;
GRANT UPDATE (swept_through, swept_at) ON certificate_sweep TO kanta_service;
GRANT UPDATE (rung, state, decided_at, told_at, told_to, next_at, settled_at, settled_by) ON certificate_warning
   TO kanta_service;
GRANT UPDATE (acknowledged_at, acknowledged_by, version) ON certificate_digest TO kanta_service;
GRANT UPDATE (told_at) ON certificate_finding TO kanta_service;
