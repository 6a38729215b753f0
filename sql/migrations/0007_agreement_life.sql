-- why:   agreements live: Annex 1 changes, notices, service-production agreements, rescission, replacement, agreements
--        signed before this system (docs/capabilities/agreements.md; K1.3, K20.1 to K20.4)
-- locks: agreement and access_key, while their rows are looked through once
SET LOCAL lock_timeout = '3s';

ALTER TABLE agreement
    ADD COLUMN origin         text NOT NULL DEFAULT 'here' CHECK (origin IN ('here', 'imported')),
    ADD COLUMN form           text CHECK (form IN ('paper', 'file')),    -- of one that was signed elsewhere
    ADD COLUMN amends         uuid,           -- the agreement whose Annex 1 this amendment changes
    ADD COLUMN effective_on   date,           -- from when an amendment is meant to hold, Europe/Helsinki
    ADD COLUMN in_force_from  timestamptz,
    ADD COLUMN in_force_until timestamptz,    -- exclusive; known before it comes, where there is a notice
    ADD COLUMN end_ground     text CHECK (end_ground IN ('notice', 'service_agreement', 'rescission', 'replacement')),
    ADD COLUMN end_source     uuid,           -- the notice, service agreement, rescission or later agreement
    ADD COLUMN end_explanation jsonb;         -- how the end was worked out, as it was told

UPDATE agreement
   SET in_force_from = (SELECT max(signed_at) FROM agreement_signature WHERE agreement_id = agreement.id)
 WHERE status = 'in_force';

ALTER TABLE agreement
    DROP CONSTRAINT agreement_status_check,
    DROP CONSTRAINT agreement_open_is_offered,
    DROP CONSTRAINT agreement_in_force_has_its_day,
    DROP CONSTRAINT agreement_withdrawn_has_its_time,
    ADD CONSTRAINT agreement_status_check CHECK (status IN
        ('draft', 'offered', 'partly_signed', 'in_force', 'agreed', 'ended', 'withdrawn')),
    ADD CONSTRAINT agreement_open_is_offered
        CHECK (status IN ('draft', 'withdrawn') OR offered_at IS NOT NULL OR origin = 'imported'),
    ADD CONSTRAINT agreement_imported_was_in_force
        CHECK ((origin = 'imported') = (form IS NOT NULL)
           AND (origin = 'here' OR (offered_at IS NULL AND amends IS NULL AND status IN ('in_force', 'ended')))),
    ADD CONSTRAINT agreement_in_force_has_its_day
        CHECK ((status IN ('in_force', 'ended')) = (in_force_from IS NOT NULL)
           AND (status IN ('in_force', 'ended', 'agreed')) = (in_force_on IS NOT NULL)
           AND (in_force_from IS NULL OR in_force_on = (in_force_from AT TIME ZONE 'Europe/Helsinki')::date)),
    ADD CONSTRAINT agreement_withdrawn_has_its_time
        CHECK ((status IN ('withdrawn', 'ended')) = (ended_at IS NOT NULL)
           AND (status = 'withdrawn') = (withdrawn_because IS NOT NULL)),
    ADD CONSTRAINT agreement_end_is_whole
        CHECK (num_nonnulls(in_force_until, end_ground, end_source, end_explanation) IN (0, 4)
           AND (status <> 'ended' OR in_force_until IS NOT NULL)
           AND (in_force_until IS NULL OR in_force_until >= in_force_from)),
    ADD CONSTRAINT agreement_amendment_has_its_day
        CHECK ((amends IS NULL) = (effective_on IS NULL)
           AND (status <> 'agreed' OR amends IS NOT NULL)
           AND (amends IS NULL OR status NOT IN ('in_force', 'ended'))),
    ADD CONSTRAINT agreement_amends
        FOREIGN KEY (main_connector_id, tenancy_id, amends) REFERENCES agreement (main_connector_id, tenancy_id, id),
    -- At no instant has a tenancy two agreements in force (K20.3).
    ADD CONSTRAINT agreement_one_in_force
        EXCLUDE USING gist (tenancy_id WITH =, tstzrange(in_force_from, in_force_until) WITH &&)
        WHERE (in_force_from IS NOT NULL);

-- While one is in force, one other can be on offer; the same holds for the amendments of an agreement.
DROP INDEX agreement_one_at_a_time;
CREATE UNIQUE INDEX agreement_one_offer ON agreement (tenancy_id)
    WHERE amends IS NULL AND status IN ('offered', 'partly_signed');
