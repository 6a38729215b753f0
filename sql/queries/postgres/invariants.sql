-- What must never be, counted across realms by a function that returns names and numbers only.
-- Read by kanta_tenancy/machinery/postgres/invariants.py.

-- name: broken
-- The invariants that are broken, with how many rows break each.
SELECT name, rows
  FROM invariants_broken();
