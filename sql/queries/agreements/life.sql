-- What happens to agreements in force.
-- Read by kanta_tenancy/agreements/store/life.py.

-- name: in_force
-- Hold the agreement of a tenancy that has not ended, if there is one; rows are Held.
SELECT id, version
  FROM agreement
 WHERE tenancy_id = :tenancy_id
   AND status = 'in_force'
   FOR UPDATE;

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
