-- Where certificates are used, and which replaced which.
-- Read by kanta_tenancy/certificates/inventory/store/uses.py; rows are kanta_tenancy.certificates.inventory.model.Use
-- unless it says otherwise.

-- name: insert
-- Write where a certificate is used; no row comes back.
INSERT INTO certificate_use (id, main_connector_id, certificate_id, system_id, host, access_point, since, until)
VALUES (:id, :main_connector_id, :certificate_id, :system_id, :host, :access_point, :since, :until);

-- name: of_certificate
-- Where a certificate is used, was, and will be, by first day.
SELECT id, certificate_id, system_id, host, access_point, since, until
  FROM certificate_use
 WHERE main_connector_id = :main_connector_id
   AND certificate_id = :certificate_id
 ORDER BY since, id;

-- name: end
-- Say until when a certificate is used somewhere; no row comes back.
UPDATE certificate_use
   SET until = :until
 WHERE main_connector_id = :main_connector_id
   AND id = :use_id;

-- name: replace
-- Write that a certificate replaces another; no row comes back.
INSERT INTO certificate_replacement (replaced_id, main_connector_id, successor_id, recorded_at)
VALUES (:replaced_id, :main_connector_id, :successor_id, :recorded_at);

-- name: unreplace
-- Take back that a certificate was replaced; no row comes back.
DELETE FROM certificate_replacement
 WHERE main_connector_id = :main_connector_id
   AND replaced_id = :replaced_id;

-- name: successor
-- What replaced a certificate; rows are Replacement.
SELECT replaced_id, successor_id, recorded_at
  FROM certificate_replacement
 WHERE main_connector_id = :main_connector_id
   AND replaced_id = :replaced_id;

-- name: predecessors
-- What a certificate replaced, the oldest first; rows are Replacement.
SELECT replaced_id, successor_id, recorded_at
  FROM certificate_replacement
 WHERE main_connector_id = :main_connector_id
   AND successor_id = :successor_id
 ORDER BY recorded_at, replaced_id;
