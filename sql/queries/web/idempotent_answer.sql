-- The answers that repeated requests get again.
-- Read by kanta_tenancy/machinery/web/repeatable.py; rows are its Structs.

-- name: claim
-- Be the only one who works on this request until the transaction ends; false when another one does.
SELECT pg_try_advisory_xact_lock(:lock) AS claimed;

-- name: find
-- What was answered to this key before; row-level security limits it to the caller's scope.
SELECT request_digest, status, headers, body
  FROM idempotent_answer
 WHERE main_connector_id = :main_connector_id
   AND access_key_id = :access_key_id
   AND route = :route
   AND key = :key;

-- name: keep
-- Keep an answer in the transaction of the effect that it reports.
INSERT INTO idempotent_answer
       (main_connector_id, tenancy_id, access_key_id, route, key, request_digest, status, headers, body, at)
VALUES (:main_connector_id, :tenancy_id, :access_key_id, :route, :key, :request_digest, :status, :headers, :body, :at);

-- name: forget
-- Forget the oldest answers, of every realm, and say how many they were.
SELECT idempotent_answer_forget(:older_than, :batch) AS forgotten;