CREATE UNIQUE INDEX agreement_one_amendment_offer ON agreement (amends)
    WHERE amends IS NOT NULL AND status IN ('offered', 'partly_signed');
CREATE INDEX agreement_amendments ON agreement (amends) WHERE amends IS NOT NULL;
CREATE INDEX agreement_ending ON agreement (main_connector_id, in_force_until)
    WHERE status = 'in_force' AND in_force_until IS NOT NULL;

-- What was offered or brought in is never edited, whatever the program says; nor when it took force; nor its end,
-- once it has ended.
DROP TRIGGER agreement_frozen ON agreement;
CREATE TRIGGER agreement_frozen BEFORE UPDATE ON agreement FOR EACH ROW
    WHEN ((OLD.offered_at IS NOT NULL OR OLD.origin = 'imported') AND
          (OLD.offered_at, OLD.language, OLD.model, OLD.model_version, OLD.services, OLD.registers, OLD.originals,
           OLD.signatories, OLD.content, OLD.content_sha256, OLD.amends, OLD.effective_on, OLD.origin, OLD.form)
          IS DISTINCT FROM
          (NEW.offered_at, NEW.language, NEW.model, NEW.model_version, NEW.services, NEW.registers, NEW.originals,
           NEW.signatories, NEW.content, NEW.content_sha256, NEW.amends, NEW.effective_on, NEW.origin, NEW.form))
    EXECUTE FUNCTION agreement_refuse_edit();

CREATE FUNCTION agreement_refuse_history() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'agreement %: when it took force, and when it ended, does not change', OLD.id
        USING CONSTRAINT = 'agreement_frozen';
END
$$;
CREATE TRIGGER agreement_history BEFORE UPDATE ON agreement FOR EACH ROW
    WHEN ((OLD.in_force_on IS NOT NULL
           AND (OLD.in_force_on, OLD.in_force_from) IS DISTINCT FROM (NEW.in_force_on, NEW.in_force_from))
          OR (OLD.ended_at IS NOT NULL
              AND (OLD.status, OLD.ended_at, OLD.in_force_until, OLD.end_ground, OLD.end_source, OLD.end_explanation)
                  IS DISTINCT FROM
                  (NEW.status, NEW.ended_at, NEW.in_force_until, NEW.end_ground, NEW.end_source, NEW.end_explanation)))
    EXECUTE FUNCTION agreement_refuse_history();

DROP POLICY tenant_signs ON agreement;
CREATE POLICY tenant_signs ON agreement AS RESTRICTIVE FOR UPDATE
    USING (true) WITH CHECK (
        (SELECT scope_is_whole_realm()) OR status IN ('partly_signed', 'in_force', 'agreed', 'ended'));
GRANT UPDATE (effective_on, in_force_from, in_force_until, end_ground, end_source, end_explanation)
   ON agreement TO kanta_service;

-- Annex 1 over time: which services, from which day until before which day (K1.3). One row for the agreement itself,
-- one for each amendment that all have signed; one that was overtaken before its day has an empty period.
CREATE TABLE annex_period (
    said_by           uuid    PRIMARY KEY,
    agreement_id      uuid    NOT NULL,
    main_connector_id uuid    NOT NULL,
    tenancy_id        uuid    NOT NULL,
    services          text[]  NOT NULL,
    since             date    NOT NULL,
    until             date    CHECK (until >= since),    -- exclusive; null: until further notice
    FOREIGN KEY (main_connector_id, tenancy_id, agreement_id) REFERENCES agreement (main_connector_id, tenancy_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id, said_by) REFERENCES agreement (main_connector_id, tenancy_id, id),
    -- Checked when the statement that writes all periods of an agreement is done.
    CONSTRAINT annex_period_one_at_a_time
        EXCLUDE USING gist (tenancy_id WITH =, daterange(since, until) WITH &&) DEFERRABLE INITIALLY IMMEDIATE
);
CREATE INDEX annex_period_by_tenancy ON annex_period (main_connector_id, tenancy_id, since);
CREATE INDEX annex_period_by_day ON annex_period (main_connector_id, since, said_by);
INSERT INTO annex_period (said_by, agreement_id, main_connector_id, tenancy_id, services, since)
SELECT id, id, main_connector_id, tenancy_id, services, in_force_on FROM agreement WHERE status = 'in_force';

-- A file that shows something: a notice, a contract, an agreement signed before this system. Only ever added.
CREATE TABLE exhibit (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid        NOT NULL,
    name              text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    media_type        text        NOT NULL,    -- as its own bytes say
    size              integer     NOT NULL,
    sha256            text        NOT NULL,
    content           bytea       NOT NULL,
    brought_by        text        NOT NULL CHECK (brought_by IN ('main_connector', 'tenant')),
    added_at          timestamptz NOT NULL,
    UNIQUE (main_connector_id, tenancy_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id)
);
ALTER TABLE exhibit ALTER COLUMN content SET STORAGE EXTERNAL;

