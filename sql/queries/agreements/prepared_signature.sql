-- Signatures that were prepared for a key elsewhere.
-- Read by kanta_tenancy/agreements/signing/prepared/store.py; rows are
-- kanta_tenancy.agreements.signing.prepared.model.Prepared unless it says otherwise.

-- name: insert
-- Keep what was handed out to be signed.
INSERT INTO prepared_signature (id, main_connector_id, tenancy_id, agreement_id, party, position, version,
                                document_sha256, certificate_sha256, to_sign, prepared_at, expires_at, completed_at)
VALUES (:id, :main_connector_id, :tenancy_id, :agreement_id, :party, :position, :version, :document_sha256,
        :certificate_sha256, :to_sign, :prepared_at, :expires_at, :completed_at);

-- name: find
-- One of them.
SELECT id, tenancy_id, agreement_id, party, position, version, document_sha256, certificate_sha256, prepared_at,
       expires_at, completed_at
  FROM prepared_signature
 WHERE id = :prepared_id;

-- name: to_sign
-- What was handed out; rows are Octets.
SELECT to_sign
  FROM prepared_signature
 WHERE id = :prepared_id;

-- name: open_ones
-- Those of an agreement that can be completed at an instant, newest first.
SELECT id, tenancy_id, agreement_id, party, position, version, document_sha256, certificate_sha256, prepared_at,
       expires_at, completed_at
  FROM prepared_signature
 WHERE main_connector_id = :main_connector_id
   AND agreement_id = :agreement_id
   AND version = :version
   AND completed_at IS NULL
   AND expires_at > :at
   AND id < :before
 ORDER BY id DESC
 LIMIT :count;

-- name: complete
-- Mark one as completed, once; rows are Marked.
UPDATE prepared_signature
   SET completed_at = :at
 WHERE id = :prepared_id
   AND completed_at IS NULL
RETURNING completed_at;

-- name: forget_expired
-- Delete those of an agreement that expired without a signature.
DELETE FROM prepared_signature
 WHERE main_connector_id = :main_connector_id
   AND agreement_id = :agreement_id
   AND completed_at IS NULL
   AND expires_at <= :at;
