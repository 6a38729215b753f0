-- What authorities last said of certificates.
-- Read by kanta_tenancy/certificates/chains/store/revocation.py; rows are
-- kanta_tenancy.certificates.chains.model.Revocation unless it says otherwise.

-- name: of
-- What was last said of these certificates.
SELECT certificate_id, status, since, because, revoked_at, asked_at, produced_at, next_at
  FROM certificate_revocation
 WHERE main_connector_id = :main_connector_id
   AND certificate_id = ANY (:ids::uuid[]);

-- name: put
-- Write what is said of a certificate now; no row comes back.
INSERT INTO certificate_revocation (certificate_id, main_connector_id, status, since, because, revoked_at, asked_at,
                                    produced_at, next_at)
VALUES (:certificate_id, :main_connector_id, :status, :since, :because, :revoked_at, :asked_at, :produced_at, :next_at)
    ON CONFLICT (certificate_id)
    DO UPDATE SET status = excluded.status, since = excluded.since, because = excluded.because,
                  revoked_at = excluded.revoked_at, asked_at = excluded.asked_at, produced_at = excluded.produced_at,
                  next_at = excluded.next_at;

-- name: pair
-- A certificate and the one of its issuer, whose authority is to be asked; rows are Pair.
SELECT one.id, one.sha256, one.subject, one.common_name, one.content, one.not_after, one.state,
       issuer.content AS issuer
  FROM certificate AS one
  LEFT JOIN certificate AS issuer
    ON issuer.main_connector_id = one.main_connector_id
   AND issuer.sha256 = one.issuer_sha256
   AND issuer.id <> one.id
 WHERE one.main_connector_id = :main_connector_id
   AND one.id = :certificate_id;

-- name: expected
-- A page of the certificates about which an authority is to be asked, in the order of their ids: those whose issuer is
-- here, and that have not expired; rows are Asked.
SELECT id, not_after
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND id > :after
   AND issuer_sha256 IS NOT NULL
   AND issuer_sha256 <> sha256
   AND not_after >= :at
 ORDER BY id
 LIMIT :count;
