-- Certificates of the inventory.
-- Read by kanta_tenancy/certificates/inventory/store/certificates.py; rows are
-- kanta_tenancy.certificates.inventory.model.Certificate unless it says otherwise.

-- name: known
-- Which of these certificates a realm has already; rows are Known.
SELECT certificate.id, asked.sha256
  FROM unnest(:sha256s::text[]) AS asked (sha256)
  JOIN certificate
    ON certificate.main_connector_id = :main_connector_id AND certificate.sha256 = asked.sha256;

-- name: take_in
-- Write certificates that a realm may not have yet; those that it did not have come back. Rows are Known.
INSERT INTO certificate (id, main_connector_id, tenancy_id, content, sha256, kind, profile, unreadable, subject, issuer,
                         subject_sha256, issuer_name_sha256, serial, common_name, not_before, not_after, third_left_at,
                         key, signature_algorithm, authority, subject_key_id, issuer_key_id, seen, state, state_since,
                         version, first_seen_at)
SELECT new.id, :main_connector_id, :tenancy_id, new.content, new.sha256, new.kind, new.profile, new.unreadable, new.subject,
       new.issuer, new.subject_sha256, new.issuer_name_sha256, new.serial, new.common_name, new.not_before,
       new.not_after, new.third_left_at, new.key, new.signature_algorithm, new.authority, new.subject_key_id,
       new.issuer_key_id, new.seen::jsonb, 'in_use', :at, 1, :at
  FROM unnest(:ids::uuid[], :contents::bytea[], :sha256s::text[], :kinds::text[], :profiles::text[],
              :unreadables::text[], :subjects::text[], :issuers::text[], :subject_sha256s::text[],
              :issuer_name_sha256s::text[], :serials::text[], :common_names::text[], :not_befores::timestamptz[],
              :not_afters::timestamptz[], :thirds_left_at::timestamptz[], :keys::text[],
              :signature_algorithms::text[], :authorities::boolean[], :subject_key_ids::text[],
              :issuer_key_ids::text[], :seens::text[])
    AS new (id, content, sha256, kind, profile, unreadable, subject, issuer, subject_sha256, issuer_name_sha256, serial,
            common_name, not_before, not_after, third_left_at, key, signature_algorithm, authority, subject_key_id,
            issuer_key_id, seen)
    ON CONFLICT (main_connector_id, sha256) DO NOTHING
RETURNING id, sha256;

-- name: find
-- One certificate.
SELECT id, tenancy_id, sha256, kind, profile, purpose, responsible_id, deputy_id, unreadable, subject, issuer, subject_sha256,
       issuer_name_sha256, serial, common_name, not_before, not_after, third_left_at, key, signature_algorithm, authority,
       subject_key_id, issuer_key_id, issuer_sha256, state, state_since, state_because, snoozed_until, snoozed_because,
       version, first_seen_at
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND id = :certificate_id;

-- name: find_many
-- These certificates, those that the scope has, in no order.
SELECT id, tenancy_id, sha256, kind, profile, purpose, responsible_id, deputy_id, unreadable, subject, issuer, subject_sha256,
       issuer_name_sha256, serial, common_name, not_before, not_after, third_left_at, key, signature_algorithm, authority,
       subject_key_id, issuer_key_id, issuer_sha256, state, state_since, state_because, snoozed_until, snoozed_because,
       version, first_seen_at
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND id = ANY (:certificate_ids::uuid[]);

-- name: seen
-- All that was read of one certificate; rows are SeenRow.
SELECT unreadable, seen
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND id = :certificate_id;

-- name: contents
-- The bytes of these certificates, in no order; rows are Content.
SELECT id, content
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND id = ANY (:certificate_ids::uuid[]);

-- name: lock
-- Hold one certificate until the transaction ends, and read it.
SELECT id, tenancy_id, sha256, kind, profile, purpose, responsible_id, deputy_id, unreadable, subject, issuer, subject_sha256,
       issuer_name_sha256, serial, common_name, not_before, not_after, third_left_at, key, signature_algorithm, authority,
       subject_key_id, issuer_key_id, issuer_sha256, state, state_since, state_because, snoozed_until, snoozed_because,
       version, first_seen_at
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND id = :certificate_id
   FOR UPDATE;

-- name: save
-- Write a later state over the version that it was computed from; no row means a lost update. Rows are Version.
UPDATE certificate
   SET tenancy_id = :tenancy_id, kind = :kind, profile = :profile, purpose = :purpose, responsible_id = :responsible_id,
       deputy_id = :deputy_id, state = :state, state_since = :state_since, state_because = :state_because,
       snoozed_until = :snoozed_until, snoozed_because = :snoozed_because, version = :version
 WHERE main_connector_id = :main_connector_id
   AND id = :certificate_id
   AND version = :version - 1
RETURNING version;
