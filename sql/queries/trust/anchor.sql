-- Certificates that a main connector trusts, or keeps beside those.
-- Read by kanta_tenancy/trust/store/anchors.py; rows are kanta_tenancy.trust.model.Anchor unless it says otherwise.

-- name: insert
-- Write a newly loaded one; no row comes back when the same certificate is kept for the same purpose. Rows are Version.
INSERT INTO trust_anchor (id, main_connector_id, kind, certificate, sha256, subject, issuer, name, not_before, not_after,
                          authority, loaded_at, loaded_by, version)
VALUES (:id, :main_connector_id, :kind, :certificate, :sha256, :subject, :issuer, :name, :not_before, :not_after,
        :authority, :loaded_at, :loaded_by, :version)
ON CONFLICT (main_connector_id, kind, sha256) WHERE removed_at IS NULL DO NOTHING
RETURNING version;

-- name: kept
-- Which of some certificates are kept for a purpose now.
SELECT id, kind, certificate, sha256, subject, issuer, name, not_before, not_after, authority, loaded_at, loaded_by,
       removed_at, removed_by, removed_because, version
  FROM trust_anchor
 WHERE main_connector_id = :main_connector_id
   AND kind = :kind
   AND sha256 = ANY (:sha256s::text[])
   AND removed_at IS NULL;

-- name: find
-- One of them, removed or not.
SELECT id, kind, certificate, sha256, subject, issuer, name, not_before, not_after, authority, loaded_at, loaded_by,
       removed_at, removed_by, removed_because, version
  FROM trust_anchor
 WHERE id = :anchor_id;

-- name: take
-- The same, held until the transaction ends.
SELECT id, kind, certificate, sha256, subject, issuer, name, not_before, not_after, authority, loaded_at, loaded_by,
       removed_at, removed_by, removed_because, version
  FROM trust_anchor
 WHERE id = :anchor_id
   FOR UPDATE;

-- name: remove
-- Write when, by whom and why one was removed, over the version that it was computed from. Rows are Version.
UPDATE trust_anchor
   SET removed_at = :removed_at, removed_by = :removed_by, removed_because = :removed_because,
       kept_until = :removed_at, version = :version
 WHERE id = :anchor_id
   AND version = :version - 1
RETURNING version;

-- name: at
-- Those that were kept at an instant, the first loaded first.
SELECT id, kind, certificate, sha256, subject, issuer, name, not_before, not_after, authority, loaded_at, loaded_by,
       removed_at, removed_by, removed_because, version
  FROM trust_anchor
 WHERE main_connector_id = :main_connector_id
   AND kept_until > :at
   AND loaded_at <= :at
 ORDER BY id;

-- name: page
-- A page, newest first, after an identifier: of some kinds, those of an instant or, when it is null, all there ever were.
SELECT id, kind, certificate, sha256, subject, issuer, name, not_before, not_after, authority, loaded_at, loaded_by,
       removed_at, removed_by, removed_because, version
  FROM trust_anchor
 WHERE main_connector_id = :main_connector_id
   AND id < :before
   AND kind = ANY (:kinds::text[])
   AND (:at::timestamptz IS NULL OR (loaded_at <= :at AND kept_until > :at))
 ORDER BY id DESC
 LIMIT :count;
