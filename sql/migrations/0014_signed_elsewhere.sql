-- why:   signatures on paper, and mandates of those who sign (docs/capabilities/agreements.md; K20.1, K21)
-- locks: agreement_signature and agreement_receipt, while their rows are looked through once
SET LOCAL lock_timeout = '3s';

-- On what ground somebody may sign for a party. What was put down stays; that it ended is put down once.
CREATE TABLE mandate (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,                   -- null: the main connector's, towards all of its tenants
    organisation_id   uuid        NOT NULL,   -- for whom the person signs
    party             text        NOT NULL CHECK (party IN ('main_connector', 'tenant')),
    person            text        NOT NULL CHECK (length(person) BETWEEN 1 AND 200),
    ground            text        NOT NULL
                      CHECK (ground IN ('trade_register', 'power_of_attorney', 'procuration', 'other')),
    words             text        CHECK (length(words) BETWEEN 1 AND 200),
    exhibit_id        uuid,                   -- the power of attorney
    valid_from        date        NOT NULL,   -- Europe/Helsinki, as every day here
    valid_until       date        CHECK (valid_until >= valid_from),    -- its last day; null: until further notice
    recorded_at       timestamptz NOT NULL,
    recorded_by       text        NOT NULL CHECK (recorded_by IN ('main_connector', 'tenant')),
    ended_on          date        CHECK (ended_on >= valid_from),       -- the first day on which it does not hold
    ended_because     text        CHECK (length(ended_because) BETWEEN 1 AND 200),
    ended_at          timestamptz,
    ended_by          text        CHECK (ended_by IN ('main_connector', 'tenant')),
    version           integer     NOT NULL CHECK (version >= 1),
    UNIQUE (main_connector_id, id),           -- also the order of the list
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    FOREIGN KEY (main_connector_id, organisation_id) REFERENCES organisation (main_connector_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id, exhibit_id) REFERENCES exhibit (main_connector_id, tenancy_id, id),
    CONSTRAINT mandate_of_a_tenant_has_its_tenancy CHECK (party = 'main_connector' OR tenancy_id IS NOT NULL),
    CONSTRAINT mandate_file_has_its_tenancy CHECK (exhibit_id IS NULL OR tenancy_id IS NOT NULL),
    CONSTRAINT mandate_ground_is_shown CHECK ((ground <> 'power_of_attorney' OR exhibit_id IS NOT NULL)
                                          AND (ground <> 'other' OR words IS NOT NULL)),
    CONSTRAINT mandate_end_is_whole CHECK (num_nonnulls(ended_on, ended_because, ended_at, ended_by) IN (0, 4))
);
CREATE INDEX mandate_of_tenancy ON mandate (main_connector_id, tenancy_id, id);
CREATE INDEX mandate_exhibit ON mandate (exhibit_id) WHERE exhibit_id IS NOT NULL;
CREATE INDEX mandate_running_out ON mandate (main_connector_id, least(valid_until, ended_on - 1), id);

-- Which mandate a signatory of an offer signs by, frozen with the offer.
CREATE TABLE signatory_mandate (
    id                uuid     PRIMARY KEY,
    main_connector_id uuid     NOT NULL,
    tenancy_id        uuid     NOT NULL,
    agreement_id      uuid     NOT NULL,
    party             text     NOT NULL CHECK (party IN ('main_connector', 'tenant')),
    position          smallint NOT NULL CHECK (position IN (1, 2)),
    mandate_id        uuid     NOT NULL,
    UNIQUE (agreement_id, party, position),
    FOREIGN KEY (main_connector_id, tenancy_id, agreement_id) REFERENCES agreement (main_connector_id, tenancy_id, id),
    FOREIGN KEY (main_connector_id, mandate_id) REFERENCES mandate (main_connector_id, id)
);
CREATE INDEX signatory_mandate_used ON signatory_mandate (mandate_id);

