-- Agreements between a main connector and its tenants.
-- Read by kanta_tenancy/agreements/store/agreements.py; rows are kanta_tenancy.agreements.model.Agreement unless it
-- says otherwise.

-- name: insert
-- Write a new draft, unless its reference is taken; no row comes back.
INSERT INTO agreement (id, main_connector_id, tenancy_id, reference, status, version, language, model, model_version,
                       services, registers, originals, signatories, created_at, amends, effective_on)
VALUES (:id, :main_connector_id, :tenancy_id, :reference, :status, :version, :language, :model, :model_version,
        :services, :registers, :originals, :signatories, :created_at, :amends, :effective_on)
ON CONFLICT ON CONSTRAINT agreement_reference DO NOTHING;

-- name: find
-- One agreement with its signatures, oldest first.
SELECT id, tenancy_id, reference, status, version, language, model, model_version, services, registers, originals,
       signatories, created_at, offered_at, content_sha256, in_force_on, ended_at, withdrawn_because, origin, form,
       exhibit_id, amends, effective_on, in_force_from, in_force_until, end_ground, end_source,
       end_explanation,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'party', party, 'position', position, 'signed_at', signed_at, 'claimed_at', claimed_at,
                   'certificate_sha256', certificate_sha256, 'certificate_subject', certificate_subject,
                   'manner', manner, 'mandate_id', mandate_id, 'level', level, 'level_wanted', level_wanted,
                   'judged', CASE WHEN indication IS NOT NULL THEN jsonb_build_object(
                       'indication', indication, 'sub_indication', sub_indication, 'trust', trust,
                       'revocation', revocation) END,
                   'paper', CASE manner WHEN 'paper' THEN jsonb_build_object(
                       'signed_on', signed_on, 'received_on', received_on, 'received_by', received_by,
                       'put_down_by', put_down_by, 'exhibit_id', signature.exhibit_id,
                       'later_scans',
                       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                                   'exhibit_id', scan.exhibit_id, 'because', scan.because, 'at', scan.at,
                                   'put_down_by', scan.put_down_by)
                                   ORDER BY scan.number), '[]')
                          FROM later_scan AS scan
                         WHERE scan.agreement_id = signature.agreement_id
                           AND scan.party = signature.party
                           AND scan.position = signature.position)) END)
                   ORDER BY number), '[]')
          FROM agreement_signature AS signature
         WHERE agreement_id = agreement.id) AS signatures,
       coalesce((SELECT revision
                   FROM agreement_document AS document
                  WHERE document.agreement_id = agreement.id
                  ORDER BY document.signatures DESC, document.revision DESC
                  LIMIT 1), 0) AS revision
  FROM agreement
 WHERE id = :agreement_id;

-- name: lock
-- Hold one agreement until the transaction ends and say at which version it is; rows are Version.
SELECT version
  FROM agreement
 WHERE id = :agreement_id
   FOR UPDATE;

-- name: save_draft
-- Write what a draft says now over the version that it was computed from; no row means a lost update. Rows are Version.
UPDATE agreement
   SET version = :version, language = :language, model = :model, model_version = :model_version,
       services = :services, registers = :registers, signatories = :signatories, effective_on = :effective_on
 WHERE id = :agreement_id
   AND version = :version - 1
RETURNING version;

-- name: save_offer
-- Freeze the content that is offered; no row means a lost update. Rows are Version.
UPDATE agreement
   SET status = :status, version = :version, signatories = :signatories, offered_at = :offered_at,
       content = :content, content_sha256 = :content_sha256
 WHERE id = :agreement_id
   AND version = :version - 1
RETURNING version;

-- name: save_move
-- Write a later state over the version that it was computed from; no row means a lost update. Rows are Version.
UPDATE agreement
   SET status = :status, version = :version, in_force_on = :in_force_on, ended_at = :ended_at,
       withdrawn_because = :withdrawn_because, in_force_from = :in_force_from, in_force_until = :in_force_until,
       end_ground = :end_ground, end_source = :end_source, end_explanation = :end_explanation
 WHERE id = :agreement_id
   AND version = :version - 1
RETURNING version;

-- name: newest
-- A page of the realm's agreements, newest first, after an identifier; rows are Summary. The longest page is written
-- out so that one plan serves every page: not knowing how long it may be, PostgreSQL would plan each page anew.
SELECT id, tenancy_id, reference, status, version, language, created_at, offered_at, in_force_on, amends, origin,
       in_force_until
  FROM (SELECT id, tenancy_id, reference, status, version, language, created_at, offered_at, in_force_on, amends,
               origin, in_force_until
          FROM agreement
         WHERE main_connector_id = :main_connector_id
           AND id < :before
         ORDER BY id DESC
         LIMIT 201) AS page
 ORDER BY id DESC
 LIMIT :count;

-- name: newest_of_tenancy
-- The same for one tenancy; rows are Summary.
SELECT id, tenancy_id, reference, status, version, language, created_at, offered_at, in_force_on, amends, origin,
       in_force_until
  FROM (SELECT id, tenancy_id, reference, status, version, language, created_at, offered_at, in_force_on, amends,
               origin, in_force_until
          FROM agreement
         WHERE main_connector_id = :main_connector_id
           AND tenancy_id = :tenancy_id
           AND id < :before
         ORDER BY id DESC
         LIMIT 201) AS page
 ORDER BY id DESC
 LIMIT :count;