ALTER TABLE agreement
    ADD COLUMN exhibit_id uuid,               -- the scan or file of an imported one
    ADD CONSTRAINT agreement_exhibit
        FOREIGN KEY (main_connector_id, tenancy_id, exhibit_id) REFERENCES exhibit (main_connector_id, tenancy_id, id);
GRANT UPDATE (exhibit_id) ON agreement TO kanta_service;

-- Another agreement of the same two, on producing services: its notice period prevails, its end ends theirs (K20.2).
CREATE TABLE service_agreement (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid        NOT NULL,
    name              text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),    -- what people call it by
    since             date        NOT NULL,
    last_day          date        CHECK (last_day >= since),    -- the last day in force; null: until further notice
    notice_count      smallint    CHECK (notice_count >= 1),    -- null: it says nothing else than one month
    notice_unit       text        CHECK (notice_unit IN ('days', 'months')),
    exhibit_id        uuid,
    recorded_at       timestamptz NOT NULL,
    version           integer     NOT NULL CHECK (version >= 1),
    UNIQUE (main_connector_id, tenancy_id, id),
    CHECK (num_nonnulls(notice_count, notice_unit) IN (0, 2)),
    CONSTRAINT service_agreement_period_has_its_document CHECK (notice_count IS NULL OR exhibit_id IS NOT NULL),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    FOREIGN KEY (main_connector_id, tenancy_id, exhibit_id) REFERENCES exhibit (main_connector_id, tenancy_id, id)
);

-- A written notice of termination. What it says stays; when it was delivered is told once.
CREATE TABLE termination_notice (
    id                       uuid        PRIMARY KEY,
    main_connector_id        uuid        NOT NULL,
    tenancy_id               uuid        NOT NULL,
    agreement_id             uuid        NOT NULL,
    party                    text        NOT NULL CHECK (party IN ('main_connector', 'tenant')),    -- who gives it
    given_on                 date        NOT NULL,
    message                  text        CHECK (length(message) BETWEEN 1 AND 10000),
    exhibit_id               uuid,
    recorded_at              timestamptz NOT NULL,
    delivered_on             date        CHECK (delivered_on >= given_on),
    delivered_how            text        CHECK (length(delivered_how) BETWEEN 1 AND 200),
    main_connector_agrees_at timestamptz,                              -- to its withdrawal
    tenant_agrees_at         timestamptz,
    version                  integer     NOT NULL CHECK (version >= 1),
    CONSTRAINT termination_notice_is_written CHECK (num_nonnulls(message, exhibit_id) > 0),
    CHECK (num_nonnulls(delivered_on, delivered_how) IN (0, 2)),
    FOREIGN KEY (main_connector_id, tenancy_id, agreement_id) REFERENCES agreement (main_connector_id, tenancy_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id, exhibit_id) REFERENCES exhibit (main_connector_id, tenancy_id, id)
);
CREATE INDEX termination_notice_by_tenancy ON termination_notice (main_connector_id, tenancy_id, id);

CREATE FUNCTION termination_notice_refuse_edit() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'notice %: what it says and when it was delivered does not change, nor what the other party agrees to',
        OLD.id USING CONSTRAINT = 'termination_notice_frozen';
END
$$;
CREATE TRIGGER termination_notice_frozen BEFORE UPDATE ON termination_notice FOR EACH ROW
    WHEN ((OLD.delivered_on IS NOT NULL
           AND (OLD.delivered_on, OLD.delivered_how) IS DISTINCT FROM (NEW.delivered_on, NEW.delivered_how))
          OR (scope_is_whole_realm() AND NEW.tenant_agrees_at IS DISTINCT FROM OLD.tenant_agrees_at)
          OR (NOT scope_is_whole_realm() AND NEW.main_connector_agrees_at IS DISTINCT FROM OLD.main_connector_agrees_at))
    EXECUTE FUNCTION termination_notice_refuse_edit();

