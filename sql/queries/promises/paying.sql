-- Promises of the system, when they are due.
-- Read by kanta_tenancy/promises/store.py.

-- name: claim
-- Lease what is due, of any realm, of kinds that we can keep; rows are Claimed.
SELECT id, main_connector_id, leased_until
  FROM promise_claim(:now, :lease, :kinds, :batch);

-- name: take_claimed
-- A promise that is still leased to us, held until the transaction ends; rows are Promise. None comes when somebody
-- settled, moved or took it over since.
SELECT id, key, kind, subject, tenancy_id, owner, due_at, rule, title, facts, state, version, attempts, last_error,
       made_at, settled_at, result, explanation
  FROM promise
 WHERE id = :promise_id
   AND next_at = :leased_until
   AND state = 'owed'
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
   SET due_at = :due_at, next_at = :next_at, version = version + 1, attempts = 0, last_error = NULL
 WHERE id = :promise_id
   AND state = 'owed';

-- name: fail
-- An attempt failed: try again later, or give up; nothing happens when the lease is not ours any more.
UPDATE promise
   SET state = :state, attempts = :attempts, next_at = :next_at, last_error = :error, version = version + 1
 WHERE id = :promise_id
   AND next_at = :leased_until
   AND state = 'owed';
