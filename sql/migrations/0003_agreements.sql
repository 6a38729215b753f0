-- why:   agreements from draft to in force, their documents and signatures (docs/capabilities/agreements.md)
-- locks: none held by a running service (new tables)
SET LOCAL lock_timeout = '3s';

-- A main connector's own template, checked and frozen; ours travel with the program (templates/agreements/).
CREATE TABLE agreement_model (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    name              text        NOT NULL,
    version           text        NOT NULL,
    language          text        NOT NULL CHECK (language IN ('fi', 'sv', 'en')),
    content           bytea       NOT NULL,    -- the DOCX as it was imported
    content_sha256    text        NOT NULL,
    clauses           jsonb       NOT NULL,    -- number, heading and paragraphs, read when it was frozen
    imported_at       timestamptz NOT NULL,
    CONSTRAINT agreement_model_frozen_once UNIQUE (main_connector_id, name, version, language)
);

CREATE TABLE agreement (
    id                uuid        NOT NULL,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid        NOT NULL,
    reference         text        NOT NULL,
    status            text        NOT NULL
                      CHECK (status IN ('draft', 'offered', 'partly_signed', 'in_force', 'withdrawn')),
    version           integer     NOT NULL CHECK (version >= 1),    -- counts changes; guards against lost updates
    language          text        NOT NULL CHECK (language IN ('fi', 'sv', 'en')),
    model             text        NOT NULL,
    model_version     text        NOT NULL,
    services          text[]      NOT NULL,                         -- ticked in Annex 1
    registers         text[]      NOT NULL,
    originals         smallint    NOT NULL CHECK (originals >= 1),
    signatories       jsonb       NOT NULL,
    created_at        timestamptz NOT NULL,
    offered_at        timestamptz,
    content           jsonb,                                        -- all that the offer froze
    content_sha256    text,                                         -- of the document without its signatures
    in_force_on       date,                                         -- Europe/Helsinki
    ended_at          timestamptz,
    withdrawn_because text        CHECK (length(withdrawn_because) BETWEEN 1 AND 200),
    PRIMARY KEY (main_connector_id, id),           -- also the order of the list of a realm
    CONSTRAINT agreement_reference UNIQUE (main_connector_id, reference),
    UNIQUE (main_connector_id, tenancy_id, id),    -- what signatures, documents and receipts belong to; a tenant's list
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    CONSTRAINT agreement_offer_is_whole
        CHECK ((offered_at IS NULL) = (content IS NULL) AND (offered_at IS NULL) = (content_sha256 IS NULL)),
    CONSTRAINT agreement_open_is_offered
        CHECK (status IN ('draft', 'withdrawn') OR offered_at IS NOT NULL),
    CONSTRAINT agreement_draft_is_not_offered CHECK (status <> 'draft' OR offered_at IS NULL),
    CONSTRAINT agreement_in_force_has_its_day CHECK ((status = 'in_force') = (in_force_on IS NOT NULL)),
    CONSTRAINT agreement_withdrawn_has_its_time CHECK ((status = 'withdrawn') = (ended_at IS NOT NULL)
               AND (status = 'withdrawn') = (withdrawn_because IS NOT NULL))
);
-- A tenancy never has two agreements on offer or in force.
CREATE UNIQUE INDEX agreement_one_at_a_time ON agreement (tenancy_id)
    WHERE status IN ('offered', 'partly_signed', 'in_force');

-- A signature that was verified and accepted. The key lets each signatory sign once, whoever else is at it.
CREATE TABLE agreement_signature (
    agreement_id        uuid        NOT NULL,
    party               text        NOT NULL CHECK (party IN ('main_connector', 'tenant')),
    position            smallint    NOT NULL CHECK (position IN (1, 2)),
    number              smallint    NOT NULL,    -- 1 for the first on the document
    main_connector_id   uuid        NOT NULL,
    tenancy_id          uuid        NOT NULL,
    signed_at           timestamptz NOT NULL,    -- when the service accepted it
    claimed_at          timestamptz NOT NULL,    -- what the signature itself says
    certificate_sha256  text        NOT NULL,
    certificate_subject text        NOT NULL,
    CONSTRAINT agreement_signature_once PRIMARY KEY (agreement_id, party, position),
    UNIQUE (agreement_id, number),
    FOREIGN KEY (main_connector_id, tenancy_id, agreement_id) REFERENCES agreement (main_connector_id, tenancy_id, id)
);

