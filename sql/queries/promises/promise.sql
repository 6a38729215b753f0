-- What is owed, by whom, until when.
-- Read by kanta_tenancy/promises/store.py; rows are kanta_tenancy.promises.model.Promise unless it says otherwise.

-- name: owe
-- Write promises, each unless its key is there; one that is still owed takes what is said now. What failed, and a wait
-- after it, are kept while the due time is the same, so that saying it again does not hurry anything.
INSERT INTO promise (id, main_connector_id, tenancy_id, key, kind, subject, owner, due_at, rule, title, facts,
                     explanation, made_at)
SELECT said.id, :main_connector_id, said.tenancy_id, said.key, said.kind, said.subject, said.owner, said.due_at,
       said.rule, said.title, said.facts, said.explanation, said.made_at
  FROM jsonb_to_recordset(:said) AS said (
       id uuid, tenancy_id uuid, key text, kind text, subject text, owner text, due_at timestamptz, rule text,
       title jsonb, facts jsonb, explanation jsonb, made_at timestamptz)
 ORDER BY said.key
ON CONFLICT ON CONSTRAINT promise_key DO UPDATE
   SET due_at = excluded.due_at, rule = excluded.rule, title = excluded.title, facts = excluded.facts,
       explanation = excluded.explanation, version = promise.version + 1,
       attempts = CASE WHEN promise.due_at = excluded.due_at THEN promise.attempts ELSE 0 END,
       last_error = CASE WHEN promise.due_at = excluded.due_at THEN promise.last_error END
 WHERE promise.state = ANY (:states)
   AND (promise.due_at, promise.rule, promise.title, promise.facts, promise.explanation)
       IS DISTINCT FROM (excluded.due_at, excluded.rule, excluded.title, excluded.facts, excluded.explanation);

-- name: settle
-- Keep or release the promise of a key, if it is in one of the states.
UPDATE promise
   SET state = :state, version = version + 1, settled_at = :at, result = :result, last_error = NULL
 WHERE main_connector_id = :main_connector_id
   AND key = :key
   AND state = ANY (:states);

-- name: release_all
-- Release the promises about a subject that are in one of the states; of all kinds when none is named.
UPDATE promise
   SET state = 'released', version = version + 1, settled_at = :at, result = :result, last_error = NULL
 WHERE main_connector_id = :main_connector_id
   AND subject = :subject
   AND state = ANY (:states)
   AND (cardinality(:kinds::text[]) = 0 OR kind = ANY (:kinds));

-- name: hold
-- Hold what is owed about a subject, of some kinds, until the transaction ends.
SELECT id
  FROM promise
 WHERE main_connector_id = :main_connector_id
   AND subject = :subject
   AND state = 'owed'
   AND kind = ANY (:kinds::text[])
 ORDER BY id
   FOR UPDATE;

-- name: find
-- One promise.
SELECT id, key, kind, subject, tenancy_id, owner, due_at, rule, title, facts, state, version, attempts, last_error,
       made_at, settled_at, result, explanation
  FROM promise
 WHERE id = :promise_id;

-- name: take
-- The same, held until the transaction ends.
SELECT id, key, kind, subject, tenancy_id, owner, due_at, rule, title, facts, state, version, attempts, last_error,
       made_at, settled_at, result, explanation
  FROM promise
 WHERE id = :promise_id
   FOR UPDATE;

-- name: keep_taken
-- A person has kept a promise that the transaction holds.
UPDATE promise
   SET state = 'kept', version = version + 1, settled_at = :at, result = :result, last_error = NULL
 WHERE id = :promise_id;

-- name: retry_taken
-- Owe a promise that the transaction holds anew; it is tried as soon as it is due, which it is.
UPDATE promise
   SET state = 'owed', version = version + 1, attempts = 0
 WHERE id = :promise_id;

-- name: figures
-- How much is owed in all realms; rows are Figures.
SELECT owner, owed, overdue, broken, oldest_due_at
  FROM promise_figures(:now);
