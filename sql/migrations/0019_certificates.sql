-- why:   the inventory of server and system signature certificates, where each was found and is used, from which sources,
--        which replaced which, and what is amiss (docs/capabilities/certificates.md; K7); keys get certificates.read and
--        certificates.write
-- locks: contact while an index over its few rows is built; access_key while its few rows are checked against the longer
--        list of a tenant's permissions
SET LOCAL lock_timeout = '3s';

-- Whom a certificate names as responsible is of the same realm.
ALTER TABLE contact ADD CONSTRAINT contact_of_realm UNIQUE (main_connector_id, id);

-- Where certificates come from: a folder or file that is imported, what people hand in, a server that is asked, the
-- anchors that the main connector trusts. Each is read again and again, and says when it last could be.
CREATE TABLE certificate_source (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    kind              text        NOT NULL CHECK (kind IN ('import', 'handed_in', 'endpoint', 'trust_anchors')),
    name              text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    read_every_hours  integer     CHECK (read_every_hours BETWEEN 1 AND 8760),    -- null: nobody promised to read it again
    last_tried_at     timestamptz,
    last_read_at      timestamptz,             -- the last time that it could be read
    trouble           text        CHECK (length(trouble) BETWEEN 1 AND 500),      -- why not, the last time; null: it could
    certificates      integer     NOT NULL DEFAULT 0 CHECK (certificates >= 0),   -- how many it had when it was last read
    ended_at          timestamptz,             -- nobody reads it any more
    version           integer     NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_at        timestamptz NOT NULL,
    UNIQUE (main_connector_id, id)
);
CREATE UNIQUE INDEX certificate_source_name ON certificate_source (main_connector_id, kind, name) WHERE ended_at IS NULL;

-- A certificate as it came, once in a realm, however many places have it.
CREATE TABLE certificate (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,                    -- whose it is; null: the main connector's own
    content           bytea       NOT NULL CHECK (length(content) BETWEEN 1 AND 65536),    -- DER
    sha256            text        NOT NULL CHECK (sha256 = encode(sha256(content), 'hex')),
    kind              text        NOT NULL CHECK (length(kind) BETWEEN 1 AND 60),          -- a key of data/kinds.toml
    profile           text        CHECK (length(profile) BETWEEN 1 AND 60),                -- a key of data/profiles.toml
    purpose           text        CHECK (length(purpose) BETWEEN 1 AND 500),
    responsible_id    uuid,                    -- contacts of the main connector
    deputy_id         uuid,
    -- From here on: as the certificate says. Null where it cannot be read.
    unreadable        text,                    -- why the whole of it cannot be read
    subject           text,
    issuer            text,
    subject_sha256    text,                    -- of those names, which can be longer than an index takes
    issuer_name_sha256 text,
    serial            text,
    common_name       text,
    not_before        timestamptz,
    not_after         timestamptz,
    third_left_at     timestamptz,             -- from when on at most a third of its lifetime is left
    key               text,
    signature_algorithm text,
    authority         boolean     NOT NULL,
    subject_key_id    text,
    issuer_key_id     text,
    issuer_sha256     text,                    -- of which certificate here the signature verifies; null: none, or not yet
    seen              jsonb       NOT NULL,    -- all that was read (machinery.x509.inspected), and what of it was unreadable
    -- From here on: as it is examined, again and again.
    line_sha256       text,                    -- of its issuer's name and its own names: what a renewal shares with it
    examined_at       timestamptz,             -- null: not yet
    examine_at        timestamptz NOT NULL DEFAULT '-infinity',    -- when it is to be examined next; the year 9999: never
    -- From here on: what people and time did.
    state             text        NOT NULL CHECK (state IN ('in_use', 'replaced', 'retired')),
    state_since       timestamptz NOT NULL,
    state_because     text        CHECK (length(state_because) BETWEEN 1 AND 500),
    snoozed_until     date,                    -- inclusive, Europe/Helsinki: nobody is told before the day after it
    snoozed_because   text        CHECK (length(snoozed_because) BETWEEN 1 AND 500),
    version           integer     NOT NULL CHECK (version >= 1),
    first_seen_at     timestamptz NOT NULL,
    UNIQUE (main_connector_id, id),            -- also the order of changes
    CONSTRAINT certificate_once UNIQUE (main_connector_id, sha256),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    FOREIGN KEY (main_connector_id, responsible_id) REFERENCES contact (main_connector_id, id),
    FOREIGN KEY (main_connector_id, deputy_id) REFERENCES contact (main_connector_id, id),
    CONSTRAINT certificate_read_or_not CHECK ((unreadable IS NULL) = (not_after IS NOT NULL)
                                          AND (not_after IS NULL) = (not_before IS NULL)
                                          AND (not_after IS NULL) = (third_left_at IS NULL)),
    CONSTRAINT certificate_state_has_its_reason CHECK (state <> 'retired' OR state_because IS NOT NULL),
    CONSTRAINT certificate_snoozed_has_its_reason CHECK ((snoozed_until IS NULL) = (snoozed_because IS NULL))
);
-- By their end, whole and by kind: the lists, and of those in use the sweep, which reads from a mark to now.
CREATE INDEX certificate_by_end ON certificate (main_connector_id, state, not_after, id);
CREATE INDEX certificate_by_kind_and_end ON certificate (main_connector_id, state, kind, not_after, id);
CREATE INDEX certificate_by_kind_and_third ON certificate (main_connector_id, kind, third_left_at) WHERE state = 'in_use';
CREATE INDEX certificate_by_responsible ON certificate (main_connector_id, responsible_id, not_after)
    WHERE responsible_id IS NOT NULL;
