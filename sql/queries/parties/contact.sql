-- Contacts: who is there for what, and until when.
-- Read by kanta_tenancy/parties/store/; rows are kanta_tenancy.parties.model.Contact.

-- name: insert
-- A newly named contact; the caller holds the organisation, so its tenancy cannot begin meanwhile.
INSERT INTO contact (id, main_connector_id, tenancy_id, organisation_id, name, email, phone, function,
                     valid_from, valid_until, created_at)
VALUES (:id, :main_connector_id, :tenancy_id, :organisation_id, :name, :email, :phone, :function,
        :valid_from, :valid_until, :created_at)
RETURNING id, organisation_id, tenancy_id, name, email, phone, function, valid_from, valid_until, version, created_at;

-- name: find
-- One contact of one organisation.
SELECT id, organisation_id, tenancy_id, name, email, phone, function, valid_from, valid_until, version, created_at
  FROM contact
 WHERE main_connector_id = :main_connector_id
   AND organisation_id = :organisation_id
   AND id = :id;

-- name: find_for_update
-- One contact of one organisation, held until the transaction ends.
SELECT id, organisation_id, tenancy_id, name, email, phone, function, valid_from, valid_until, version, created_at
  FROM contact
 WHERE main_connector_id = :main_connector_id
   AND organisation_id = :organisation_id
   AND id = :id
   FOR UPDATE;

-- name: find_of_organisations
-- All contacts of these organisations.
SELECT id, organisation_id, tenancy_id, name, email, phone, function, valid_from, valid_until, version, created_at
  FROM contact
 WHERE main_connector_id = :main_connector_id
   AND organisation_id = ANY(:organisation_ids::uuid[])
 ORDER BY id;

-- name: page
-- An organisation's contacts after one of them, in the order in which they were named.
SELECT id, organisation_id, tenancy_id, name, email, phone, function, valid_from, valid_until, version, created_at
  FROM contact
 WHERE main_connector_id = :main_connector_id
   AND organisation_id = :organisation_id
   AND id > :after
 ORDER BY main_connector_id, organisation_id, id
 LIMIT :limit;

-- name: save
-- Write a change only over the version that it was computed from; no row means a lost update.
UPDATE contact
   SET name = :name, email = :email, phone = :phone, function = :function,
       valid_from = :valid_from, valid_until = :valid_until, version = :version
 WHERE main_connector_id = :main_connector_id
   AND organisation_id = :organisation_id
   AND id = :id
   AND version = :version - 1
RETURNING id, organisation_id, tenancy_id, name, email, phone, function, valid_from, valid_until, version, created_at;

-- name: persons_for
-- Who is there for a function on a day, at the main connector or at one tenant, and the language of their organisation.
SELECT person.id, person.name, person.email, firm.language
  FROM contact AS person
  JOIN organisation AS firm ON firm.id = person.organisation_id
 WHERE person.main_connector_id = :main_connector_id
   AND person.function = :function
   AND daterange(person.valid_from, person.valid_until) @> :on_day::date
   AND CASE WHEN :tenancy_id::uuid IS NULL
            THEN firm.id = (SELECT realm.organisation_id
                              FROM main_connector AS realm
                             WHERE realm.main_connector_id = :main_connector_id)
            ELSE firm.tenancy_id = :tenancy_id END
 ORDER BY person.id;

-- name: persons
-- Which of these contacts are there on a day, and the language of the organisation of each.
SELECT person.id, person.name, person.email, firm.language
  FROM contact AS person
  JOIN organisation AS firm ON firm.id = person.organisation_id
 WHERE person.main_connector_id = :main_connector_id
   AND person.id = ANY (:contact_ids::uuid[])
   AND daterange(person.valid_from, person.valid_until) @> :on_day::date
 ORDER BY person.id;

-- name: reachable
-- Who is there on a day for any of these functions, at each of these tenants; rows are Reachable.
SELECT tenancy.tenancy_id, person.id, person.name, person.email, person.phone, person.function, firm.language
  FROM tenancy
  JOIN organisation AS firm
    ON firm.main_connector_id = tenancy.main_connector_id AND firm.id = tenancy.organisation_id
  JOIN contact AS person
    ON person.main_connector_id = tenancy.main_connector_id AND person.organisation_id = tenancy.organisation_id
 WHERE tenancy.main_connector_id = :main_connector_id
   AND tenancy.tenancy_id = ANY(:tenancy_ids::uuid[])
   AND person.function = ANY(:functions::text[])
   AND daterange(person.valid_from, person.valid_until) @> :on_day::date
 ORDER BY tenancy.tenancy_id, person.id;
