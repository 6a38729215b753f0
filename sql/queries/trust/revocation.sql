-- Revocation lists and OCSP answers that are kept.
-- Read by kanta_tenancy/trust/store/revocation.py; rows are kanta_tenancy.trust.model.Statement unless it says otherwise.

-- name: supersede
-- Say of what an authority said about the same before that there is newer.
UPDATE kept_revocation
   SET superseded_at = greatest(fetched_at, :at::timestamptz)
 WHERE main_connector_id = :main_connector_id
   AND authority_sha256 = :authority_sha256
   AND kind = :kind
   AND about = :about
   AND produced_at < :produced_at
   AND superseded_at = 'infinity';

-- name: insert
-- Keep one, unless the very same or a newer one is kept.
INSERT INTO kept_revocation (id, main_connector_id, kind, content, sha256, authority_sha256, authority, about,
                             produced_at, next_at, fetched_at)
SELECT :id, :main_connector_id, :kind, :content, :sha256, :authority_sha256, :authority, :about,
       :produced_at, :next_at, :at
 WHERE NOT EXISTS (SELECT FROM kept_revocation
                    WHERE main_connector_id = :main_connector_id
                      AND authority_sha256 = :authority_sha256
                      AND kind = :kind
                      AND about = :about
                      AND produced_at > :produced_at
                      AND superseded_at = 'infinity')
ON CONFLICT ON CONSTRAINT kept_revocation_once DO NOTHING;

-- name: at
-- Those that were the newest at an instant.
SELECT kind, content, sha256, authority_sha256, authority, about, produced_at, next_at
  FROM kept_revocation
 WHERE main_connector_id = :main_connector_id
   AND superseded_at > :at
   AND fetched_at <= :at
 ORDER BY id;

-- name: newest_of
-- The newest lists of some authorities, and their newest answers about some certificates.
SELECT kind, content, sha256, authority_sha256, authority, about, produced_at, next_at
  FROM kept_revocation
 WHERE main_connector_id = :main_connector_id
   AND authority_sha256 = ANY (:authorities::text[])
   AND (kind = 'crl' OR about = ANY (:serials::text[]))
   AND superseded_at = 'infinity'
 ORDER BY id;

-- name: forget
-- Delete what some authorities said, when there was newer long ago.
DELETE FROM kept_revocation
 WHERE main_connector_id = :main_connector_id
   AND authority_sha256 = ANY (:authorities::text[])
   AND superseded_at < :older_than;

-- name: page
-- A page of what is known of each, newest first, after an identifier; rows are KeptStatement.
SELECT id, kind, sha256, length(content) AS bytes, authority, about, produced_at, next_at, fetched_at
  FROM kept_revocation
 WHERE main_connector_id = :main_connector_id
   AND id < :before
 ORDER BY id DESC
 LIMIT :count;
