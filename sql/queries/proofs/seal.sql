-- Seals on the manifests of proof bundles: added once, never changed.
-- Read by kanta_tenancy/proofs/store.py.

-- name: insert
-- Keep the seal on a manifest, unless somebody else was first; no row comes back.
INSERT INTO proof_seal (agreement_id, manifest_sha256, main_connector_id, tenancy_id, seal, sealed_at)
VALUES (:agreement_id, :manifest_sha256, :main_connector_id, :tenancy_id, :seal, :sealed_at)
ON CONFLICT (agreement_id, manifest_sha256) DO NOTHING;

-- name: find
-- The seal on a manifest; rows are KeptSeal.
SELECT seal
  FROM proof_seal
 WHERE agreement_id = :agreement_id
   AND manifest_sha256 = :manifest_sha256;
