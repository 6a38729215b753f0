-- why:   orders of certificates, followed from the request to the revocation of the one before
--        (docs/capabilities/certificate-orders.md; K7)
-- locks: none that anybody waits for: a new table
SET LOCAL lock_timeout = '3s';

-- What was ordered with which request, and how far it came. The key itself is never here: it stays where it was made.
CREATE TABLE certificate_order (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    state             text        NOT NULL CHECK (state IN ('ordered', 'arrived', 'deployed', 'old_revoked', 'closed',
                                                            'cancelled')),
    profile           text        NOT NULL CHECK (length(profile) BETWEEN 1 AND 60),    -- a key of data/profiles.toml
    ordered_on        date        NOT NULL,    -- Europe/Helsinki
    purpose           text        CHECK (length(purpose) BETWEEN 1 AND 200),
    reference         text        CHECK (length(reference) BETWEEN 1 AND 200),    -- the issuer's own number of the order
    content           bytea       NOT NULL CHECK (length(content) BETWEEN 1 AND 65536),    -- the request (PKCS #10), DER
    public_key        bytea       NOT NULL CHECK (length(public_key) BETWEEN 1 AND 65536),    -- SubjectPublicKeyInfo, DER
    key_sha256        text        NOT NULL GENERATED ALWAYS AS (encode(sha256(public_key), 'hex')) STORED,
    request           jsonb       NOT NULL,    -- what the request says
    subject           text        NOT NULL GENERATED ALWAYS AS (request ->> 'subject') STORED,
    -- The certificate that is to be replaced, as it was when the order was put down.
    replaces_id       uuid,
    old_serial        text,
    old_ends_at       timestamptz,
    old_same_key      boolean,
    -- How far it came.
    certificate_id    uuid,                    -- the one that arrived
    arrived_at        timestamptz,
    deployed_on       date CHECK (deployed_on >= ordered_on),
    revoked_serial    text CHECK (revoked_serial ~ '^-?[0-9a-f]+$'),    -- as the issuer was told it
    revoked_because   text CHECK (revoked_because IN ('key_compromised', 'no_longer_needed', 'purpose_changed')),
    revoked_on        date,
    ended_at          timestamptz,             -- closed or cancelled
    ended_because     text CHECK (length(ended_because) BETWEEN 1 AND 200),
    version           integer     NOT NULL CHECK (version >= 1),
    recorded_at       timestamptz NOT NULL,
    UNIQUE (main_connector_id, id),
    FOREIGN KEY (main_connector_id, replaces_id) REFERENCES certificate (main_connector_id, id),
    FOREIGN KEY (main_connector_id, certificate_id) REFERENCES certificate (main_connector_id, id),
    CONSTRAINT certificate_order_has_what_it_replaces CHECK ((replaces_id IS NULL) = (old_same_key IS NULL)
        AND (replaces_id IS NOT NULL OR (old_serial IS NULL AND old_ends_at IS NULL AND revoked_on IS NULL))),
    CONSTRAINT certificate_order_arrived_has_its_certificate CHECK ((certificate_id IS NULL) = (arrived_at IS NULL)
        AND (state IN ('ordered', 'cancelled') OR certificate_id IS NOT NULL)),
    CONSTRAINT certificate_order_deployed_has_its_day
        CHECK ((state IN ('deployed', 'old_revoked', 'closed')) = (deployed_on IS NOT NULL)),
    -- A certificate is revoked by its serial number and with a reason.
    CONSTRAINT certificate_order_revoked_has_serial_and_reason CHECK ((revoked_on IS NULL) = (revoked_serial IS NULL)
        AND (revoked_on IS NULL) = (revoked_because IS NULL) AND (state <> 'old_revoked' OR revoked_on IS NOT NULL)),
    CONSTRAINT certificate_order_ended_has_its_instant
        CHECK ((state IN ('closed', 'cancelled')) = (ended_at IS NOT NULL)
           AND (state <> 'cancelled' OR ended_because IS NOT NULL))
);
-- By its key a certificate is known as the one that was ordered; a key waits for one at a time.
CREATE UNIQUE INDEX certificate_order_key_once ON certificate_order (main_connector_id, key_sha256)
    WHERE state = 'ordered';
CREATE UNIQUE INDEX certificate_order_by_certificate ON certificate_order (main_connector_id, certificate_id)
    WHERE certificate_id IS NOT NULL;
CREATE INDEX certificate_order_by_replaced ON certificate_order (main_connector_id, replaces_id, id)
    WHERE replaces_id IS NOT NULL;
CREATE INDEX certificate_order_by_day ON certificate_order (main_connector_id, ordered_on, id);
CREATE INDEX certificate_order_by_state ON certificate_order (main_connector_id, state, ordered_on, id);
ALTER TABLE certificate_order ALTER COLUMN content SET STORAGE EXTERNAL;

-- What has ended does not change any more, whatever the program says.
CREATE FUNCTION certificate_order_refuse_edit() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'certificate_order %: an order that has ended does not change', OLD.id USING CONSTRAINT = TG_NAME;
END
$$;
CREATE TRIGGER certificate_order_frozen BEFORE UPDATE ON certificate_order FOR EACH ROW
    WHEN (OLD.state IN ('closed', 'cancelled'))
    EXECUTE FUNCTION certificate_order_refuse_edit();

ALTER TABLE certificate_order ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON certificate_order USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));

GRANT SELECT, INSERT ON certificate_order TO kanta_service;
GRANT UPDATE (state, profile, ordered_on, purpose, reference, certificate_id, arrived_at, deployed_on, revoked_serial,
              revoked_because, revoked_on, ended_at, ended_because, version)
   ON certificate_order TO kanta_service;
