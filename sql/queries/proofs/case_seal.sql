-- Seals on the manifests of cases: added once, never changed; and where the journal tells of a case.
-- Read by kanta_tenancy/proofs/store.py.

-- name: insert
-- Keep the seal on a manifest, unless somebody else was first; no row comes back.
INSERT INTO case_proof_seal (main_connector_id, tenancy_id, subject, manifest_sha256, seal, sealed_at)
VALUES (:main_connector_id, :tenancy_id, :subject, :manifest_sha256, :seal, :sealed_at)
ON CONFLICT (main_connector_id, holder, subject, manifest_sha256) DO NOTHING;

-- name: find
-- The seal on a manifest; rows are KeptSeal.
SELECT seal
  FROM case_proof_seal
 WHERE main_connector_id = :main_connector_id
   AND holder = :holder
   AND subject = :subject
   AND manifest_sha256 = :manifest_sha256;

-- name: span
-- The first and the last entry of a chain since a time in which one of these ids stands; rows are Span.
SELECT min(sequence) AS first, max(sequence) AS last
  FROM journal_entry
 WHERE chain = :chain
   AND at >= :since
   AND EXISTS (SELECT FROM unnest(:ids::text[]) AS id WHERE strpos(entry, id) > 0);
