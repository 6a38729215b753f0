-- Webhook endpoints: who wants to be told of which events, and where.
-- Read by kanta_tenancy/messages/store/; rows are kanta_tenancy.messages.model.Endpoint.

-- name: insert
-- A new endpoint of the scope.
INSERT INTO webhook_endpoint (id, main_connector_id, tenancy_id, url, description, kinds, created_at, secret_key)
VALUES (:id, :main_connector_id, :tenancy_id, :url, :description, :kinds, :at, :secret_key)
RETURNING id, tenancy_id, url, description, kinds, version, created_at, closed_at, closed_because, secret_number,
          secret_key, previous_number, previous_key, previous_until, troubled;

-- name: count_open
-- How many endpoints of one owner are open; the owner's own row is held, so that no other one comes meanwhile.
SELECT count(*) AS open
  FROM webhook_endpoint
 WHERE main_connector_id = :main_connector_id
   AND tenancy_id IS NOT DISTINCT FROM :tenancy_id
   AND closed_at IS NULL;

-- name: one_at_a_time
-- Let only one transaction at a time add endpoints of this owner.
SELECT pg_advisory_xact_lock(uuid_hash_extended(:owner_id, 7));

-- name: find
-- One endpoint of the scope.
SELECT id, tenancy_id, url, description, kinds, version, created_at, closed_at, closed_because, secret_number,
       secret_key, previous_number, previous_key, previous_until, troubled
  FROM webhook_endpoint
 WHERE main_connector_id = :main_connector_id
   AND id = :id;

-- name: find_for_update
-- One endpoint of the scope, held until the transaction ends.
SELECT id, tenancy_id, url, description, kinds, version, created_at, closed_at, closed_because, secret_number,
       secret_key, previous_number, previous_key, previous_until, troubled
  FROM webhook_endpoint
 WHERE main_connector_id = :main_connector_id
   AND id = :id
   FOR UPDATE;

-- name: page
-- The scope's endpoints after one of them, in the order in which they were made.
SELECT id, tenancy_id, url, description, kinds, version, created_at, closed_at, closed_because, secret_number,
       secret_key, previous_number, previous_key, previous_until, troubled
  FROM webhook_endpoint
 WHERE main_connector_id = :main_connector_id
   AND id > :after
 ORDER BY main_connector_id, id
 LIMIT :limit;

-- name: subscribed
-- Which open endpoints want to hear of an event: the main connector's own, and those of the tenant whose it is.
SELECT id, tenancy_id
  FROM webhook_endpoint
 WHERE main_connector_id = :main_connector_id
   AND closed_at IS NULL
   AND kinds @> ARRAY[:kind::text]
   AND (tenancy_id IS NULL OR (tenancy_id = :tenancy_id AND :for_tenant::boolean))
 ORDER BY id;

-- name: save
-- Write a change only over the version that it was computed from; no row means a lost update.
UPDATE webhook_endpoint
   SET url = :url, description = :description, kinds = :kinds, version = :version, closed_at = :closed_at,
       closed_because = :closed_because, secret_number = :secret_number, secret_key = :secret_key,
       previous_number = :previous_number, previous_key = :previous_key, previous_until = :previous_until,
       troubled = :troubled, gone = 0
 WHERE main_connector_id = :main_connector_id
   AND id = :id
   AND version = :version - 1
RETURNING id, tenancy_id, url, description, kinds, version, created_at, closed_at, closed_because, secret_number,
          secret_key, previous_number, previous_key, previous_until, troubled;

-- name: note_answer
-- How an endpoint answered last; how often in a row it said that it is gone.
UPDATE webhook_endpoint
   SET troubled = :troubled, gone = CASE WHEN :gone::boolean THEN gone + 1 ELSE 0 END
 WHERE main_connector_id = :main_connector_id
   AND id = :id
RETURNING gone;