-- Rescission by the main connector, by two of its people; the tenant sees it once it is confirmed (K20.4).
CREATE TABLE rescission (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid        NOT NULL,
    agreement_id      uuid        NOT NULL,
    breach            text        NOT NULL CHECK (breach IN ('endangers_access', 'considerable_harm')),
    description       text        NOT NULL CHECK (length(description) BETWEEN 1 AND 10000),
    exhibit_id        uuid        NOT NULL,    -- the evidence
    proposed_at       timestamptz NOT NULL,
    proposed_by       uuid        NOT NULL,    -- contact
    proposed_with     uuid        NOT NULL,    -- access key
    confirmed_at      timestamptz,
    confirmed_by      uuid,
    confirmed_with    uuid,
    dropped_at        timestamptz,
    version           integer     NOT NULL CHECK (version >= 1),
    CONSTRAINT rescission_four_eyes CHECK (confirmed_by <> proposed_by AND confirmed_with <> proposed_with),
    CHECK (num_nonnulls(confirmed_at, confirmed_by, confirmed_with) IN (0, 3)),
    CHECK (num_nonnulls(confirmed_at, dropped_at) < 2),
    FOREIGN KEY (main_connector_id, tenancy_id, agreement_id) REFERENCES agreement (main_connector_id, tenancy_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id, exhibit_id) REFERENCES exhibit (main_connector_id, tenancy_id, id)
);
CREATE INDEX rescission_by_tenancy ON rescission (main_connector_id, tenancy_id, id);
CREATE UNIQUE INDEX rescission_one_open ON rescission (agreement_id) WHERE confirmed_at IS NULL AND dropped_at IS NULL;

-- Death, bankruptcy, a licence withdrawn: it ends nothing by itself, but somebody has to decide.
CREATE TABLE circumstance (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid        NOT NULL,
    kind              text        NOT NULL CHECK (kind IN ('death', 'bankruptcy', 'licence_withdrawn')),
    party             text        NOT NULL CHECK (party IN ('main_connector', 'tenant')),    -- whom it befell
    happened_on       date,
    known_on          date        NOT NULL,
    note              text        NOT NULL CHECK (length(note) BETWEEN 1 AND 10000),
    exhibit_id        uuid,
    decide_by         date        NOT NULL,
    recorded_at       timestamptz NOT NULL,
    decided_at        timestamptz,
    decision          text        CHECK (decision IN ('goes_on', 'notice', 'rescission', 'other')),
    reason            text        CHECK (length(reason) BETWEEN 1 AND 10000),
    version           integer     NOT NULL CHECK (version >= 1),
    CHECK (num_nonnulls(decided_at, decision, reason) IN (0, 3)),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    FOREIGN KEY (main_connector_id, tenancy_id, exhibit_id) REFERENCES exhibit (main_connector_id, tenancy_id, id)
);
CREATE INDEX circumstance_by_tenancy ON circumstance (main_connector_id, tenancy_id, id);
CREATE INDEX circumstance_undecided ON circumstance (main_connector_id, id) WHERE decided_at IS NULL;

ALTER TABLE annex_period ENABLE ROW LEVEL SECURITY;
ALTER TABLE exhibit ENABLE ROW LEVEL SECURITY;
ALTER TABLE service_agreement ENABLE ROW LEVEL SECURITY;
ALTER TABLE termination_notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE rescission ENABLE ROW LEVEL SECURITY;
ALTER TABLE circumstance ENABLE ROW LEVEL SECURITY;

CREATE POLICY scope ON annex_period USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
-- What the main connector brought is its own paper until it stands in something that the tenant sees.
CREATE POLICY scope ON exhibit USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm())
         OR (tenancy_id = (SELECT scope_tenancy())
             AND (brought_by = 'tenant'
                  OR EXISTS (SELECT FROM termination_notice AS notice WHERE notice.exhibit_id = exhibit.id)
                  OR EXISTS (SELECT FROM rescission WHERE rescission.exhibit_id = exhibit.id)
                  OR EXISTS (SELECT FROM service_agreement WHERE service_agreement.exhibit_id = exhibit.id)
                  OR EXISTS (SELECT FROM agreement WHERE agreement.exhibit_id = exhibit.id)))));
CREATE POLICY scope ON service_agreement USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON termination_notice USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON rescission USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR (tenancy_id = (SELECT scope_tenancy()) AND confirmed_at IS NOT NULL)));
CREATE POLICY scope ON circumstance USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));

-- An imported agreement was never offered here; the tenant sees it all the same.
DROP POLICY scope ON agreement;
CREATE POLICY scope ON agreement USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm())
         OR (tenancy_id = (SELECT scope_tenancy()) AND (offered_at IS NOT NULL OR origin = 'imported'))));

