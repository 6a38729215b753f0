-- Access keys, without their secrets.
-- Read by kanta_tenancy/parties/store/; rows are kanta_tenancy.parties.model.AccessKey.

-- name: insert
-- A new key and the digest of its secret.
INSERT INTO access_key (id, main_connector_id, tenancy_id, organisation_id, contact_id, system_name, permissions,
                        secret_sha256, created_at, expires_at)
VALUES (:id, :main_connector_id, :tenancy_id, :organisation_id, :contact_id, :system_name, :permissions,
        :secret_sha256, :created_at, :expires_at)
RETURNING id, organisation_id, tenancy_id, contact_id, system_name, permissions, version,
          created_at, expires_at, revoked_at, last_used_hour;

-- name: find
-- One key of the scope.
SELECT id, organisation_id, tenancy_id, contact_id, system_name, permissions, version,
       created_at, expires_at, revoked_at, last_used_hour
  FROM access_key
 WHERE main_connector_id = :main_connector_id
   AND id = :id;

-- name: find_for_update
-- One key of the scope, held until the transaction ends.
SELECT id, organisation_id, tenancy_id, contact_id, system_name, permissions, version,
       created_at, expires_at, revoked_at, last_used_hour
  FROM access_key
 WHERE main_connector_id = :main_connector_id
   AND id = :id
   FOR UPDATE;

-- name: page
-- The scope's keys after one of them, in the order in which they were made.
SELECT id, organisation_id, tenancy_id, contact_id, system_name, permissions, version,
       created_at, expires_at, revoked_at, last_used_hour
  FROM access_key
 WHERE main_connector_id = :main_connector_id
   AND id > :after
 ORDER BY main_connector_id, id
 LIMIT :limit;

-- name: open_of_contact
-- A contact's keys that are neither revoked nor expired.
SELECT id, organisation_id, tenancy_id, contact_id, system_name, permissions, version,
       created_at, expires_at, revoked_at, last_used_hour
  FROM access_key
 WHERE main_connector_id = :main_connector_id
   AND contact_id = :contact_id
   AND revoked_at IS NULL
   AND expires_at > :at;

-- name: revoke
-- Close a key for ever.
UPDATE access_key
   SET revoked_at = :revoked_at, version = :version
 WHERE main_connector_id = :main_connector_id
   AND id = :id
   AND version = :version - 1
RETURNING id, organisation_id, tenancy_id, contact_id, system_name, permissions, version,
          created_at, expires_at, revoked_at, last_used_hour;

-- name: look_up
-- Whom these keys belong to, across realms; rows are kanta_tenancy.parties.model.KeyFound.
SELECT id, main_connector_id, tenancy_id, contact_id, system_name, permissions, secret_sha256, expires_at, revoked_at,
       holder_valid
  FROM access_keys_find(:ids::uuid[], :on_day);

-- name: touch
-- In which hour each key was used last, across realms.
SELECT access_key_touch(:ids::uuid[], :hours::timestamptz[]) AS touched;
