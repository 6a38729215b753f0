-- why:   the level that each signature has reached and how it was judged, and revisions of documents whose signatures were
--        brought to a higher level (docs/capabilities/agreements.md)
-- locks: agreement_signature and agreement_document, while their rows are looked through once
SET LOCAL lock_timeout = '3s';

-- A digital signature has a level; what was judged when it was accepted stays.
ALTER TABLE agreement_signature
    ADD COLUMN level          text CHECK (level IN ('B', 'T', 'LT')),
    ADD COLUMN level_wanted   text CHECK (level_wanted IN ('B', 'T', 'LT')),   -- above the level: the rest is owed
    ADD COLUMN indication     text,    -- ETSI EN 319 102-1
    ADD COLUMN sub_indication text,
    ADD COLUMN trust          text CHECK (trust IN ('passed', 'unknown')),
    ADD COLUMN revocation     text CHECK (revocation IN ('passed', 'unknown')),
    ADD CONSTRAINT agreement_signature_is_judged_whole CHECK (num_nonnulls(indication, trust, revocation) IN (0, 3)),
    ADD CONSTRAINT agreement_signature_on_paper_has_no_level
        CHECK (manner = 'digital' OR num_nonnulls(level, level_wanted, indication) = 0);
-- Until now the service added nothing to what a signer handed in.
UPDATE agreement_signature SET level = 'B' WHERE manner = 'digital';
ALTER TABLE agreement_signature
    ADD CONSTRAINT agreement_signature_digital_has_its_level CHECK (manner = 'paper' OR level IS NOT NULL);
CREATE INDEX agreement_signature_owed ON agreement_signature (main_connector_id, agreement_id, party, position)
    WHERE level = 'B' AND level_wanted IN ('T', 'LT') OR level = 'T' AND level_wanted = 'LT';

CREATE FUNCTION agreement_signature_refuse_to_sink() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'the level of a signature of agreement % does not sink', OLD.agreement_id
        USING CONSTRAINT = 'agreement_signature_level_rises';
END
$$;
CREATE TRIGGER agreement_signature_level_rises BEFORE UPDATE ON agreement_signature FOR EACH ROW
    WHEN (array_position(ARRAY['B', 'T', 'LT'], NEW.level) < array_position(ARRAY['B', 'T', 'LT'], OLD.level))
    EXECUTE FUNCTION agreement_signature_refuse_to_sink();

-- A document with so many signatures has a later revision for each of them that was brought to a higher level.
ALTER TABLE agreement_document
    ADD COLUMN revision smallint NOT NULL DEFAULT 0 CHECK (revision >= 0),
    DROP CONSTRAINT agreement_document_pkey,
    ADD PRIMARY KEY (agreement_id, signatures, revision);

-- Only the service itself raises a level, for the main connector.
CREATE POLICY scope_of_levels ON agreement_signature AS RESTRICTIVE FOR UPDATE
    USING ((SELECT scope_is_whole_realm()));
CREATE POLICY scope_of_revisions ON agreement_document AS RESTRICTIVE FOR INSERT
    WITH CHECK (revision = 0 OR (SELECT scope_is_whole_realm()));

GRANT UPDATE (level, level_wanted) ON agreement_signature TO kanta_service;
