-- Digests: what one person was told at a time, and that somebody acknowledged it.
-- Read by kanta_tenancy/certificates/warnings/store/digests.py; what rows are stands with each.

-- name: insert
-- Write digests.
INSERT INTO certificate_digest (id, main_connector_id, contact_id, certificates, findings, urgent, told_at)
SELECT said.id, :main_connector_id, said.contact_id, said.certificates, said.findings, said.urgent, :at
  FROM unnest(:ids::uuid[], :contact_ids::uuid[], :certificates::integer[], :findings::integer[], :urgent::boolean[])
       AS said (id, contact_id, certificates, findings, urgent);

-- name: insert_items
-- Write of which warnings digests tell.
INSERT INTO certificate_digest_item (main_connector_id, digest_id, certificate_id, level)
SELECT :main_connector_id, said.digest_id, said.certificate_id, said.level
  FROM unnest(:digest_ids::uuid[], :certificate_ids::uuid[], :levels::smallint[])
       AS said (digest_id, certificate_id, level);

-- name: responsible
-- Who is responsible for certificates; rows are Responsible.
SELECT id, responsible_id
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND id = ANY (:certificate_ids::uuid[]);

-- name: issued
-- How many certificates in use were issued by authorities, by the SHA-256 of theirs; rows are Issued.
SELECT issuer_sha256 AS sha256, count(*) AS certificates
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND issuer_sha256 = ANY (:sha256s::text[])
   AND state = 'in_use'
   AND not_after >= :now
 GROUP BY issuer_sha256;