CREATE FUNCTION mandate_refuse_edit() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'mandate %: that it ended does not change', OLD.id USING CONSTRAINT = 'mandate_ended_once';
END
$$;
CREATE TRIGGER mandate_ended_once BEFORE UPDATE ON mandate FOR EACH ROW
    WHEN (OLD.ended_at IS NOT NULL)
    EXECUTE FUNCTION mandate_refuse_edit();

-- A signature on paper has a scan, the day written on it and the day on which it was received; a digital one has a
-- certificate. Which of the two it is never changes.
ALTER TABLE agreement_signature
    ADD COLUMN manner      text NOT NULL DEFAULT 'digital' CHECK (manner IN ('digital', 'paper')),
    ADD COLUMN signed_on   date,               -- as the paper says
    ADD COLUMN received_on date CHECK (received_on >= signed_on),
    ADD COLUMN received_by text CHECK (length(received_by) BETWEEN 1 AND 200),
    ADD COLUMN put_down_by text CHECK (put_down_by IN ('main_connector', 'tenant')),
    ADD COLUMN exhibit_id  uuid,               -- the scan as it was first brought
    ADD COLUMN mandate_id  uuid,               -- that was valid when this was signed; null: none was on record
    ALTER COLUMN claimed_at DROP NOT NULL,
    ALTER COLUMN certificate_sha256 DROP NOT NULL,
    ALTER COLUMN certificate_subject DROP NOT NULL,
    ADD CONSTRAINT agreement_signature_is_of_its_manner CHECK (
        num_nonnulls(claimed_at, certificate_sha256, certificate_subject) = CASE manner WHEN 'digital' THEN 3 ELSE 0 END
        AND num_nonnulls(signed_on, received_on, received_by, put_down_by, exhibit_id)
            = CASE manner WHEN 'paper' THEN 5 ELSE 0 END),
    ADD FOREIGN KEY (main_connector_id, tenancy_id, exhibit_id) REFERENCES exhibit (main_connector_id, tenancy_id, id),
    ADD FOREIGN KEY (main_connector_id, mandate_id) REFERENCES mandate (main_connector_id, id);
CREATE INDEX agreement_signature_scan ON agreement_signature (exhibit_id) WHERE exhibit_id IS NOT NULL;

-- A better scan of a paper that was signed. The earlier ones stay.
CREATE TABLE later_scan (
    agreement_id      uuid        NOT NULL,
    party             text        NOT NULL,
    position          smallint    NOT NULL,
    number            smallint    NOT NULL CHECK (number >= 1),
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid        NOT NULL,
    exhibit_id        uuid        NOT NULL,
    because           text        NOT NULL CHECK (length(because) BETWEEN 1 AND 200),
    at                timestamptz NOT NULL,
    put_down_by       text        NOT NULL CHECK (put_down_by IN ('main_connector', 'tenant')),
    PRIMARY KEY (agreement_id, party, position, number),
    FOREIGN KEY (agreement_id, party, position) REFERENCES agreement_signature (agreement_id, party, position),
    FOREIGN KEY (main_connector_id, tenancy_id, agreement_id) REFERENCES agreement (main_connector_id, tenancy_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id, exhibit_id) REFERENCES exhibit (main_connector_id, tenancy_id, id)
);
CREATE INDEX later_scan_exhibit ON later_scan (exhibit_id);

-- A party that signed on paper holds its paper.
ALTER TABLE agreement_receipt ADD COLUMN form text NOT NULL DEFAULT 'file' CHECK (form IN ('paper', 'file'));

ALTER TABLE mandate ENABLE ROW LEVEL SECURITY;
ALTER TABLE signatory_mandate ENABLE ROW LEVEL SECURITY;
ALTER TABLE later_scan ENABLE ROW LEVEL SECURITY;

