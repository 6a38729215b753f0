-- Certificates as they are examined: issuers, lines of renewals, and what is to be examined when.
-- Read by kanta_tenancy/certificates/chains/store/certificates.py; rows are
-- kanta_tenancy.certificates.chains.model.Subject unless it says otherwise.

-- name: waiting_realms
-- In which realms certificates are to be examined; rows are Waiting.
SELECT main_connector_id FROM certificate_realms_to_examine(:now);

-- name: alone
-- Be the only one who examines in this realm until the transaction ends; false when another one does. Rows are Alone.
SELECT pg_try_advisory_xact_lock(uuid_hash_extended(:main_connector_id, 19)) AS alone;

-- name: become_alone
-- The same, after whoever does now; rows are Alone.
SELECT pg_advisory_xact_lock(uuid_hash_extended(:main_connector_id, 19)) IS NOT NULL AS alone;

-- name: take_waiting
-- Hold some of the certificates that are to be examined, those that nobody else holds.
SELECT id, content, sha256, subject, issuer, common_name, subject_sha256, issuer_name_sha256, issuer_key_id, not_before,
       not_after, authority, profile, state, issuer_sha256, line_sha256, examined_at
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND examine_at <= :now
 ORDER BY examine_at, authority DESC
 LIMIT :count
   FOR NO KEY UPDATE SKIP LOCKED;

-- name: find
-- One certificate.
SELECT id, content, sha256, subject, issuer, common_name, subject_sha256, issuer_name_sha256, issuer_key_id, not_before,
       not_after, authority, profile, state, issuer_sha256, line_sha256, examined_at
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND id = :certificate_id;

-- name: take
-- Hold these certificates, those that the scope has.
SELECT id, content, sha256, subject, issuer, common_name, subject_sha256, issuer_name_sha256, issuer_key_id, not_before,
       not_after, authority, profile, state, issuer_sha256, line_sha256, examined_at
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND id = ANY (:ids::uuid[])
 ORDER BY id
   FOR NO KEY UPDATE;

-- name: authorities_named
-- The authorities of these names, and what was last said of each; rows are Authority.
SELECT one.id, one.sha256, one.content, one.subject, one.common_name, one.subject_sha256, one.subject_key_id,
       one.not_before, one.not_after, one.state, one.issuer_sha256, said.status
  FROM certificate AS one
  LEFT JOIN certificate_revocation AS said
    ON said.main_connector_id = one.main_connector_id AND said.certificate_id = one.id
 WHERE one.main_connector_id = :main_connector_id
   AND one.subject_sha256 = ANY (:names::text[])
   AND one.authority;

-- name: authorities
-- The authorities of these fingerprints, and what was last said of each; rows are Authority.
SELECT one.id, one.sha256, one.content, one.subject, one.common_name, one.subject_sha256, one.subject_key_id,
       one.not_before, one.not_after, one.state, one.issuer_sha256, said.status
  FROM certificate AS one
  LEFT JOIN certificate_revocation AS said
    ON said.main_connector_id = one.main_connector_id AND said.certificate_id = one.id
 WHERE one.main_connector_id = :main_connector_id
   AND one.sha256 = ANY (:sha256s::text[])
   AND one.authority;

-- name: examined
-- Write what an examination found out beside its findings, and when the next is due; no row comes back.
UPDATE certificate
   SET issuer_sha256 = found.issuer_sha256, line_sha256 = found.line_sha256, examined_at = :at,
       examine_at = found.examine_at
  FROM unnest(:ids::uuid[], :issuers::text[], :lines::text[], :next::timestamptz[])
    AS found (id, issuer_sha256, line_sha256, examine_at)
 WHERE certificate.main_connector_id = :main_connector_id
   AND certificate.id = found.id;

-- name: put_off
-- Say that a certificate is to be examined another time; no row comes back.
UPDATE certificate
   SET examine_at = :at
 WHERE main_connector_id = :main_connector_id
   AND id = :id;

-- name: examine_orphans
-- Have those examined again that name these as their issuer and have none; no row comes back.
UPDATE certificate
   SET examine_at = :at
 WHERE main_connector_id = :main_connector_id
   AND issuer_name_sha256 = ANY (:names::text[])
   AND issuer_sha256 IS NULL
   AND examine_at > :at;

-- name: examine_children
-- Have those examined again that these issued; no row comes back.
UPDATE certificate
   SET examine_at = :at
 WHERE main_connector_id = :main_connector_id
   AND issuer_sha256 = ANY (:issuers::text[])
   AND issuer_sha256 <> sha256
   AND state = 'in_use'
   AND examine_at > :at;

-- name: predecessors
-- Of each of these certificates, the last one in use before it that looks as if it was renewed by it; rows are
-- Suggested: of_id is the certificate that was asked about.
SELECT asked.id AS of_id, before.id, before.sha256, before.serial, before.subject, before.common_name,
       before.not_before, before.not_after
  FROM certificate AS asked
 CROSS JOIN LATERAL (
       SELECT one.id, one.sha256, one.serial, one.subject, one.common_name, one.not_before, one.not_after
         FROM certificate AS one
        WHERE one.main_connector_id = :main_connector_id
          AND one.line_sha256 = asked.line_sha256
          AND one.state = 'in_use'
          AND one.not_before < asked.not_before
          AND one.not_after < asked.not_after
        ORDER BY one.not_before DESC
        LIMIT 1) AS before
 WHERE asked.main_connector_id = :main_connector_id
   AND asked.id = ANY (:ids::uuid[]);

-- name: successors
-- Of each of these certificates that are in use, the next one that looks as if it renewed it; rows are Suggested.
SELECT asked.id AS of_id, after.id, after.sha256, after.serial, after.subject, after.common_name, after.not_before,
       after.not_after
  FROM certificate AS asked
 CROSS JOIN LATERAL (
       SELECT one.id, one.sha256, one.serial, one.subject, one.common_name, one.not_before, one.not_after
         FROM certificate AS one
        WHERE one.main_connector_id = :main_connector_id
          AND one.line_sha256 = asked.line_sha256
          AND one.state = 'in_use'
          AND one.not_before > asked.not_before
          AND one.not_after > asked.not_after
        ORDER BY one.not_before
        LIMIT 1) AS after
 WHERE asked.main_connector_id = :main_connector_id
   AND asked.id = ANY (:ids::uuid[])
   AND asked.state = 'in_use';

-- name: chain
-- The way up from a certificate, as far as issuers are in the inventory; rows are ChainRow.
SELECT step, id, own, sha256, subject, issuer, common_name, not_before, not_after, authority, state, issuer_sha256,
       issuer_name_sha256, issuer_key_id, examined_at, status, since, because, revoked_at, asked_at, produced_at, next_at
  FROM certificate_chain(:certificate_id);

-- name: line
-- What a certificate took the place of, and what took its place; rows are Renewed.
SELECT step, id, sha256, serial, subject, common_name, not_before, not_after, state, recorded_at, beside_id
  FROM certificate_line(:certificate_id);
