-- why:   whom a main connector trusts: certificates with their history, the policy for levels and timestamps, and kept
--        revocation data with the chains that it is refreshed for (docs/capabilities/trust.md); keys get the permissions
--        trust.read and trust.manage
-- locks: access_key while its few rows are checked against the longer list of a tenant's permissions
SET LOCAL lock_timeout = '3s';

-- A certificate that is trusted, or kept beside those, from the day on which it was loaded until it was removed.
CREATE TABLE trust_anchor (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    kind              text        NOT NULL CHECK (kind IN ('signatures', 'timestamps', 'intermediate')),
    certificate       bytea       NOT NULL CHECK (length(certificate) BETWEEN 1 AND 65536),    -- DER
    sha256            text        NOT NULL CHECK (sha256 = encode(sha256(certificate), 'hex')),
    subject           text        NOT NULL,    -- from here on: as the certificate says
    issuer            text        NOT NULL,
    name              text        NOT NULL,
    not_before        timestamptz NOT NULL,
    not_after         timestamptz NOT NULL,
    authority         boolean     NOT NULL,    -- false: it stands for itself alone
    loaded_at         timestamptz NOT NULL,
    loaded_by         text        NOT NULL,
    removed_at        timestamptz CHECK (removed_at >= loaded_at),
    removed_by        text,
    removed_because   text        CHECK (length(removed_because) BETWEEN 1 AND 200),
    kept_until        timestamptz NOT NULL DEFAULT 'infinity' CHECK (kept_until = coalesce(removed_at, 'infinity')),
    version           integer     NOT NULL DEFAULT 1 CHECK (version >= 1),
    UNIQUE (main_connector_id, id),            -- also the order of the list
    CONSTRAINT trust_anchor_removed CHECK (num_nonnulls(removed_at, removed_by, removed_because) IN (0, 3))
);
CREATE UNIQUE INDEX trust_anchor_once ON trust_anchor (main_connector_id, kind, sha256) WHERE removed_at IS NULL;
-- Those of an instant, however many were removed before it.
CREATE INDEX trust_anchor_over_time ON trust_anchor (main_connector_id, kept_until, loaded_at);

-- What was trusted when is not edited afterwards.
CREATE FUNCTION trust_anchor_refuse_edit() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'trust anchor % was removed; that is final', OLD.id USING CONSTRAINT = 'trust_anchor_final';
END
$$;
CREATE TRIGGER trust_anchor_final BEFORE UPDATE ON trust_anchor FOR EACH ROW
    WHEN (OLD.removed_at IS NOT NULL)
    EXECUTE FUNCTION trust_anchor_refuse_edit();

-- What signatures are to reach, from an instant until the next version. Only ever added.
CREATE TABLE trust_policy (
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    version           integer     NOT NULL CHECK (version >= 1),
    since             timestamptz NOT NULL,
    decided_by        text        NOT NULL,
    level             text        NOT NULL CHECK (level IN ('B', 'T', 'LT')),
    obligation        text        NOT NULL CHECK (obligation IN ('required', 'best_effort')),
    authorities       jsonb       NOT NULL,    -- of timestamps: name and url, in the order in which they are asked
    fresh_for_hours   integer     CHECK (fresh_for_hours BETWEEN 1 AND 8760),
    PRIMARY KEY (main_connector_id, version)
);

