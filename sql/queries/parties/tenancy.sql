-- Tenancies: who is a tenant of the realm's main connector.
-- Read by kanta_tenancy/parties/store/; rows are kanta_tenancy.parties.model.Tenancy.

-- name: insert
-- An organisation becomes a tenant.
INSERT INTO tenancy (tenancy_id, main_connector_id, organisation_id, reference, created_at)
VALUES (:id, :main_connector_id, :organisation_id, :reference, :created_at);

-- name: hand_over
-- From now on the tenant sees its own organisation, contacts and Soteri evidence; the caller holds the organisation.
WITH contacts AS (
    UPDATE contact
       SET tenancy_id = :tenancy_id
     WHERE main_connector_id = :main_connector_id
       AND organisation_id = :organisation_id),
evidence AS (
    UPDATE soteri_evidence
       SET tenancy_id = :tenancy_id
     WHERE main_connector_id = :main_connector_id
       AND organisation_id = :organisation_id)
UPDATE organisation
   SET tenancy_id = :tenancy_id, version = version + 1
 WHERE main_connector_id = :main_connector_id
   AND id = :organisation_id
RETURNING id, tenancy_id, business_id, name, parallel_names, language, oid, version, created_at;

-- name: find
-- One tenancy of the scope.
SELECT tenancy.tenancy_id AS id, tenancy.organisation_id, tenancy.reference, tenancy.created_at,
       organisation.business_id, organisation.name
  FROM tenancy
  JOIN organisation ON organisation.main_connector_id = tenancy.main_connector_id
   AND organisation.id = tenancy.organisation_id
 WHERE tenancy.main_connector_id = :main_connector_id
   AND tenancy.tenancy_id = :id;

-- name: find_of_organisations
-- The tenancies of these organisations.
SELECT tenancy_id AS id, organisation_id, reference, created_at
  FROM tenancy
 WHERE main_connector_id = :main_connector_id
   AND organisation_id = ANY(:organisation_ids::uuid[]);

-- name: find_references
-- The tenancies that carry one of these references.
SELECT tenancy_id AS id, organisation_id, reference, created_at
  FROM tenancy
 WHERE main_connector_id = :main_connector_id
   AND reference = ANY(:references::text[]);

-- name: page
-- The scope's tenancies after one of them, in the order in which they began. The longest page is written out so that one
-- plan serves every page.
SELECT id, organisation_id, reference, created_at, business_id, name
  FROM (SELECT tenancy.tenancy_id AS id, tenancy.organisation_id, tenancy.reference, tenancy.created_at,
               organisation.business_id, organisation.name
          FROM tenancy
          JOIN organisation ON organisation.main_connector_id = tenancy.main_connector_id
           AND organisation.id = tenancy.organisation_id
         WHERE tenancy.main_connector_id = :main_connector_id
           AND tenancy.tenancy_id > :after
         ORDER BY tenancy.main_connector_id, tenancy.tenancy_id
         LIMIT 201) AS page
 ORDER BY id
 LIMIT :limit;

-- name: parties
-- What an agreement needs to know of both parties on a day; two rows, or none when the scope does not hold the tenancy.
SELECT role, organisation_id, business_id, name, parallel_names, language, oid, contact, soteri
  FROM party_facts(:tenancy_id, :on_day);

-- name: names_on
-- What both parties of a tenancy were called on a day; rows are NamedParty.
SELECT role, organisation_id, name
  FROM party_names(:tenancy_id, :on_day);

-- name: named_on
-- These tenancies, each by its tenant's name on a day; before the first that is known, by that one. Rows are NamedOnDay.
SELECT tenancy.organisation_id, tenancy.tenancy_id, tenancy.reference, organisation.business_id, organisation.oid,
       coalesce(called.name, organisation.name) AS name
  FROM tenancy
  JOIN organisation ON organisation.main_connector_id = tenancy.main_connector_id
   AND organisation.id = tenancy.organisation_id
  LEFT JOIN LATERAL (
       SELECT name
         FROM organisation_name
        WHERE organisation_id = organisation.id
        ORDER BY since > :on_day, CASE WHEN since <= :on_day THEN since END DESC, since
        LIMIT 1) AS called ON true
 WHERE tenancy.main_connector_id = :main_connector_id
   AND tenancy.tenancy_id = ANY(:tenancy_ids::uuid[]);

-- name: parties_of_many
-- The same for several tenancies in one round trip; rows are FactsOfTenancy.
SELECT asked.tenancy_id, facts.role, facts.organisation_id, facts.business_id, facts.name, facts.parallel_names,
       facts.language, facts.oid, facts.contact, facts.soteri
  FROM unnest(:tenancies::uuid[]) AS asked (tenancy_id)
 CROSS JOIN LATERAL party_facts(asked.tenancy_id, :on_day) AS facts;
