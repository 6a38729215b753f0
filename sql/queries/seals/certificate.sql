-- Certificates of the service's seal: public, added and never changed.
-- Read by kanta_tenancy/seals/store/certificates.py; rows are kanta_tenancy.seals.model.SealCertificate.

-- name: insert
-- Keep one for ever; no row comes back.
INSERT INTO seal_certificate (number, sha256, chain, takes_over_at, succession, predecessor_fate,
                              predecessor_trusted_until, registered_at, registered_by)
VALUES (:number, :sha256, :chain, :takes_over_at, :succession, :predecessor_fate, :predecessor_trusted_until,
        :registered_at, :registered_by);

-- name: every
-- All of them, in the order in which they took over.
SELECT number, sha256, chain, takes_over_at, succession, predecessor_fate, predecessor_trusted_until, registered_at,
       registered_by
  FROM seal_certificate
 ORDER BY number;