CREATE INDEX certificate_by_tenancy ON certificate (main_connector_id, tenancy_id, not_after, id)
    WHERE tenancy_id IS NOT NULL;
-- Issuers by their key and name, for chains; whom an issuer issued.
CREATE INDEX certificate_by_subject ON certificate (main_connector_id, subject_sha256) WHERE authority;
CREATE INDEX certificate_by_issuer_name ON certificate (main_connector_id, issuer_name_sha256)
    WHERE issuer_sha256 IS NULL;
CREATE INDEX certificate_by_issuer ON certificate (main_connector_id, issuer_sha256) WHERE issuer_sha256 IS NOT NULL;
-- What is to be examined, issuers first; of those in use, which are renewals of one another.
CREATE INDEX certificate_to_examine ON certificate (main_connector_id, examine_at, authority DESC);
CREATE INDEX certificate_by_line ON certificate (main_connector_id, line_sha256, not_before)
    WHERE line_sha256 IS NOT NULL AND state = 'in_use';
-- Neither gets much smaller, and trying takes a sixth of the time of an import.
ALTER TABLE certificate ALTER COLUMN content SET STORAGE EXTERNAL, ALTER COLUMN seen SET STORAGE EXTERNAL;

-- What an examination found depends on these: whoever changes one has it done again.
CREATE FUNCTION certificate_examine_again() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    NEW.examine_at := '-infinity';
    RETURN NEW;
END
$$;
CREATE TRIGGER certificate_changed BEFORE UPDATE OF profile, state ON certificate FOR EACH ROW
    WHEN ((OLD.profile, OLD.state) IS DISTINCT FROM (NEW.profile, NEW.state))
    EXECUTE FUNCTION certificate_examine_again();

-- Where a source has a certificate: the path in a folder, the place in the chain that a server serves. History is kept.
CREATE TABLE certificate_place (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    certificate_id    uuid        NOT NULL,
    source_id         uuid        NOT NULL,
    place             text        NOT NULL CHECK (length(place) BETWEEN 1 AND 1000),
    since             timestamptz NOT NULL,
    until             timestamptz CHECK (until >= since),    -- exclusive; null: it is there still
    FOREIGN KEY (main_connector_id, certificate_id) REFERENCES certificate (main_connector_id, id),
    FOREIGN KEY (main_connector_id, source_id) REFERENCES certificate_source (main_connector_id, id)
);
CREATE UNIQUE INDEX certificate_place_once ON certificate_place (source_id, place, certificate_id) WHERE until IS NULL;
CREATE INDEX certificate_place_by_certificate ON certificate_place (main_connector_id, certificate_id, since);

