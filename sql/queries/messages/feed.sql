-- Calendar feeds, without their secrets.
-- Read by kanta_tenancy/messages/store/; rows are kanta_tenancy.messages.model.Feed.

-- name: insert
-- A new feed and the digest of its secret.
INSERT INTO calendar_feed (id, main_connector_id, tenancy_id, contact_id, system_name, name, language, secret_sha256,
                           created_at)
VALUES (:id, :main_connector_id, :tenancy_id, :contact_id, :system_name, :name, :language, :secret_sha256, :at)
RETURNING id, tenancy_id, contact_id, system_name, name, language, version, created_at, closed_at;

-- name: find
-- One feed of the scope.
SELECT id, tenancy_id, contact_id, system_name, name, language, version, created_at, closed_at
  FROM calendar_feed
 WHERE main_connector_id = :main_connector_id
   AND id = :id;

-- name: page
-- The scope's feeds after one of them, in the order in which they were made.
SELECT id, tenancy_id, contact_id, system_name, name, language, version, created_at, closed_at
  FROM calendar_feed
 WHERE main_connector_id = :main_connector_id
   AND id > :after
 ORDER BY main_connector_id, id
 LIMIT :limit;

-- name: close
-- Close a feed for ever.
UPDATE calendar_feed
   SET closed_at = :at, version = version + 1
 WHERE main_connector_id = :main_connector_id
   AND id = :id
   AND version = :version
RETURNING id, tenancy_id, contact_id, system_name, name, language, version, created_at, closed_at;

-- name: look_up
-- Whom an address belongs to, across realms; rows are kanta_tenancy.messages.model.FeedFound.
SELECT id, main_connector_id, tenancy_id, contact_id, system_name, language, name, secret_sha256, closed_at,
       holder_valid
  FROM calendar_feed_find(:id, :on_day);
