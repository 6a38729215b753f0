-- why:   organisations, tenancies, contacts, Soteri evidence and access keys (docs/capabilities/parties.md; K1.1, K1.2)
-- locks: none held by a running service (new tables)
SET LOCAL lock_timeout = '3s';

-- Equality beside overlapping periods in one exclusion constraint; the owner of a database may create it.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- One row for each realm. Its owner's business id is unique among realms, so a firm runs one at most.
CREATE TABLE main_connector (
    main_connector_id uuid        PRIMARY KEY,
    organisation_id   uuid        NOT NULL,
    business_id       text        NOT NULL CONSTRAINT main_connector_business_id UNIQUE,
    created_at        timestamptz NOT NULL
);

-- A firm as one realm knows it. Two realms that know the same firm have a row each.
CREATE TABLE organisation (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,                    -- its own tenancy, so that a tenant sees itself by plain equality
    business_id       text        NOT NULL CHECK (business_id ~ '^[0-9]{7}-[0-9]$'),
    name              text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    parallel_names    jsonb       NOT NULL DEFAULT '{}',   -- language: name, as in the trade register
    language          text        NOT NULL CHECK (language IN ('fi', 'sv', 'en')),
    oid               text        CHECK (oid ~ '^1\.2\.246\.10\.[0-9]{1,8}(\.[0-9]+)*$'),
    version           integer     NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_at        timestamptz NOT NULL,
    CONSTRAINT organisation_business_id UNIQUE (main_connector_id, business_id),
    UNIQUE (main_connector_id, id)             -- also the order of the list of a realm
);

ALTER TABLE main_connector ADD CONSTRAINT main_connector_organisation
    FOREIGN KEY (main_connector_id, organisation_id) REFERENCES organisation (main_connector_id, id)
    DEFERRABLE INITIALLY DEFERRED;             -- the realm comes before its first organisation

CREATE TABLE tenancy (
    tenancy_id        uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    organisation_id   uuid        NOT NULL,
    reference         text        NOT NULL CHECK (length(reference) BETWEEN 1 AND 200),
    created_at        timestamptz NOT NULL,
    UNIQUE (main_connector_id, tenancy_id),    -- also the order of the list of a realm
    CONSTRAINT tenancy_organisation UNIQUE (main_connector_id, organisation_id),
    CONSTRAINT tenancy_reference UNIQUE (main_connector_id, reference),
    FOREIGN KEY (main_connector_id, organisation_id) REFERENCES organisation (main_connector_id, id)
);

ALTER TABLE organisation ADD CONSTRAINT organisation_tenancy
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id);