-- Where a certificate is used: on which system, host or access point, from which day until before which day.
CREATE TABLE certificate_use (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    certificate_id    uuid        NOT NULL,
    system_id         uuid,
    host              text        CHECK (length(host) BETWEEN 1 AND 260),    -- a name, with `:port` where it matters
    access_point      text        CHECK (length(access_point) BETWEEN 1 AND 200),
    since             date        NOT NULL,
    until             date        CHECK (until >= since),
    FOREIGN KEY (main_connector_id, certificate_id) REFERENCES certificate (main_connector_id, id),
    FOREIGN KEY (main_connector_id, system_id) REFERENCES information_system (main_connector_id, id),
    UNIQUE (main_connector_id, id),
    CONSTRAINT certificate_use_is_somewhere CHECK (num_nonnulls(system_id, host, access_point) >= 1)
);
CREATE INDEX certificate_use_by_certificate ON certificate_use (main_connector_id, certificate_id, since);
CREATE INDEX certificate_use_by_system ON certificate_use (main_connector_id, system_id, since)
    WHERE system_id IS NOT NULL;

-- This one replaces that one. One that was replaced has one successor; one may replace several.
CREATE TABLE certificate_replacement (
    replaced_id       uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    successor_id      uuid        NOT NULL CHECK (successor_id <> replaced_id),
    recorded_at       timestamptz NOT NULL,
    FOREIGN KEY (main_connector_id, replaced_id) REFERENCES certificate (main_connector_id, id),
    FOREIGN KEY (main_connector_id, successor_id) REFERENCES certificate (main_connector_id, id)
);
CREATE INDEX certificate_replacement_by_successor ON certificate_replacement (main_connector_id, successor_id);

-- What an authority last said of a certificate; written again each time that it is asked.
CREATE TABLE certificate_revocation (
    certificate_id    uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    status            text        NOT NULL CHECK (status IN ('good', 'revoked', 'indeterminate')),
    since             timestamptz NOT NULL,    -- when it came to that status
    because           text        NOT NULL,    -- in words: by which answer, or why none
    revoked_at        timestamptz,
    asked_at          timestamptz NOT NULL,
    produced_at       timestamptz,             -- when the authority made the answer or list
    next_at           timestamptz,             -- when it promised the next; past: not fresh
    FOREIGN KEY (main_connector_id, certificate_id) REFERENCES certificate (main_connector_id, id),
    CONSTRAINT certificate_revocation_has_its_day CHECK ((status = 'revoked') = (revoked_at IS NOT NULL))
);
CREATE INDEX certificate_revocation_by_next ON certificate_revocation (main_connector_id, next_at);

-- What is amiss, with what, since when; cleared when it is seen no more. One of a rule and a subject is open at a time.
CREATE TABLE certificate_finding (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    rule              text        NOT NULL CHECK (length(rule) BETWEEN 1 AND 80),
    -- Who looks for it, the first word of the rule: whoever looks again clears its own findings only.
    family            text        NOT NULL GENERATED ALWAYS AS (split_part(rule, '.', 1)) STORED,
    severity          text        NOT NULL CHECK (severity IN ('error', 'warning')),
    source            text        NOT NULL CHECK (length(source) BETWEEN 1 AND 300),       -- where the rule is written
    certainty         text        NOT NULL CHECK (certainty IN ('read', 'excerpt', 'assumed')),
    subject           text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 300),    -- as the journal writes it
    certificate_id    uuid,
    sentence          jsonb       NOT NULL,    -- fi, sv, en
    facts             jsonb       NOT NULL,
    first_at          timestamptz NOT NULL,
    last_at           timestamptz NOT NULL,
    cleared_at        timestamptz CHECK (cleared_at >= first_at),
    UNIQUE (main_connector_id, id),
    FOREIGN KEY (main_connector_id, certificate_id) REFERENCES certificate (main_connector_id, id)
);
CREATE UNIQUE INDEX certificate_finding_once ON certificate_finding (main_connector_id, rule, subject)
    WHERE cleared_at IS NULL;
CREATE INDEX certificate_finding_by_subject ON certificate_finding (main_connector_id, family, subject)
    WHERE cleared_at IS NULL;
