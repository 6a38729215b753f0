-- Orders of certificates.
-- Read by kanta_tenancy/certificates/orders/store.py; rows are
-- kanta_tenancy.certificates.orders.model.CertificateOrder unless it says otherwise.

-- name: insert
-- Write a new order; no row comes back.
INSERT INTO certificate_order (id, main_connector_id, state, profile, ordered_on, purpose, reference, content, public_key,
                               request, replaces_id, old_serial, old_ends_at, old_same_key, version, recorded_at)
VALUES (:id, :main_connector_id, :state, :profile, :ordered_on, :purpose, :reference, :content, :public_key, :request,
        :replaces_id, :old_serial, :old_ends_at, :old_same_key, :version, :recorded_at);

-- name: find
-- One order.
SELECT id, state, profile, ordered_on, purpose, reference, request,
       CASE WHEN replaces_id IS NOT NULL
            THEN jsonb_build_object('id', replaces_id, 'serial', old_serial, 'ends_at', old_ends_at,
                                    'same_key', old_same_key) END AS old,
       certificate_id, arrived_at, deployed_on,
       CASE WHEN revoked_on IS NOT NULL
            THEN jsonb_build_object('serial', revoked_serial, 'reason', revoked_because, 'on', revoked_on) END
       AS revocation,
       ended_at, ended_because, version, recorded_at
  FROM certificate_order
 WHERE main_connector_id = :main_connector_id
   AND id = :order_id;

-- name: lock
-- Hold one order until the transaction ends and say at which version it is; rows are Version.
SELECT version
  FROM certificate_order
 WHERE main_connector_id = :main_connector_id
   AND id = :order_id
   FOR UPDATE;

-- name: save
-- Write a later state over the version that it was computed from; no row means a lost update. Rows are Version.
UPDATE certificate_order
   SET state = :state, profile = :profile, ordered_on = :ordered_on, purpose = :purpose, reference = :reference,
       certificate_id = :certificate_id, arrived_at = :arrived_at, deployed_on = :deployed_on,
       revoked_serial = :revoked_serial, revoked_because = :revoked_because, revoked_on = :revoked_on,
       ended_at = :ended_at, ended_because = :ended_because, version = :version
 WHERE main_connector_id = :main_connector_id
   AND id = :order_id
   AND version = :version - 1
RETURNING version;

-- name: page
-- A page of orders, the latest day first; rows are ListedOrder.
SELECT id, state, version, profile, ordered_on, purpose, reference, subject, replaces_id, certificate_id
  FROM certificate_order
 WHERE main_connector_id = :main_connector_id
   AND (ordered_on, id) < (:before_day, :before_id)
 ORDER BY ordered_on DESC, id DESC
 LIMIT :count;

-- name: page_of_state
-- A page of the orders in one state, the latest day first; rows are ListedOrder.
SELECT id, state, version, profile, ordered_on, purpose, reference, subject, replaces_id, certificate_id
  FROM certificate_order
 WHERE main_connector_id = :main_connector_id
   AND state = :state
   AND (ordered_on, id) < (:before_day, :before_id)
 ORDER BY ordered_on DESC, id DESC
 LIMIT :count;

-- name: replacing
-- The orders that are to replace some certificates, newest first; rows are ListedOrder.
SELECT id, state, version, profile, ordered_on, purpose, reference, subject, replaces_id, certificate_id
  FROM certificate_order
 WHERE main_connector_id = :main_connector_id
   AND replaces_id = ANY (:certificate_ids::uuid[])
 ORDER BY id DESC;

-- name: content
-- The request itself; rows are RequestContent.
SELECT content
  FROM certificate_order
 WHERE main_connector_id = :main_connector_id
   AND id = :order_id;

-- name: of_certificate
-- The order that a certificate came by; rows are OrderId.
SELECT id
  FROM certificate_order
 WHERE main_connector_id = :main_connector_id
   AND certificate_id = :certificate_id;

-- name: arrivals
-- Of some certificates those whose bytes have the key of an order that waits, made on the day before it at the earliest:
-- an authority may date back by hours. One that came by another order is left out; what has the key elsewhere is sorted
-- out afterwards. Rows are Arrival.
SELECT waiting.id AS order_id, certificate.id AS certificate_id, certificate.content, waiting.public_key
  FROM certificate_order AS waiting
  JOIN certificate
    ON certificate.main_connector_id = waiting.main_connector_id
   AND certificate.id = ANY (:certificate_ids::uuid[])
   AND certificate.not_before >= (waiting.ordered_on - 1)::timestamp AT TIME ZONE 'Europe/Helsinki'
   AND position(waiting.public_key IN certificate.content) > 0
 WHERE waiting.main_connector_id = :main_connector_id
   AND waiting.state = 'ordered'
   AND NOT EXISTS (SELECT FROM certificate_order AS other
                    WHERE other.main_connector_id = waiting.main_connector_id
                      AND other.certificate_id = certificate.id
                   OFFSET 0)    -- asked of the index for each; as a join, PostgreSQL 15 would read all orders
 ORDER BY waiting.id, certificate.not_before, certificate.id;
