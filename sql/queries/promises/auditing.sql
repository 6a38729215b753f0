-- What the audit of a realm asks.
-- Read by kanta_tenancy/promises/store.py; rows are kanta_tenancy.promises.model.Finding.

-- name: unmet
-- Of the promises that should exist, those that do not, or that are owed for another time.
SELECT CASE WHEN promise.id IS NULL THEN 'missing' ELSE 'misdated' END AS what, expected.key, expected.subject,
       coalesce(promise.due_at, expected.due_at) AS due_at
  FROM unnest(:keys::text[], :subjects::text[], :dues::timestamptz[]) AS expected (key, subject, due_at)
  LEFT JOIN promise ON promise.main_connector_id = :main_connector_id AND promise.key = expected.key
 WHERE promise.id IS NULL
    OR (promise.state = 'owed' AND promise.due_at <> expected.due_at)
 ORDER BY expected.key;

-- name: standing
-- Promises that stand in a state since they were due, before a time.
SELECT :what::text AS what, key, subject, due_at
  FROM promise
 WHERE main_connector_id = :main_connector_id
   AND owner = :owner
   AND state = :state
   AND due_at < :before
 ORDER BY due_at, id
 LIMIT :count;

-- name: late
-- Promises that were kept late since a time.
SELECT 'late' AS what, key, subject, due_at, settled_at
  FROM promise
 WHERE main_connector_id = :main_connector_id
   AND state = 'kept'
   AND settled_at - due_at > interval '15 minutes'
   AND settled_at >= :since
 ORDER BY settled_at
 LIMIT :count;