CREATE INDEX certificate_finding_open ON certificate_finding (main_connector_id, id) WHERE cleared_at IS NULL;
CREATE INDEX certificate_finding_by_certificate ON certificate_finding (main_connector_id, certificate_id)
    WHERE certificate_id IS NOT NULL;

ALTER TABLE certificate_source ENABLE ROW LEVEL SECURITY;
ALTER TABLE certificate ENABLE ROW LEVEL SECURITY;
ALTER TABLE certificate_place ENABLE ROW LEVEL SECURITY;
ALTER TABLE certificate_use ENABLE ROW LEVEL SECURITY;
ALTER TABLE certificate_replacement ENABLE ROW LEVEL SECURITY;
ALTER TABLE certificate_revocation ENABLE ROW LEVEL SECURITY;
ALTER TABLE certificate_finding ENABLE ROW LEVEL SECURITY;

-- A tenant sees the certificates that are its own; all else is the main connector's.
CREATE POLICY scope ON certificate USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY main_connector_adds ON certificate AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_changes ON certificate AS RESTRICTIVE FOR UPDATE
    USING ((SELECT scope_is_whole_realm()));
CREATE POLICY scope ON certificate_source USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON certificate_place USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
-- Where one of its own is used a tenant sees too: so it is told what of its own stands behind it.
CREATE POLICY scope ON certificate_use USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm())
         OR certificate_id IN (SELECT own.id FROM certificate AS own
                                WHERE own.main_connector_id = (SELECT scope_main_connector())
                                  AND own.tenancy_id = (SELECT scope_tenancy()))));
CREATE POLICY main_connector_adds ON certificate_use AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_changes ON certificate_use AS RESTRICTIVE FOR UPDATE
    USING ((SELECT scope_is_whole_realm()));
CREATE POLICY scope ON certificate_replacement USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON certificate_revocation USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON certificate_finding USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));

GRANT SELECT, INSERT ON certificate_source, certificate, certificate_place, certificate_use, certificate_replacement,
                        certificate_revocation, certificate_finding TO kanta_service;
GRANT UPDATE (read_every_hours, last_tried_at, last_read_at, trouble, certificates, ended_at, version)
   ON certificate_source TO kanta_service;
GRANT UPDATE (tenancy_id, kind, profile, purpose, responsible_id, deputy_id, issuer_sha256, line_sha256, examined_at,
              examine_at, state, state_since, state_because, snoozed_until, snoozed_because, version)
   ON certificate TO kanta_service;
GRANT UPDATE (until) ON certificate_place, certificate_use TO kanta_service;
GRANT UPDATE (status, since, because, revoked_at, asked_at, produced_at, next_at) ON certificate_revocation TO kanta_service;
GRANT DELETE ON certificate_replacement TO kanta_service;    -- a link that was a mistake; the journal has both
GRANT UPDATE (severity, source, certainty, certificate_id, sentence, facts, last_at, cleared_at)
   ON certificate_finding TO kanta_service;

