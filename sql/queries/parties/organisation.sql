-- Organisations as one realm knows them.
-- Read by kanta_tenancy/parties/store/; rows are kanta_tenancy.parties.model.Organisation.

-- name: insert
-- A newly registered organisation, called so from that day on; it is nobody's tenant yet.
WITH called AS (
    INSERT INTO organisation_name (main_connector_id, organisation_id, since, name)
    VALUES (:main_connector_id, :id, (:created_at::timestamptz AT TIME ZONE 'Europe/Helsinki')::date, :name))
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
-- Write a change only over the version that it was computed from; no row means a lost update. What it is called as the
-- day ends is what it is called on that day.
WITH saved AS (
    UPDATE organisation
       SET name = :name, parallel_names = :parallel_names, language = :language, oid = :oid, version = :version
     WHERE main_connector_id = :main_connector_id
       AND id = :id
       AND version = :version - 1
    RETURNING id, tenancy_id, business_id, name, parallel_names, language, oid, version, created_at),
called AS (
    INSERT INTO organisation_name (main_connector_id, organisation_id, since, name)
    SELECT :main_connector_id, id, :on_day, name FROM saved
        ON CONFLICT (organisation_id, since) DO UPDATE SET name = excluded.name)
SELECT id, tenancy_id, business_id, name, parallel_names, language, oid, version, created_at
  FROM saved;

-- name: owner_on
-- The main connector by its name on a day; before the first that is known, by that one. Rows are NamedOnDay.
SELECT realm.organisation_id, NULL::uuid AS tenancy_id, NULL AS reference, organisation.business_id, organisation.oid,
       coalesce(called.name, organisation.name) AS name
  FROM main_connector AS realm
  JOIN organisation ON organisation.main_connector_id = realm.main_connector_id
   AND organisation.id = realm.organisation_id
  LEFT JOIN LATERAL (
       SELECT name
         FROM organisation_name
        WHERE organisation_id = organisation.id
        ORDER BY since > :on_day, CASE WHEN since <= :on_day THEN since END DESC, since
        LIMIT 1) AS called ON true
 WHERE realm.main_connector_id = :main_connector_id;