-- The document after the offer and after each signature; the newest counts, the earlier ones are evidence.
CREATE TABLE agreement_document (
    agreement_id      uuid        NOT NULL,
    signatures        smallint    NOT NULL CHECK (signatures >= 0),
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid        NOT NULL,
    sha256            text        NOT NULL,
    content           bytea       NOT NULL,
    at                timestamptz NOT NULL,
    PRIMARY KEY (agreement_id, signatures),
    FOREIGN KEY (main_connector_id, tenancy_id, agreement_id) REFERENCES agreement (main_connector_id, tenancy_id, id)
);
-- A DOCX is compressed already.
ALTER TABLE agreement_document ALTER COLUMN content SET STORAGE EXTERNAL;
ALTER TABLE agreement_model ALTER COLUMN content SET STORAGE EXTERNAL;

-- That each party holds an original (clause 21).
CREATE TABLE agreement_receipt (
    agreement_id      uuid        NOT NULL,
    party             text        NOT NULL CHECK (party IN ('main_connector', 'tenant')),
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid        NOT NULL,
    sha256            text        NOT NULL,
    at                timestamptz NOT NULL,
    PRIMARY KEY (agreement_id, party),
    FOREIGN KEY (main_connector_id, tenancy_id, agreement_id) REFERENCES agreement (main_connector_id, tenancy_id, id)
);

-- What was offered is never edited, whatever the program says.
CREATE FUNCTION agreement_refuse_edit() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'agreement % was offered; what it says is frozen', OLD.id USING CONSTRAINT = 'agreement_frozen';
END
$$;
CREATE TRIGGER agreement_frozen BEFORE UPDATE ON agreement FOR EACH ROW
    WHEN (OLD.offered_at IS NOT NULL AND
          (OLD.offered_at, OLD.language, OLD.model, OLD.model_version, OLD.services, OLD.registers, OLD.originals,
           OLD.signatories, OLD.content, OLD.content_sha256)
          IS DISTINCT FROM
          (NEW.offered_at, NEW.language, NEW.model, NEW.model_version, NEW.services, NEW.registers, NEW.originals,
           NEW.signatories, NEW.content, NEW.content_sha256))
    EXECUTE FUNCTION agreement_refuse_edit();

ALTER TABLE agreement_model ENABLE ROW LEVEL SECURITY;
ALTER TABLE agreement ENABLE ROW LEVEL SECURITY;
ALTER TABLE agreement_signature ENABLE ROW LEVEL SECURITY;
ALTER TABLE agreement_document ENABLE ROW LEVEL SECURITY;
ALTER TABLE agreement_receipt ENABLE ROW LEVEL SECURITY;

CREATE POLICY scope ON agreement_model USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
-- A draft is the main connector's own paper: the tenant sees an agreement from the moment that it is offered.
CREATE POLICY scope ON agreement USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR (tenancy_id = (SELECT scope_tenancy()) AND offered_at IS NOT NULL)));
CREATE POLICY scope ON agreement_signature USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON agreement_document USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON agreement_receipt USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));

-- Only the main connector drafts, offers and withdraws; a tenant's scope moves an agreement by signing, for itself.
CREATE POLICY main_connector_adds ON agreement AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY tenant_signs ON agreement AS RESTRICTIVE FOR UPDATE
    USING (true) WITH CHECK ((SELECT scope_is_whole_realm()) OR status IN ('partly_signed', 'in_force'));
CREATE POLICY each_for_itself ON agreement_signature AS RESTRICTIVE FOR INSERT
    WITH CHECK ((party = 'main_connector') = (SELECT scope_is_whole_realm()));

GRANT SELECT, INSERT ON agreement_model, agreement, agreement_signature, agreement_document, agreement_receipt
   TO kanta_service;
GRANT UPDATE (status, version, language, model, model_version, services, registers, signatories, offered_at, content,
              content_sha256, in_force_on, ended_at, withdrawn_because)
   ON agreement TO kanta_service;