-- A tenant brings its own files and gives its own notices; the rest is the main connector's to write. The main
-- connector also records what a tenant handed in on paper.
CREATE POLICY each_for_itself ON exhibit AS RESTRICTIVE FOR INSERT
    WITH CHECK ((brought_by = 'main_connector') = (SELECT scope_is_whole_realm()));
CREATE POLICY each_for_itself ON termination_notice AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()) OR party = 'tenant');
CREATE POLICY main_connector_adds ON service_agreement AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_changes ON service_agreement AS RESTRICTIVE FOR UPDATE
    USING (true) WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_adds ON rescission AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_changes ON rescission AS RESTRICTIVE FOR UPDATE
    USING (true) WITH CHECK ((SELECT scope_is_whole_realm()));

GRANT SELECT, INSERT ON annex_period, exhibit, service_agreement, termination_notice, rescission, circumstance TO kanta_service;
GRANT UPDATE (since, until) ON annex_period TO kanta_service;
GRANT UPDATE (name, since, last_day, notice_count, notice_unit, exhibit_id, version) ON service_agreement
   TO kanta_service;
GRANT UPDATE (delivered_on, delivered_how, main_connector_agrees_at, tenant_agrees_at, version)
   ON termination_notice TO kanta_service;
GRANT UPDATE (confirmed_at, confirmed_by, confirmed_with, dropped_at, version) ON rescission TO kanta_service;
GRANT UPDATE (decided_at, decision, reason, version) ON circumstance TO kanta_service;

-- A tenant's key can give notice. The list is whole, whichever of the later permissions this program knows.
ALTER TABLE access_key
    DROP CONSTRAINT access_key_of_a_tenant,
    ADD CONSTRAINT access_key_of_a_tenant CHECK (tenancy_id IS NULL OR permissions <@ ARRAY[
        'parties.read', 'parties.write', 'agreements.read', 'agreements.sign', 'agreements.end', 'keys.manage',
        'journal.read', 'promises.read', 'promises.keep', 'messages.read', 'messages.manage', 'calendar.manage']);

-- The nightly job knows of amendments, of what has ended, and of originals that were signed elsewhere.
CREATE OR REPLACE FUNCTION invariants_broken() RETURNS TABLE (name text, rows bigint)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH counted (name, rows) AS (
        SELECT 'message given up', count(*) FROM public.outbox WHERE state = 'dead'
        UNION ALL
        SELECT 'chain that does not end at its head', count(*)
          FROM public.journal_head AS head
         WHERE NOT EXISTS (SELECT FROM public.journal_entry AS entry
                            WHERE entry.chain = head.chain
                              AND entry.sequence = head.sequence
                              AND entry.digest = head.digest)
        UNION ALL
        SELECT 'agreement in force without an original and a receipt for each party', count(*)
          FROM public.agreement
         WHERE status IN ('in_force', 'agreed', 'ended')
           AND origin = 'here'
           AND (SELECT count(*) FROM public.agreement_receipt AS receipt
                  JOIN public.agreement_document AS document
                    ON document.agreement_id = receipt.agreement_id AND document.sha256 = receipt.sha256
                 WHERE receipt.agreement_id = agreement.id) <> 2
        UNION ALL
        SELECT 'agreement in force that a signatory has not signed', count(*)
          FROM public.agreement
         WHERE status IN ('in_force', 'agreed', 'ended')
           AND origin = 'here'
           AND (SELECT count(*) FROM public.agreement_signature AS signature
                 WHERE signature.agreement_id = agreement.id) <> jsonb_array_length(signatories)
        UNION ALL
        SELECT 'document whose bytes are not those of its digest', count(*)
          FROM public.agreement_document
         WHERE encode(sha256(content), 'hex') <> sha256
        UNION ALL
        SELECT 'file whose bytes are not those of its digest', count(*)
          FROM public.exhibit
         WHERE encode(sha256(content), 'hex') <> sha256
        UNION ALL
        SELECT 'agreement without its Annex 1', count(*)
          FROM public.agreement
         WHERE status IN ('in_force', 'ended')
           AND NOT EXISTS (SELECT FROM public.annex_period AS period WHERE period.said_by = agreement.id)
        UNION ALL
        SELECT 'version of Annex 1 that outlives its agreement', count(*)
          FROM public.annex_period AS period
          JOIN public.agreement ON agreement.id = period.agreement_id
         WHERE agreement.in_force_until IS NOT NULL
           AND coalesce(period.until, 'infinity') > period.since
           AND coalesce(period.until, 'infinity') > (agreement.in_force_until AT TIME ZONE 'Europe/Helsinki')::date
    )
    SELECT counted.name, counted.rows FROM counted WHERE counted.rows > 0
$$;
