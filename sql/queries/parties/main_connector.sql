-- Realms and their owners.
-- Read by kanta_tenancy/parties/store/; rows are kanta_tenancy.parties.model.MainConnector.

-- name: everywhere
-- Every realm there is: for the command line, across realms.
SELECT id, organisation_id, business_id, name
  FROM main_connectors();

-- name: mine
-- The realm that the transaction is in.
SELECT realm.main_connector_id AS id, realm.organisation_id, realm.business_id, organisation.name
  FROM main_connector AS realm
  JOIN organisation ON organisation.main_connector_id = realm.main_connector_id
   AND organisation.id = realm.organisation_id
 WHERE realm.main_connector_id = :main_connector_id;

-- name: insert
-- A new realm; its owner follows in the same transaction.
INSERT INTO main_connector (main_connector_id, organisation_id, business_id, created_at)
VALUES (:main_connector_id, :organisation_id, :business_id, :created_at);

-- name: one_at_a_time
-- Wait until no other transaction of this realm that asked for the same is open.
SELECT pg_advisory_xact_lock(uuid_hash_extended(:main_connector_id, 0));
