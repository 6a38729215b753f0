-- How the main connector wants requests followed.
-- Read by kanta_tenancy/renewals/store/policies.py.

-- name: insert
-- Write a decision; no row comes back.
INSERT INTO renewal_policy (id, main_connector_id, warn_after_hours, hand_over_after_hours, decided_at)
VALUES (:id, :main_connector_id, :warn_after_hours, :hand_over_after_hours, :decided_at);

-- name: newest
-- The one that counts; rows are DecidedPolicy.
SELECT warn_after_hours, hand_over_after_hours, decided_at
  FROM renewal_policy
 WHERE main_connector_id = :main_connector_id
 ORDER BY id DESC
 LIMIT 1;