CREATE TABLE contact (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid,
    organisation_id   uuid        NOT NULL,
    name              text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    email             text        NOT NULL CHECK (length(email) BETWEEN 3 AND 200),
    phone             text        CHECK (length(phone) BETWEEN 3 AND 40),
    function          text        NOT NULL CHECK (function IN (
        'agreements', 'signatory', 'administrator', 'disturbances', 'data_protection_officer',
        'information_security', 'archivist', 'responsible_physician', 'technical', 'fees')),
    valid_from        date        NOT NULL,
    valid_until       date        CHECK (valid_until >= valid_from),   -- exclusive; null: until further notice
    version           integer     NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_at        timestamptz NOT NULL,
    UNIQUE (main_connector_id, organisation_id, id),                   -- also the order of the list
    FOREIGN KEY (main_connector_id, organisation_id) REFERENCES organisation (main_connector_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    CONSTRAINT contact_once_at_a_time EXCLUDE USING gist (
        organisation_id WITH =, function WITH =, lower(email) WITH =, daterange(valid_from, valid_until) WITH &&)
);

-- What was seen in the Soteri register. Rows stay as they were written; a mistaken one is marked as withdrawn.
CREATE TABLE soteri_evidence (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid,
    organisation_id   uuid        NOT NULL,
    finding           text        NOT NULL CHECK (finding IN ('registered', 'not_registered')),
    entry_reference   text        NOT NULL CHECK (length(entry_reference) BETWEEN 1 AND 200),
    checked_on        date        NOT NULL,
    checked_by        text        NOT NULL CHECK (length(checked_by) BETWEEN 1 AND 200),
    document_name     text        CHECK (length(document_name) BETWEEN 1 AND 200),
    document_sha256   text        CHECK (document_sha256 ~ '^[0-9a-f]{64}$'),
    recorded_at       timestamptz NOT NULL,
    withdrawn_at      timestamptz,
    withdrawal_reason text        CHECK (length(withdrawal_reason) BETWEEN 1 AND 200),
    CHECK ((withdrawn_at IS NULL) = (withdrawal_reason IS NULL)),
    CHECK (document_sha256 IS NULL OR document_name IS NOT NULL),
    UNIQUE (main_connector_id, organisation_id, id),                   -- also the order of the list
    FOREIGN KEY (main_connector_id, organisation_id) REFERENCES organisation (main_connector_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id)
);

-- Who may call. The secret itself is kept nowhere.
CREATE TABLE access_key (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid,                    -- null: a key of the main connector
    organisation_id   uuid        NOT NULL,
    contact_id        uuid,
    system_name       text        CHECK (length(system_name) BETWEEN 1 AND 200),
    permissions       text[]      NOT NULL CHECK (cardinality(permissions) BETWEEN 1 AND 50),
    secret_sha256     bytea       NOT NULL CHECK (length(secret_sha256) = 32),
    version           integer     NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_at        timestamptz NOT NULL,
    expires_at        timestamptz NOT NULL CHECK (expires_at > created_at),
    revoked_at        timestamptz,
    last_used_hour    timestamptz,
    UNIQUE (main_connector_id, id),            -- also the order of the list of a realm
    FOREIGN KEY (main_connector_id, organisation_id) REFERENCES organisation (main_connector_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    FOREIGN KEY (main_connector_id, organisation_id, contact_id)
        REFERENCES contact (main_connector_id, organisation_id, id),
    CONSTRAINT access_key_has_one_holder CHECK (num_nonnulls(contact_id, system_name) = 1),
    CONSTRAINT access_key_of_a_tenant CHECK (tenancy_id IS NULL OR permissions <@ ARRAY[
        'parties.read', 'parties.write', 'agreements.read', 'agreements.sign', 'keys.manage', 'journal.read'])
);

ALTER TABLE main_connector ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisation ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenancy ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact ENABLE ROW LEVEL SECURITY;
ALTER TABLE soteri_evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_key ENABLE ROW LEVEL SECURITY;

CREATE POLICY scope ON main_connector USING (
    main_connector_id = (SELECT scope_main_connector())
    AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON organisation USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON tenancy USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON contact USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON soteri_evidence USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON access_key USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));

-- A tenant's scope reads and locks its own, but who the parties are and what Soteri says is for the main connector
-- to write.
CREATE POLICY main_connector_adds ON organisation AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_changes ON organisation AS RESTRICTIVE FOR UPDATE
    USING (true) WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_adds ON soteri_evidence AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_changes ON soteri_evidence AS RESTRICTIVE FOR UPDATE
    USING (true) WITH CHECK ((SELECT scope_is_whole_realm()));

-- Nothing here is ever deleted, and nobody reads a secret's digest but the function that looks a key up.
GRANT SELECT, INSERT ON main_connector, organisation, tenancy, contact, soteri_evidence TO kanta_service;
GRANT INSERT ON access_key TO kanta_service;
GRANT SELECT (id, main_connector_id, tenancy_id, organisation_id, contact_id, system_name, permissions, version,
              created_at, expires_at, revoked_at, last_used_hour) ON access_key TO kanta_service;
GRANT UPDATE (tenancy_id, name, parallel_names, language, oid, version) ON organisation TO kanta_service;
GRANT UPDATE (tenancy_id, name, email, phone, function, valid_from, valid_until, version) ON contact TO kanta_service;
GRANT UPDATE (tenancy_id, withdrawn_at, withdrawal_reason) ON soteri_evidence TO kanta_service;
GRANT UPDATE (revoked_at, version) ON access_key TO kanta_service;

-- Across realms, for the command line: which realms there are.
CREATE FUNCTION main_connectors()
    RETURNS TABLE (id uuid, organisation_id uuid, business_id text, name text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT realm.main_connector_id, realm.organisation_id, realm.business_id, owner.name
      FROM public.main_connector AS realm
      JOIN public.organisation AS owner ON owner.id = realm.organisation_id
     ORDER BY realm.business_id
$$;

-- Across realms: whom a key belongs to and what its secret's digest is. A contact's key is good while the
-- contact is one.
CREATE FUNCTION access_key_find(key_id uuid, on_day date)
    RETURNS TABLE (id uuid, main_connector_id uuid, tenancy_id uuid, contact_id uuid, system_name text,
                   permissions text[], secret_sha256 bytea, expires_at timestamptz, revoked_at timestamptz,
                   holder_valid boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT key.id, key.main_connector_id, key.tenancy_id, key.contact_id, key.system_name,
           key.permissions, key.secret_sha256, key.expires_at, key.revoked_at,
           key.contact_id IS NULL
           OR EXISTS (SELECT FROM public.contact AS holder
                       WHERE holder.id = key.contact_id
                         AND daterange(holder.valid_from, holder.valid_until) @> on_day)
      FROM public.access_key AS key
     WHERE key.id = key_id
$$;

-- Across realms: note in which hour each of these keys was used last; an earlier hour changes nothing.
CREATE FUNCTION access_key_touch(key_ids uuid[], hours timestamptz[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH touched AS (
        UPDATE public.access_key AS key
           SET last_used_hour = used.hour
          FROM unnest(key_ids, hours) AS used (id, hour)
         WHERE key.id = used.id
           AND (key.last_used_hour IS NULL OR key.last_used_hour < used.hour)
        RETURNING 1)
    SELECT count(*) FROM touched
$$;

-- Both parties of a tenancy in one round trip. A tenant sees of its main connector what an agreement prints
-- anyway: name, numbers, language, contact for agreement matters, Soteri evidence. A scope that does not hold the
-- tenancy gets no row.
CREATE FUNCTION party_facts(of_tenancy uuid, on_day date)
    RETURNS TABLE (role text, organisation_id uuid, business_id text, name text, parallel_names jsonb, language text,
                   oid text, contact jsonb, soteri jsonb)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT side.role, party.id, party.business_id, party.name, party.parallel_names, party.language, party.oid,
           (SELECT jsonb_build_object('id', person.id, 'name', person.name, 'email', person.email,
                                      'phone', person.phone)
              FROM public.contact AS person
             WHERE person.main_connector_id = party.main_connector_id
               AND person.organisation_id = party.id
               AND person.function IN ('agreements', 'signatory', 'administrator')
               AND daterange(person.valid_from, person.valid_until) @> on_day
             ORDER BY array_position(ARRAY['agreements', 'signatory', 'administrator'], person.function), person.id
             LIMIT 1),
           (SELECT coalesce(jsonb_agg(jsonb_build_object(
                       'id', seen.id, 'finding', seen.finding, 'entry_reference', seen.entry_reference,
                       'checked_on', seen.checked_on, 'recorded_at', seen.recorded_at)
                       ORDER BY seen.checked_on, seen.recorded_at, seen.id), '[]')
              FROM public.soteri_evidence AS seen
             WHERE seen.main_connector_id = party.main_connector_id
               AND seen.organisation_id = party.id
               AND seen.withdrawn_at IS NULL)
      FROM public.tenancy
      JOIN public.main_connector AS realm ON realm.main_connector_id = tenancy.main_connector_id
     CROSS JOIN LATERAL (VALUES ('main_connector', realm.organisation_id),
                                ('tenant', tenancy.organisation_id)) AS side (role, organisation_id)
      JOIN public.organisation AS party ON party.id = side.organisation_id
     WHERE tenancy.tenancy_id = of_tenancy
       AND tenancy.main_connector_id = public.scope_main_connector()
       AND (public.scope_is_whole_realm() OR tenancy.tenancy_id = public.scope_tenancy())
$$;

REVOKE ALL ON FUNCTION main_connectors, access_key_find, access_key_touch, party_facts FROM PUBLIC;
GRANT EXECUTE ON FUNCTION main_connectors, access_key_find, access_key_touch, party_facts TO kanta_service;
