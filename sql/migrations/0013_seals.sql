-- why:   the service's own seal and the certificates of its keys, and checkpoints of the journal that are sealed with
--        it, so that a chain that was cut or made anew is told from the honest one (docs/capabilities/seals.md)
-- locks: none held by a running service (new tables)
SET LOCAL lock_timeout = '3s';

-- The certificates that the service has sealed with, for ever: what was sealed stays verifiable. They are public and of
-- no realm; the keys lie beside the service.
CREATE TABLE seal_certificate (
    number                    integer     PRIMARY KEY CHECK (number >= 1),
    sha256                    text        NOT NULL UNIQUE CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    chain                     bytea[]     NOT NULL CHECK (cardinality(chain) BETWEEN 1 AND 10),  -- DER; its own first
    takes_over_at             timestamptz NOT NULL CHECK (takes_over_at = date_trunc('second', takes_over_at)),
    succession                text        NOT NULL,    -- that it takes over, sealed with the key before it
    predecessor_fate          text        NOT NULL CHECK (predecessor_fate IN ('none', 'retired', 'lost', 'compromised')),
    predecessor_trusted_until timestamptz,             -- what it sealed from then on is not believed
    registered_at             timestamptz NOT NULL,
    registered_by             text        NOT NULL,    -- the actor, as the journal names them
    CONSTRAINT seal_certificate_first_has_no_predecessor CHECK ((number = 1) = (predecessor_fate = 'none')),
    CONSTRAINT seal_certificate_compromised_has_its_instant
        CHECK ((predecessor_fate = 'compromised') = (predecessor_trusted_until IS NOT NULL))
);

CREATE FUNCTION seal_certificate_refuse_disorder() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    IF EXISTS (SELECT FROM seal_certificate WHERE number >= NEW.number OR takes_over_at >= NEW.takes_over_at)
       OR NEW.number > 1 + (SELECT count(*) FROM seal_certificate) THEN
        RAISE EXCEPTION 'seal certificate % does not follow the ones before it', NEW.number
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER seal_certificate_in_order BEFORE INSERT ON seal_certificate FOR EACH ROW
    EXECUTE FUNCTION seal_certificate_refuse_disorder();

-- Where all chains of a main connector's journal ended at an instant: the root of a tree over them, sealed.
CREATE TABLE journal_checkpoint (
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    number            integer     NOT NULL CHECK (number >= 1),
    at                timestamptz NOT NULL,
    size              integer     NOT NULL CHECK (size >= 1),    -- how many chains
    root              bytea       NOT NULL CHECK (length(root) = 32),
    certificate       text        NOT NULL REFERENCES seal_certificate (sha256),
    seal              text        NOT NULL,
    PRIMARY KEY (main_connector_id, number)
);

-- The chains that moved since the checkpoint before; the others ended where they had. A chain keeps its place in the tree.
CREATE TABLE journal_checkpoint_head (
    main_connector_id uuid    NOT NULL,
    number            integer NOT NULL,
    position          integer NOT NULL CHECK (position >= 0),
    chain             uuid    NOT NULL,
    tenancy_id        uuid,
    sequence          bigint  NOT NULL CHECK (sequence >= 1),
    digest            bytea   NOT NULL CHECK (length(digest) = 32),
    is_first          boolean NOT NULL,    -- the chain is in no checkpoint before
    PRIMARY KEY (main_connector_id, number, position),
    UNIQUE (main_connector_id, chain, number),
    FOREIGN KEY (main_connector_id, number) REFERENCES journal_checkpoint (main_connector_id, number),
    CONSTRAINT journal_checkpoint_head_chain_owner CHECK (chain = coalesce(tenancy_id, main_connector_id))
);
CREATE UNIQUE INDEX journal_checkpoint_head_place
    ON journal_checkpoint_head (main_connector_id, position) INCLUDE (number, chain) WHERE is_first;
CREATE UNIQUE INDEX journal_checkpoint_head_once ON journal_checkpoint_head (main_connector_id, chain) WHERE is_first;

-- That a checkpoint was there at an instant, as an authority says (RFC 3161).
CREATE TABLE journal_checkpoint_timestamp (
    main_connector_id uuid        NOT NULL,
    number            integer     NOT NULL,
    token             bytea       NOT NULL,    -- over the octets of the seal
    received_at       timestamptz NOT NULL,
    PRIMARY KEY (main_connector_id, number),
    FOREIGN KEY (main_connector_id, number) REFERENCES journal_checkpoint (main_connector_id, number)
);

ALTER TABLE seal_certificate ENABLE ROW LEVEL SECURITY;
ALTER TABLE journal_checkpoint ENABLE ROW LEVEL SECURITY;
ALTER TABLE journal_checkpoint_head ENABLE ROW LEVEL SECURITY;
ALTER TABLE journal_checkpoint_timestamp ENABLE ROW LEVEL SECURITY;

CREATE POLICY everybody ON seal_certificate USING (true);
-- A tenant sees roots, seals and timestamps, which say nothing of others, and of the heads its own.
CREATE POLICY realm ON journal_checkpoint USING (main_connector_id = (SELECT scope_main_connector()));
CREATE POLICY realm ON journal_checkpoint_timestamp USING (main_connector_id = (SELECT scope_main_connector()));
CREATE POLICY scope ON journal_checkpoint_head USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY main_connector_adds ON journal_checkpoint AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_adds ON journal_checkpoint_head AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_adds ON journal_checkpoint_timestamp AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));

-- Only ever added.
GRANT SELECT, INSERT ON seal_certificate, journal_checkpoint, journal_checkpoint_head, journal_checkpoint_timestamp
   TO kanta_service;

-- The leaves of a checkpoint's tree, for a proof: hashes, which say nothing of whose they are.
CREATE FUNCTION journal_checkpoint_leaves(of_number integer) RETURNS TABLE (leaf bytea)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT sha256('\x00'::bytea || uuid_send(newest.chain) || int8send(newest.sequence) || newest.digest)
      FROM public.journal_checkpoint_head AS place
     CROSS JOIN LATERAL (
           SELECT later.chain, later.sequence, later.digest
             FROM public.journal_checkpoint_head AS later
            WHERE later.main_connector_id = place.main_connector_id
              AND later.chain = place.chain
              AND later.number <= of_number
            ORDER BY later.number DESC
            LIMIT 1) AS newest
     WHERE place.main_connector_id = public.scope_main_connector()
       AND place.is_first
       AND place.number <= of_number
     ORDER BY place.position
$$;
REVOKE ALL ON FUNCTION journal_checkpoint_leaves FROM PUBLIC;
GRANT EXECUTE ON FUNCTION journal_checkpoint_leaves TO kanta_service;