CREATE POLICY scope ON signatory_mandate USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
-- A tenant sees its own people's mandates, and those of the main connector's by which somebody signs with this tenant.
CREATE POLICY scope ON mandate USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm())
         OR tenancy_id = (SELECT scope_tenancy())
         OR EXISTS (SELECT FROM signatory_mandate AS used WHERE used.mandate_id = mandate.id)));
CREATE POLICY scope ON later_scan USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));

-- Each for its own people; the main connector for both, and then the row says so.
CREATE POLICY each_for_itself ON mandate AS RESTRICTIVE FOR INSERT
    WITH CHECK ((recorded_by = 'main_connector') = (SELECT scope_is_whole_realm())
            AND ((SELECT scope_is_whole_realm()) OR (party = 'tenant' AND tenancy_id = (SELECT scope_tenancy()))));
CREATE POLICY each_ends_its_own ON mandate AS RESTRICTIVE FOR UPDATE
    USING (true)
    WITH CHECK ((ended_by = 'main_connector') = (SELECT scope_is_whole_realm())
            AND ((SELECT scope_is_whole_realm()) OR (party = 'tenant' AND tenancy_id = (SELECT scope_tenancy()))));
CREATE POLICY main_connector_adds ON signatory_mandate AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY each_for_itself ON later_scan AS RESTRICTIVE FOR INSERT
    WITH CHECK ((put_down_by = 'main_connector') = (SELECT scope_is_whole_realm())
            AND ((SELECT scope_is_whole_realm()) OR party = 'tenant'));

-- What a tenant signed on paper reaches the main connector, which may put it down and is then named as who did.
DROP POLICY each_for_itself ON agreement_signature;
CREATE POLICY each_for_itself ON agreement_signature AS RESTRICTIVE FOR INSERT
    WITH CHECK (CASE WHEN (SELECT scope_is_whole_realm())
                     THEN party = 'main_connector' OR (manner = 'paper' AND put_down_by = 'main_connector')
                     ELSE party = 'tenant' AND (manner = 'digital' OR put_down_by = 'tenant') END);

-- A scan, and a power of attorney, stand in something that the tenant sees.
DROP POLICY scope ON exhibit;
CREATE POLICY scope ON exhibit USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm())
         OR (tenancy_id = (SELECT scope_tenancy())
             AND (brought_by = 'tenant'
                  OR EXISTS (SELECT FROM termination_notice AS notice WHERE notice.exhibit_id = exhibit.id)
                  OR EXISTS (SELECT FROM rescission WHERE rescission.exhibit_id = exhibit.id)
                  OR EXISTS (SELECT FROM service_agreement WHERE service_agreement.exhibit_id = exhibit.id)
                  OR EXISTS (SELECT FROM agreement WHERE agreement.exhibit_id = exhibit.id)
                  OR EXISTS (SELECT FROM agreement_signature AS paper WHERE paper.exhibit_id = exhibit.id)
                  OR EXISTS (SELECT FROM later_scan AS scan WHERE scan.exhibit_id = exhibit.id)
                  OR EXISTS (SELECT FROM mandate WHERE mandate.exhibit_id = exhibit.id)))));

GRANT SELECT, INSERT ON mandate, signatory_mandate, later_scan TO kanta_service;
GRANT UPDATE (ended_on, ended_because, ended_at, ended_by, version) ON mandate TO kanta_service;

-- The nightly job knows that an original can be a paper of which there is a scan.
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
                 WHERE receipt.agreement_id = agreement.id
                   AND CASE receipt.form
                       WHEN 'file' THEN EXISTS (
                            SELECT FROM public.agreement_document AS document
                             WHERE document.agreement_id = receipt.agreement_id AND document.sha256 = receipt.sha256)
                       ELSE EXISTS (
                            SELECT FROM public.agreement_signature AS paper
                              JOIN public.exhibit AS scan ON scan.id = paper.exhibit_id
                             WHERE paper.agreement_id = receipt.agreement_id
                               AND paper.party = receipt.party
                               AND scan.sha256 = receipt.sha256) END) <> 2
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
