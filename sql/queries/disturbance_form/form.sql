-- Links to the form for people, without their secrets, and what was sent through them.
-- Read by kanta_tenancy/disturbances/form/store.py; rows are kanta_tenancy.disturbances.form.model.

-- name: insert_link
-- A new link and the digest of its secret.
INSERT INTO disturbance_form_link (id, main_connector_id, tenancy_id, name, secret_sha256, made_by, made_at, version)
VALUES (:id, :main_connector_id, :tenancy_id, :name, :secret_sha256, :made_by, :made_at, 1)
RETURNING id, tenancy_id, name, made_by, made_at, revoked_by, revoked_at, version;

-- name: find
-- One link of the scope.
SELECT id, tenancy_id, name, made_by, made_at, revoked_by, revoked_at, version
  FROM disturbance_form_link
 WHERE main_connector_id = :main_connector_id
   AND id = :link_id;

-- name: page
-- The scope's links after one of them, revoked ones too, in the order in which they were made.
SELECT id, tenancy_id, name, made_by, made_at, revoked_by, revoked_at, version
  FROM disturbance_form_link
 WHERE main_connector_id = :main_connector_id
   AND id > :after
 ORDER BY main_connector_id, id
 LIMIT :count;

-- name: revoke
-- Close a link for ever, from the version that was seen.
UPDATE disturbance_form_link
   SET revoked_at = :at, revoked_by = :revoked_by, version = version + 1
 WHERE main_connector_id = :main_connector_id
   AND id = :link_id
   AND version = :version
RETURNING id, tenancy_id, name, made_by, made_at, revoked_by, revoked_at, version;

-- name: look_up
-- Whose people a link is for, across realms.
SELECT id, main_connector_id, tenancy_id
  FROM disturbance_form_link_find(:secret_sha256);

-- name: hold
-- Let what was sent from one opened form be worked on one after the other.
SELECT pg_advisory_xact_lock(uuid_hash_extended(:token, 27));

-- name: sent_with
-- What was sent from one opened form before, newest first.
SELECT content_sha256, disturbance_id, report_id, sent_at
  FROM disturbance_form_sending
 WHERE main_connector_id = :main_connector_id
   AND link_id = :link_id
   AND token = :token
 ORDER BY sent_at DESC
 LIMIT :count;

-- name: insert_sending
-- What became of what was sent.
INSERT INTO disturbance_form_sending (main_connector_id, tenancy_id, link_id, token, content_sha256, disturbance_id,
                                      report_id, sent_at)
VALUES (:main_connector_id, :tenancy_id, :link_id, :token, :content_sha256, :disturbance_id, :report_id, :at);

-- name: sent_as
-- A report that came through a link.
SELECT content_sha256, disturbance_id, report_id, sent_at
  FROM disturbance_form_sending
 WHERE main_connector_id = :main_connector_id
   AND link_id = :link_id
   AND report_id = :report_id
 ORDER BY sent_at
 LIMIT 1;
