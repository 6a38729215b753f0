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

-- name: insert_findings
-- Write of which findings digests tell.
INSERT INTO certificate_digest_finding (main_connector_id, digest_id, finding_id)
SELECT :main_connector_id, said.digest_id, said.finding_id
  FROM unnest(:digest_ids::uuid[], :finding_ids::uuid[]) AS said (digest_id, finding_id);

-- name: issued
-- How many certificates in use were issued by authorities, by the SHA-256 of theirs; rows are Issued.
SELECT issuer_sha256 AS sha256, count(*) AS certificates
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND issuer_sha256 = ANY (:sha256s::text[])
   AND state = 'in_use'
   AND not_after >= :now
 GROUP BY issuer_sha256;

-- name: find
-- One digest; rows are Digest.
SELECT id, contact_id, certificates, findings, urgent, told_at, acknowledged_at, acknowledged_by, version
  FROM certificate_digest
 WHERE main_connector_id = :main_connector_id
   AND id = :digest_id;

-- name: page
-- A page of digests, newest first; rows are Digest.
SELECT id, contact_id, certificates, findings, urgent, told_at, acknowledged_at, acknowledged_by, version
  FROM certificate_digest
 WHERE main_connector_id = :main_connector_id
   AND id < :before
 ORDER BY id DESC
 LIMIT :count;

-- name: items
-- A page of what a digest tells of, by certificate, with what became of each; rows are Item.
SELECT item.certificate_id, item.level, warning.due_on, warning.ends_on, warning.state
  FROM (SELECT certificate_id, level
          FROM certificate_digest_item
         WHERE main_connector_id = :main_connector_id
           AND digest_id = :digest_id
           AND certificate_id > :after
         ORDER BY certificate_id
         LIMIT 201) AS item
 CROSS JOIN LATERAL (
       SELECT due_on, ends_on, state
         FROM certificate_warning
        WHERE main_connector_id = :main_connector_id
          AND certificate_id = item.certificate_id
          AND level = item.level
        LIMIT 1) AS warning
 ORDER BY item.certificate_id
 LIMIT :count;

-- name: acknowledge
-- Write that somebody acknowledged a digest, over the version that they saw; rows are Digest.
UPDATE certificate_digest
   SET acknowledged_at = :at, acknowledged_by = :by, version = version + 1
 WHERE main_connector_id = :main_connector_id
   AND id = :digest_id
   AND version = :version
   AND acknowledged_at IS NULL
RETURNING id, contact_id, certificates, findings, urgent, told_at, acknowledged_at, acknowledged_by, version;

-- name: acknowledge_items
-- Close what is open of that of which a digest tells; rows are OneCertificate.
UPDATE certificate_warning
   SET state = 'acknowledged', settled_at = :at, settled_by = :by
  FROM certificate_digest_item AS item
 WHERE item.main_connector_id = :main_connector_id
   AND item.digest_id = :digest_id
   AND certificate_warning.main_connector_id = :main_connector_id
   AND certificate_warning.certificate_id = item.certificate_id
   AND certificate_warning.level = item.level
   AND certificate_warning.state = 'open'
RETURNING certificate_warning.certificate_id AS id;
