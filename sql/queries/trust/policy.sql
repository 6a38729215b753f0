-- What a main connector wants signatures to reach, version by version.
-- Read by kanta_tenancy/trust/store/policies.py; rows are kanta_tenancy.trust.model.Policy unless it says otherwise.

-- name: insert
-- Write the next version; no row comes back when somebody else was faster. Rows are Version.
INSERT INTO trust_policy (main_connector_id, version, since, decided_by, level, obligation, authorities, fresh_for_hours)
VALUES (:main_connector_id, :version, :since, :decided_by, :level, :obligation, :authorities, :fresh_for_hours)
ON CONFLICT (main_connector_id, version) DO NOTHING
RETURNING version;

-- name: at
-- The one that was in force at an instant; none while nobody has decided anything.
SELECT version, since, decided_by, level, obligation, authorities, fresh_for_hours
  FROM trust_policy
 WHERE main_connector_id = :main_connector_id
   AND since <= :at
 ORDER BY version DESC
 LIMIT 1;

-- name: newest
-- The newest one, whatever the clocks say.
SELECT version, since, decided_by, level, obligation, authorities, fresh_for_hours
  FROM trust_policy
 WHERE main_connector_id = :main_connector_id
 ORDER BY version DESC
 LIMIT 1;

-- name: page
-- A page of versions, newest first, after a version.
SELECT version, since, decided_by, level, obligation, authorities, fresh_for_hours
  FROM trust_policy
 WHERE main_connector_id = :main_connector_id
   AND version < :before
 ORDER BY version DESC
 LIMIT :count;
