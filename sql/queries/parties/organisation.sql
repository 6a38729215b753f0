-- Organisations as one realm knows them.
-- Read by kanta_tenancy/parties/store/; rows are kanta_tenancy.parties.model.Organisation.

-- name: insert
-- A newly registered organisation; it is nobody's tenant yet.
INSERT INTO organisation (id, main_connector_id, business_id, name, parallel_names, language, oid, created_at)
VALUES (:id, :main_connector_id, :business_id, :name, :parallel_names, :language, :oid, :created_at)
RETURNING id, tenancy_id, business_id, name, parallel_names, language, oid, version, created_at;

-- name: find
-- One organisation of the scope.
SELECT id, tenancy_id, business_id, name, parallel_names, language, oid, version, created_at
  FROM organisation
 WHERE main_connector_id = :main_connector_id
   AND id = :id;

-- name: find_for_update
-- One organisation of the scope, held until the transaction ends.
SELECT id, tenancy_id, business_id, name, parallel_names, language, oid, version, created_at
  FROM organisation
 WHERE main_connector_id = :main_connector_id
   AND id = :id
   FOR UPDATE;

-- name: find_for_share
-- One organisation of the scope, kept from changing until the transaction ends: it is about to get something of its own.
SELECT id, tenancy_id, business_id, name, parallel_names, language, oid, version, created_at
  FROM organisation
 WHERE main_connector_id = :main_connector_id
   AND id = :id
   FOR SHARE;

-- name: find_by_business_id
-- The organisations of the scope that have one of these business ids.
SELECT id, tenancy_id, business_id, name, parallel_names, language, oid, version, created_at
  FROM organisation
 WHERE main_connector_id = :main_connector_id
   AND business_id = ANY(:business_ids::text[]);

-- name: page
-- The scope's organisations after one of them, in the order of registration.
SELECT id, tenancy_id, business_id, name, parallel_names, language, oid, version, created_at
  FROM organisation
 WHERE main_connector_id = :main_connector_id
   AND id > :after
 ORDER BY main_connector_id, id
 LIMIT :limit;

-- name: save
-- Write a change only over the version that it was computed from; no row means a lost update.
UPDATE organisation
   SET name = :name, parallel_names = :parallel_names, language = :language, oid = :oid, version = :version
 WHERE main_connector_id = :main_connector_id
   AND id = :id
   AND version = :version - 1
RETURNING id, tenancy_id, business_id, name, parallel_names, language, oid, version, created_at;
