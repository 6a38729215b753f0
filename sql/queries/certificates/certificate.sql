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

-- name: page
-- A page of the certificates in a state that end before an instant, by their end.
SELECT id, tenancy_id, sha256, kind, profile, purpose, responsible_id, deputy_id, unreadable, subject, issuer, subject_sha256,
       issuer_name_sha256, serial, common_name, not_before, not_after, third_left_at, key, signature_algorithm, authority,
       subject_key_id, issuer_key_id, issuer_sha256, state, state_since, state_because, snoozed_until, snoozed_because,
       version, first_seen_at
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND state = :state
   AND not_after < :before
   AND (not_after, id) > (:after_end, :after_id)
 ORDER BY not_after, id
 LIMIT :count;

-- name: page_unreadable
-- A page of the certificates in a state that cannot be read, in the order in which they came.
SELECT id, tenancy_id, sha256, kind, profile, purpose, responsible_id, deputy_id, unreadable, subject, issuer, subject_sha256,
       issuer_name_sha256, serial, common_name, not_before, not_after, third_left_at, key, signature_algorithm, authority,
       subject_key_id, issuer_key_id, issuer_sha256, state, state_since, state_because, snoozed_until, snoozed_because,
       version, first_seen_at
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND state = :state
   AND not_after IS NULL
   AND id > :after_id
 ORDER BY not_after, id    -- as the index has them, or all would be looked at in the order of their ids
 LIMIT :count;

-- name: page_of_kind
-- A page of the certificates of a kind, in a state, that end before an instant, by their end.
SELECT id, tenancy_id, sha256, kind, profile, purpose, responsible_id, deputy_id, unreadable, subject, issuer, subject_sha256,
       issuer_name_sha256, serial, common_name, not_before, not_after, third_left_at, key, signature_algorithm, authority,
       subject_key_id, issuer_key_id, issuer_sha256, state, state_since, state_because, snoozed_until, snoozed_because,
       version, first_seen_at
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND state = :state
   AND kind = :kind
   AND not_after < :before
   AND (not_after, id) > (:after_end, :after_id)
 ORDER BY not_after, id
 LIMIT :count;

-- name: page_of_kind_unreadable
-- A page of the certificates of a kind, in a state, that cannot be read, in the order in which they came.
SELECT id, tenancy_id, sha256, kind, profile, purpose, responsible_id, deputy_id, unreadable, subject, issuer, subject_sha256,
       issuer_name_sha256, serial, common_name, not_before, not_after, third_left_at, key, signature_algorithm, authority,
       subject_key_id, issuer_key_id, issuer_sha256, state, state_since, state_because, snoozed_until, snoozed_because,
       version, first_seen_at
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND state = :state
   AND kind = :kind
   AND not_after IS NULL
   AND id > :after_id
 ORDER BY not_after, id    -- as the index has them, or all would be looked at in the order of their ids
 LIMIT :count;

-- name: page_of_responsible
-- A page of the certificates that a person answers for, by their end; those that cannot be read last.
SELECT id, tenancy_id, sha256, kind, profile, purpose, responsible_id, deputy_id, unreadable, subject, issuer, subject_sha256,
       issuer_name_sha256, serial, common_name, not_before, not_after, third_left_at, key, signature_algorithm, authority,
       subject_key_id, issuer_key_id, issuer_sha256, state, state_since, state_because, snoozed_until, snoozed_because,
       version, first_seen_at
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND responsible_id = :responsible_id
   AND state = :state
   AND (:kind::text IS NULL OR kind = :kind)
   AND (:before::timestamptz IS NULL OR not_after < :before)
   AND (coalesce(not_after, '9999-12-31 23:59:59.5+00'), id) > (:after_end, :after_id)
 ORDER BY not_after, id
 LIMIT :count;

-- name: page_of_tenancy
-- A page of a tenancy's certificates, by their end; those that cannot be read last.
SELECT id, tenancy_id, sha256, kind, profile, purpose, responsible_id, deputy_id, unreadable, subject, issuer, subject_sha256,
       issuer_name_sha256, serial, common_name, not_before, not_after, third_left_at, key, signature_algorithm, authority,
       subject_key_id, issuer_key_id, issuer_sha256, state, state_since, state_because, snoozed_until, snoozed_because,
       version, first_seen_at
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND tenancy_id = :tenancy_id
   AND state = :state
   AND (:kind::text IS NULL OR kind = :kind)
   AND (:before::timestamptz IS NULL OR not_after < :before)
   AND (coalesce(not_after, '9999-12-31 23:59:59.5+00'), id) > (:after_end, :after_id)
 ORDER BY not_after, id
 LIMIT :count;

-- name: page_of_system
-- A page of the certificates that are used on a system on a day or later, by their end; those that cannot be read last.
SELECT id, tenancy_id, sha256, kind, profile, purpose, responsible_id, deputy_id, unreadable, subject, issuer, subject_sha256,
       issuer_name_sha256, serial, common_name, not_before, not_after, third_left_at, key, signature_algorithm, authority,
       subject_key_id, issuer_key_id, issuer_sha256, state, state_since, state_because, snoozed_until, snoozed_because,
       version, first_seen_at
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND id = ANY (ARRAY (SELECT certificate_id
                          FROM certificate_use
                         WHERE main_connector_id = :main_connector_id
                           AND system_id = :system_id
                           AND (until IS NULL OR until > :day)))
   AND state = :state
   AND (:kind::text IS NULL OR kind = :kind)
   AND (:before::timestamptz IS NULL OR not_after < :before)
   AND (coalesce(not_after, '9999-12-31 23:59:59.5+00'), id) > (:after_end, :after_id)
 ORDER BY not_after, id
 LIMIT :count;
