-- Promises of the system, when they are due.
-- Read by kanta_tenancy/promises/store.py.

-- name: claim
-- Lease what is due, of any realm, of kinds that we can keep; rows are Claimed.
SELECT id, main_connector_id, leased_until
  FROM promise_claim(:now, :lease, :kinds, :batch);

-- name: take_claimed
-- A promise that is still leased to us, held until the transaction ends; rows are Promise. None comes when somebody
-- settled, moved or took it over since.
SELECT promise.id, key, promise.kind, subject, tenancy_id, owner, promise.due_at, rule, title, facts, state, version,
       attempts, last_error, made_at, settled_at, result, explanation
  FROM promise_work AS work
  JOIN promise ON promise.id = work.promise_id
 WHERE work.promise_id = :promise_id
   AND work.leased_until = :leased_until
   FOR UPDATE SKIP LOCKED;

-- name: settle_taken
-- What came of a promise that the transaction holds; its keeper may have settled it by itself.
UPDATE promise
   SET state = :state, version = version + 1, settled_at = :at, result = :result, last_error = NULL
 WHERE id = :promise_id
   AND state = 'owed';

-- name: defer_taken
-- A promise that the transaction holds is due at another time.
UPDATE promise
   SET due_at = :due_at, version = version + 1, attempts = 0, last_error = NULL
 WHERE id = :promise_id
   AND state = 'owed';

-- name: fail
-- An attempt failed: it is owed still, or given up; nothing happens when the lease is not ours any more.
UPDATE promise
   SET state = :state, attempts = :attempts, last_error = :error, version = version + 1
  FROM promise_work AS work
 WHERE promise.id = :promise_id
   AND work.promise_id = promise.id
   AND work.leased_until = :leased_until;

-- name: wait
-- Nobody begins a promise before a time; whoever has claimed it gives that up.
UPDATE promise_work
   SET next_at = :next_at, leased_until = NULL
 WHERE promise_id = :promise_id;