-- Work across realms: in which of them certificates are to be examined.
CREATE FUNCTION certificate_realms_to_examine(now_is timestamptz) RETURNS TABLE (main_connector_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT realm.main_connector_id
      FROM public.main_connector AS realm
     CROSS JOIN LATERAL (SELECT FROM public.certificate AS waiting    -- one look at the index for each realm
                          WHERE waiting.main_connector_id = realm.main_connector_id
                            AND waiting.examine_at <= now_is
                          ORDER BY waiting.examine_at
                          LIMIT 1) AS one
$$;

-- The way up from a certificate of the scope, as far as issuers are here. Issuers are the main connector's, and what
-- they say of themselves is public: a tenant sees those above its own certificates, and how all of them stand.
CREATE FUNCTION certificate_chain(of_certificate uuid)
    RETURNS TABLE (step integer, id uuid, own boolean, sha256 text, subject text, issuer text, common_name text,
                   not_before timestamptz, not_after timestamptz, authority boolean, state text, issuer_sha256 text,
                   issuer_name_sha256 text, issuer_key_id text, examined_at timestamptz, status text, since timestamptz,
                   because text, revoked_at timestamptz, asked_at timestamptz, produced_at timestamptz,
                   next_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE up AS (
        SELECT 1 AS step, first.*
          FROM public.certificate AS first
         WHERE first.id = of_certificate
           AND first.main_connector_id = public.scope_main_connector()
           AND (public.scope_is_whole_realm() OR first.tenancy_id = public.scope_tenancy())
        UNION ALL
        SELECT up.step + 1, issuer.*
          FROM up
          JOIN public.certificate AS issuer
            ON issuer.main_connector_id = up.main_connector_id AND issuer.sha256 = up.issuer_sha256
         WHERE up.issuer_sha256 <> up.sha256
           AND up.step < 8)
    SELECT up.step, up.id, public.scope_is_whole_realm() OR coalesce(up.tenancy_id = public.scope_tenancy(), false),
           up.sha256, up.subject, up.issuer, up.common_name, up.not_before, up.not_after, up.authority, up.state,
           up.issuer_sha256, up.issuer_name_sha256, up.issuer_key_id, up.examined_at, said.status, said.since,
           said.because, said.revoked_at, said.asked_at, said.produced_at, said.next_at
      FROM up
      LEFT JOIN public.certificate_revocation AS said ON said.certificate_id = up.id
     ORDER BY up.step
$$;

-- What a certificate of the scope took the place of, and what took its place, however often; of those that the scope has.
CREATE FUNCTION certificate_line(of_certificate uuid)
    RETURNS TABLE (step integer, id uuid, sha256 text, serial text, subject text, common_name text,
                   not_before timestamptz, not_after timestamptz, state text, recorded_at timestamptz, beside_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE this AS (
        SELECT of_one.id, of_one.main_connector_id
          FROM public.certificate AS of_one
         WHERE of_one.id = of_certificate
           AND of_one.main_connector_id = public.scope_main_connector()
           AND (public.scope_is_whole_realm() OR of_one.tenancy_id = public.scope_tenancy())),
    before (step, id, main_connector_id, recorded_at, beside_id) AS (
        SELECT 0, this.id, this.main_connector_id, NULL::timestamptz, NULL::uuid FROM this
        UNION ALL
        SELECT before.step - 1, link.replaced_id, link.main_connector_id, link.recorded_at, before.id
          FROM before
          JOIN public.certificate_replacement AS link
            ON link.main_connector_id = before.main_connector_id AND link.successor_id = before.id
         WHERE before.step > -100),
    after (step, id, main_connector_id, recorded_at, beside_id) AS (
        SELECT 0, this.id, this.main_connector_id, NULL::timestamptz, NULL::uuid FROM this
        UNION ALL
        SELECT after.step + 1, link.successor_id, link.main_connector_id, link.recorded_at, after.id
          FROM after
          JOIN public.certificate_replacement AS link
            ON link.main_connector_id = after.main_connector_id AND link.replaced_id = after.id
         WHERE after.step < 100)
    SELECT line.step, one.id, one.sha256, one.serial, one.subject, one.common_name, one.not_before, one.not_after,
           one.state, line.recorded_at, line.beside_id
      FROM (SELECT * FROM before UNION ALL SELECT * FROM after WHERE after.step > 0) AS line
      JOIN public.certificate AS one ON one.id = line.id
     WHERE public.scope_is_whole_realm()
        OR one.tenancy_id = public.scope_tenancy()
     ORDER BY line.step, one.not_after, one.id
$$;

REVOKE ALL ON FUNCTION certificate_realms_to_examine, certificate_chain, certificate_line FROM PUBLIC;
GRANT EXECUTE ON FUNCTION certificate_realms_to_examine, certificate_chain, certificate_line TO kanta_service;

-- What a tenant's key may allow grew.
ALTER TABLE access_key
    DROP CONSTRAINT access_key_of_a_tenant,
    ADD CONSTRAINT access_key_of_a_tenant CHECK (tenancy_id IS NULL OR permissions <@ ARRAY[
        'parties.read', 'parties.write', 'agreements.read', 'agreements.sign', 'agreements.end', 'keys.manage',
        'journal.read', 'promises.read', 'promises.keep', 'messages.read', 'messages.manage', 'calendar.manage',
        'trust.read', 'systems.read', 'certificates.read']);
