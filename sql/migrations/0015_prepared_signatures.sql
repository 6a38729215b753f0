-- why:   a party signs with a key that is elsewhere: what is to be signed is handed out, its value is taken back
--        (docs/remote-signing.md; K21)
-- locks: none held by a running service (a new table)
SET LOCAL lock_timeout = '3s';

-- Whether one is open is read off the clock and off the agreement's version. Only completing is written down, once.
CREATE TABLE prepared_signature (
    id                 uuid        PRIMARY KEY,
    main_connector_id  uuid        NOT NULL,
    tenancy_id         uuid        NOT NULL,
    agreement_id       uuid        NOT NULL,
    party              text        NOT NULL CHECK (party IN ('main_connector', 'tenant')),
    position           smallint    NOT NULL CHECK (position IN (1, 2)),
    version            integer     NOT NULL CHECK (version >= 1),    -- of the agreement; at another it is of no use
    document_sha256    text        NOT NULL,                         -- of the very document that it was prepared from
    certificate_sha256 text        NOT NULL,                         -- of whoever is to sign
    to_sign            bytea       NOT NULL,                         -- as `documents prepare` writes it
    prepared_at        timestamptz NOT NULL,                         -- which the signature claims as its own instant
    expires_at         timestamptz NOT NULL,
    completed_at       timestamptz,
    CONSTRAINT prepared_signature_lasts_a_day_at_most
        CHECK (expires_at > prepared_at AND expires_at <= prepared_at + interval '24 hours'),
    FOREIGN KEY (main_connector_id, tenancy_id, agreement_id) REFERENCES agreement (main_connector_id, tenancy_id, id)
);
CREATE INDEX prepared_signature_by_agreement ON prepared_signature (main_connector_id, agreement_id, id);

ALTER TABLE prepared_signature ENABLE ROW LEVEL SECURITY;

-- Until it is a signature it is the party's own paper: the other party does not see it.
CREATE POLICY scope ON prepared_signature USING (
    main_connector_id = (SELECT scope_main_connector())
    AND (party = 'main_connector') = (SELECT scope_is_whole_realm())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY completed_once ON prepared_signature AS RESTRICTIVE FOR UPDATE
    USING (completed_at IS NULL) WITH CHECK (completed_at IS NOT NULL);
CREATE POLICY completed_stays ON prepared_signature AS RESTRICTIVE FOR DELETE
    USING (completed_at IS NULL);

GRANT SELECT, INSERT, DELETE ON prepared_signature TO kanta_service;
GRANT UPDATE (completed_at) ON prepared_signature TO kanta_service;
