-- Certificates with their issuers for which revocation data is kept fresh.
-- Read by kanta_tenancy/trust/store/watched.py; rows are kanta_tenancy.trust.model.Watched unless it says otherwise.

-- name: insert
-- Watch one; no row is written when it is watched already.
INSERT INTO watched_chain (main_connector_id, sha256, certificates, name, since, until)
VALUES (:main_connector_id, :sha256, :certificates, :name, :since, :until)
ON CONFLICT (main_connector_id, sha256) DO NOTHING;

-- name: find
-- One of them.
SELECT sha256, certificates, name, since, until, standing, reason, asked_at
  FROM watched_chain
 WHERE main_connector_id = :main_connector_id
   AND sha256 = :sha256;

-- name: note
-- Write how it stood when it was last asked about.
UPDATE watched_chain
   SET standing = :standing, reason = :reason, asked_at = :asked_at
 WHERE main_connector_id = :main_connector_id
   AND sha256 = :sha256;

-- name: page
-- A page, by fingerprint, after one.
SELECT sha256, certificates, name, since, until, standing, reason, asked_at
  FROM watched_chain
 WHERE main_connector_id = :main_connector_id
   AND sha256 > :after
 ORDER BY sha256
 LIMIT :count;
