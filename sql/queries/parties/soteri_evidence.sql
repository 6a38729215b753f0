-- What was seen of a party in the Soteri register.
-- Read by kanta_tenancy/parties/store/; rows are kanta_tenancy.parties.model.SoteriEvidence.

-- name: insert
-- A look into the register; the caller holds the organisation, so its tenancy cannot begin meanwhile.
INSERT INTO soteri_evidence (id, main_connector_id, tenancy_id, organisation_id, finding, entry_reference, checked_on,
                             checked_by, document_name, document_sha256, recorded_at)
VALUES (:id, :main_connector_id, :tenancy_id, :organisation_id, :finding, :entry_reference, :checked_on,
        :checked_by, :document_name, :document_sha256, :recorded_at)
RETURNING id, organisation_id, tenancy_id, finding, entry_reference, checked_on, checked_by, document_name,
          document_sha256, recorded_at, withdrawn_at, withdrawal_reason;

-- name: find_for_update
-- One piece of an organisation's evidence, held until the transaction ends.
SELECT id, organisation_id, tenancy_id, finding, entry_reference, checked_on, checked_by, document_name,
       document_sha256, recorded_at, withdrawn_at, withdrawal_reason
  FROM soteri_evidence
 WHERE main_connector_id = :main_connector_id
   AND organisation_id = :organisation_id
   AND id = :id
   FOR UPDATE;

-- name: find_of_organisations
-- All evidence of these organisations.
SELECT id, organisation_id, tenancy_id, finding, entry_reference, checked_on, checked_by, document_name,
       document_sha256, recorded_at, withdrawn_at, withdrawal_reason
  FROM soteri_evidence
 WHERE main_connector_id = :main_connector_id
   AND organisation_id = ANY(:organisation_ids::uuid[])
 ORDER BY id;

-- name: page
-- An organisation's evidence after one piece of it, in the order in which it was recorded.
SELECT id, organisation_id, tenancy_id, finding, entry_reference, checked_on, checked_by, document_name,
       document_sha256, recorded_at, withdrawn_at, withdrawal_reason
  FROM soteri_evidence
 WHERE main_connector_id = :main_connector_id
   AND organisation_id = :organisation_id
   AND id > :after
 ORDER BY main_connector_id, organisation_id, id
 LIMIT :limit;

-- name: withdraw
-- Mark a mistaken piece of evidence; it stays to be read.
UPDATE soteri_evidence
   SET withdrawn_at = :withdrawn_at, withdrawal_reason = :reason
 WHERE main_connector_id = :main_connector_id
   AND organisation_id = :organisation_id
   AND id = :id
   AND withdrawn_at IS NULL
RETURNING id, organisation_id, tenancy_id, finding, entry_reference, checked_on, checked_by, document_name,
          document_sha256, recorded_at, withdrawn_at, withdrawal_reason;