-- A revocation list or an OCSP answer, as it was published.
CREATE TABLE kept_revocation (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    kind              text        NOT NULL CHECK (kind IN ('crl', 'ocsp')),
    content           bytea       NOT NULL CHECK (length(content) BETWEEN 1 AND 10000000),    -- DER
    sha256            text        NOT NULL CHECK (sha256 = encode(sha256(content), 'hex')),
    authority_sha256  text        NOT NULL,    -- of the name and the key of whose certificates it speaks
    authority         text        NOT NULL,    -- its name, for people
    about             text        NOT NULL,    -- an answer: a serial number; a list: empty, or which part of all it is
    produced_at       timestamptz NOT NULL,
    next_at           timestamptz,             -- when the authority promised the next one
    fetched_at        timestamptz NOT NULL,
    superseded_at     timestamptz NOT NULL DEFAULT 'infinity' CHECK (superseded_at >= fetched_at),    -- newer was there
    UNIQUE (main_connector_id, id),            -- also the order of the list
    CONSTRAINT kept_revocation_once UNIQUE (main_connector_id, authority_sha256, about, sha256)
);
-- Those of an instant, however many were superseded before it; the newest of each authority, certificate and part.
CREATE INDEX kept_revocation_over_time ON kept_revocation (main_connector_id, superseded_at, fetched_at);
CREATE INDEX kept_revocation_newest ON kept_revocation (main_connector_id, authority_sha256, kind, about)
    WHERE superseded_at = 'infinity';

-- A certificate with its issuers, up to one that is trusted, for which revocation data is kept fresh.
CREATE TABLE watched_chain (
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    sha256            text        NOT NULL,    -- of the first certificate
    certificates      bytea[]     NOT NULL CHECK (cardinality(certificates) BETWEEN 2 AND 10),    -- DER, the signer's first
    name              text        NOT NULL,
    since             timestamptz NOT NULL,
    until             timestamptz NOT NULL,    -- its certificate's last instant
    standing          text        CHECK (standing IN ('good', 'revoked', 'unknown')),    -- as it was last asked about
    reason            text,
    asked_at          timestamptz,
    PRIMARY KEY (main_connector_id, sha256),
    CONSTRAINT watched_chain_asked CHECK (num_nonnulls(standing, reason, asked_at) IN (0, 3))
);

ALTER TABLE trust_anchor ENABLE ROW LEVEL SECURITY;
ALTER TABLE trust_policy ENABLE ROW LEVEL SECURITY;
ALTER TABLE kept_revocation ENABLE ROW LEVEL SECURITY;
ALTER TABLE watched_chain ENABLE ROW LEVEL SECURITY;

-- A tenant sees what its main connector trusts, since its agreements are judged by that; it changes none of it.
CREATE POLICY scope ON trust_anchor USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR (SELECT scope_tenancy()) IS NOT NULL));
CREATE POLICY scope ON trust_policy USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR (SELECT scope_tenancy()) IS NOT NULL));
CREATE POLICY scope ON kept_revocation USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR (SELECT scope_tenancy()) IS NOT NULL));
CREATE POLICY scope ON watched_chain USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_adds ON trust_anchor AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_changes ON trust_anchor AS RESTRICTIVE FOR UPDATE
    USING ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_adds ON trust_policy AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_adds ON kept_revocation AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_changes ON kept_revocation AS RESTRICTIVE FOR UPDATE
    USING ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_forgets ON kept_revocation AS RESTRICTIVE FOR DELETE
    USING ((SELECT scope_is_whole_realm()));

GRANT SELECT, INSERT ON trust_anchor, trust_policy, kept_revocation, watched_chain TO kanta_service;
GRANT UPDATE (removed_at, removed_by, removed_because, kept_until, version) ON trust_anchor TO kanta_service;
GRANT UPDATE (standing, reason, asked_at) ON watched_chain TO kanta_service;
GRANT UPDATE (superseded_at) ON kept_revocation TO kanta_service;
GRANT DELETE ON kept_revocation TO kanta_service;    -- what was superseded long ago

-- What a tenant's key may allow grew. The list is whole, whichever of the later permissions this program knows.
ALTER TABLE access_key
    DROP CONSTRAINT access_key_of_a_tenant,
    ADD CONSTRAINT access_key_of_a_tenant CHECK (tenancy_id IS NULL OR permissions <@ ARRAY[
        'parties.read', 'parties.write', 'agreements.read', 'agreements.sign', 'agreements.end', 'keys.manage',
        'journal.read', 'promises.read', 'promises.keep', 'messages.read', 'messages.manage', 'calendar.manage',
        'trust.read']);
