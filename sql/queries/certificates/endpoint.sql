-- Servers that are asked for their certificates, and what the inventory knows of what they serve.
-- Read by kanta_tenancy/certificates/watching/store/endpoints.py; rows are
-- kanta_tenancy.certificates.watching.model.WatchedEndpoint unless it says otherwise.

-- name: insert
-- Write a server that is to be watched; no row comes back.
INSERT INTO certificate_endpoint (id, main_connector_id, host, port, server_name, start_tls, probe_every_hours,
                                  expected_id, system_id, version, created_at)
VALUES (:id, :main_connector_id, :host, :port, :server_name, :start_tls, :probe_every_hours, :expected_id, :system_id,
        :version, :created_at);

-- name: find
-- One of them.
SELECT id, host, port, server_name, start_tls, probe_every_hours, expected_id, system_id, version, created_at, probed_at,
       served_at, failing_since, ended_at, ended_because
  FROM certificate_endpoint
 WHERE main_connector_id = :main_connector_id
   AND id = :endpoint_id;

-- name: hold
-- The same, held until the transaction ends.
SELECT id, host, port, server_name, start_tls, probe_every_hours, expected_id, system_id, version, created_at, probed_at,
       served_at, failing_since, ended_at, ended_because
  FROM certificate_endpoint
 WHERE main_connector_id = :main_connector_id
   AND id = :endpoint_id
   FOR UPDATE;

-- name: save
-- Write a later state of one; no row comes back.
UPDATE certificate_endpoint
   SET probe_every_hours = :probe_every_hours, expected_id = :expected_id, system_id = :system_id, probed_at = :probed_at,
       served_at = :served_at, failing_since = :failing_since, ended_at = :ended_at, ended_because = :ended_because,
       version = :version
 WHERE main_connector_id = :main_connector_id
   AND id = :id;

-- name: watched
-- A page of those that are watched, newest first. The longest page is written out so that one plan serves every page.
SELECT id, host, port, server_name, start_tls, probe_every_hours, expected_id, system_id, version, created_at, probed_at,
       served_at, failing_since, ended_at, ended_because
  FROM (SELECT id, host, port, server_name, start_tls, probe_every_hours, expected_id, system_id, version, created_at,
               probed_at, served_at, failing_since, ended_at, ended_because
          FROM certificate_endpoint
         WHERE main_connector_id = :main_connector_id
           AND id < :before
           AND ended_at IS NULL
           AND (:system_id::uuid IS NULL OR system_id = :system_id)
         ORDER BY id DESC
         LIMIT 201) AS page
 ORDER BY id DESC
 LIMIT :count;

-- name: every
-- The same, with those that are watched no longer.
SELECT id, host, port, server_name, start_tls, probe_every_hours, expected_id, system_id, version, created_at, probed_at,
       served_at, failing_since, ended_at, ended_because
  FROM (SELECT id, host, port, server_name, start_tls, probe_every_hours, expected_id, system_id, version, created_at,
               probed_at, served_at, failing_since, ended_at, ended_because
          FROM certificate_endpoint
         WHERE main_connector_id = :main_connector_id
           AND id < :before
           AND (:system_id::uuid IS NULL OR system_id = :system_id)
         ORDER BY id DESC
         LIMIT 201) AS page
 ORDER BY id DESC
 LIMIT :count;

-- name: expected
-- The certificates in use that a server should serve: the one that somebody said, else those that are used at its
-- address on a day; and whatever replaced them. Rows are Expected.
WITH RECURSIVE said AS (
    SELECT id
      FROM certificate
     WHERE main_connector_id = :main_connector_id
       AND id = :expected_id
    UNION
    SELECT certificate_id
      FROM certificate_use
     WHERE main_connector_id = :main_connector_id
       AND :expected_id::uuid IS NULL
       AND host = ANY (:hosts::text[])
       AND since <= :day
       AND (until IS NULL OR until > :day)
), wanted AS (
    SELECT id FROM said
    UNION
    SELECT replacement.successor_id
      FROM wanted
     CROSS JOIN LATERAL (
           SELECT successor_id
             FROM certificate_replacement
            WHERE main_connector_id = :main_connector_id
              AND replaced_id = wanted.id
            LIMIT 1) AS replacement
)
SELECT certificate.id, certificate.sha256
  FROM wanted
 CROSS JOIN LATERAL (
       SELECT id, sha256, state, not_before
         FROM certificate
        WHERE main_connector_id = :main_connector_id
          AND certificate.id = wanted.id
        LIMIT 1) AS certificate
 WHERE certificate.state = 'in_use'
 ORDER BY certificate.not_before DESC NULLS LAST, certificate.id;

-- name: issuers
-- The certificates of authorities by these names; rows are Issuer. A stranger can serve any number of one name.
SELECT content, issuer_name_sha256 = subject_sha256 AS root
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND authority
   AND subject_sha256 = ANY (:names::text[])
   AND issuer_name_sha256 IS NOT NULL
 ORDER BY not_after DESC
 LIMIT 50;
