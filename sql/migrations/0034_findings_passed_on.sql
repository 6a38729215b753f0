-- why:   what is amiss with certificates is acknowledged, and passed on to the next people while nobody does, as warnings are
--        (docs/capabilities/certificate-warnings.md; K7)
-- locks: certificate_finding while columns are added and two indexes over what is open are built
SET LOCAL lock_timeout = '3s';

ALTER TABLE certificate_finding
    ADD COLUMN rung            smallint    NOT NULL DEFAULT 0 CHECK (rung BETWEEN 0 AND 2),    -- up to whom it was told
    ADD COLUMN told_to         uuid,           -- which responsible person; null: those who stand in
    ADD COLUMN next_at         timestamptz,    -- when the next are told, unless somebody acknowledges it
    ADD COLUMN acknowledged_at timestamptz,
    ADD COLUMN acknowledged_by text,
    ADD CONSTRAINT certificate_finding_acknowledged CHECK (
        (acknowledged_at IS NULL) = (acknowledged_by IS NULL) AND (acknowledged_at IS NULL OR next_at IS NULL));

-- What is open is told once more, as nobody could acknowledge it. Of a revocation everybody was told at once.
UPDATE certificate_finding
   SET rung = 2, told_to = responsible_id
  FROM certificate
 WHERE certificate.main_connector_id = certificate_finding.main_connector_id
   AND certificate.id = certificate_id
   AND cleared_at IS NULL
   AND told_at IS NOT NULL
   AND rule = 'revocation.revoked';
UPDATE certificate_finding SET told_at = NULL WHERE cleared_at IS NULL AND rung = 0;

-- Those that nobody was told of; those that the next are to be told of.
DROP INDEX certificate_finding_untold;
CREATE INDEX certificate_finding_untold ON certificate_finding (main_connector_id, id)
    WHERE cleared_at IS NULL AND told_at IS NULL AND acknowledged_at IS NULL;
CREATE INDEX certificate_finding_next ON certificate_finding (main_connector_id, next_at)
    WHERE cleared_at IS NULL AND next_at IS NOT NULL;

-- Of which findings a digest tells.
CREATE TABLE certificate_digest_finding (
    main_connector_id uuid        NOT NULL,
    digest_id         uuid        NOT NULL,
    finding_id        uuid        NOT NULL,
    PRIMARY KEY (main_connector_id, digest_id, finding_id),
    FOREIGN KEY (main_connector_id, digest_id) REFERENCES certificate_digest (main_connector_id, id),
    FOREIGN KEY (main_connector_id, finding_id) REFERENCES certificate_finding (main_connector_id, id)
);
ALTER TABLE certificate_digest_finding ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON certificate_digest_finding USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
GRANT SELECT, INSERT ON certificate_digest_finding TO kanta_service;
GRANT UPDATE (rung, told_to, next_at, acknowledged_at, acknowledged_by) ON certificate_finding TO kanta_service;
