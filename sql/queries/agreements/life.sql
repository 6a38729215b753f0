-- What happens to agreements in force.
-- Read by kanta_tenancy/agreements/store/life.py.

-- name: one_at_a_time
-- Let what puts an agreement of a tenancy in force, and what bears on the one in force, come one after the other; no row
-- comes back.
SELECT pg_advisory_xact_lock(uuid_hash_extended(:tenancy_id, 20));

-- name: in_force
-- Hold the agreement of a tenancy that has not ended, if there is one; rows are Held.
SELECT id, version
  FROM agreement
 WHERE tenancy_id = :tenancy_id
   AND status = 'in_force'
   FOR UPDATE;

-- name: free_since
-- Since when nothing has been in force with a tenant but what is in force now, and since when that is; rows are FreeSince.
SELECT max(CASE status WHEN 'ended' THEN in_force_until ELSE in_force_from END) AS instant
  FROM agreement
 WHERE tenancy_id = :tenancy_id
   AND in_force_from IS NOT NULL;

-- name: import
-- Bring in an agreement that was signed before, unless its reference is taken; no row comes back.
INSERT INTO agreement (id, main_connector_id, tenancy_id, reference, status, version, language, model, model_version,
                       services, registers, originals, signatories, created_at, origin, form, exhibit_id, in_force_on,
                       in_force_from)
VALUES (:id, :main_connector_id, :tenancy_id, :reference, 'in_force', :version, :language, :model, :model_version,
        :services, :registers, :originals, '[]', :created_at, 'imported', :form, :exhibit_id, :in_force_on,
        :in_force_from)
ON CONFLICT ON CONSTRAINT agreement_reference DO NOTHING;

-- name: save_exhibit
-- Write which file shows an imported agreement; rows are Held.
UPDATE agreement
   SET exhibit_id = :exhibit_id, version = :version
 WHERE id = :id
   AND version = :version - 1
RETURNING id, version;

-- name: in_force_of
-- The agreements of these tenancies that have not ended; rows are InForce.
SELECT id, tenancy_id, origin, model_version, in_force_on
  FROM agreement
 WHERE main_connector_id = :main_connector_id
   AND tenancy_id = ANY (:tenancy_ids::uuid[])
   AND status = 'in_force';

-- name: with_references
-- Which of these references are taken; rows are Reference.
SELECT reference
  FROM agreement
 WHERE main_connector_id = :main_connector_id
   AND reference = ANY (:references::text[]);

-- name: count_amendments
-- How many amendments of an agreement were ever drafted; rows are Count.
SELECT count(*) AS count
  FROM agreement
 WHERE amends = :agreement_id;

-- name: ending
-- Agreements in force whose end is known, soonest first, after one of them; rows are Ending.
SELECT id, tenancy_id, reference, version, in_force_until, end_explanation
  FROM agreement
 WHERE main_connector_id = :main_connector_id
   AND status = 'in_force'
   AND in_force_until IS NOT NULL
   AND (in_force_until, id) > (:after_until, :after_id)
 ORDER BY in_force_until, id
 LIMIT :count;
