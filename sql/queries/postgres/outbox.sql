-- Messages to other rooms.
-- Read by kanta_tenancy/machinery/postgres/outbox.py.

-- name: claim
-- Lease what is due, of any realm; identifiers and the number of this attempt only.
SELECT id, main_connector_id, attempts
  FROM outbox_claim(:now, :leased_until, :batch);

-- name: take
-- Those messages that are still due and that nobody else is handing over: done, if the transaction commits.
UPDATE outbox
   SET state = 'done', last_error = NULL
 WHERE ctid = ANY (ARRAY(
       SELECT ctid
         FROM outbox
        WHERE id = ANY (:ids)
          AND state = 'due'
          FOR UPDATE SKIP LOCKED))
RETURNING id, tenancy_id, kind, body, at, attempts;

-- name: put_back
-- The transaction did not come to these messages: they are still due, and leased to whoever claimed them.
UPDATE outbox
   SET state = 'due'
 WHERE id = ANY (:ids);

-- name: fail
-- The message could not be handed over; try again later, or give up and let the invariants say so.
UPDATE outbox
   SET state = :state, next_at = :next_at, leased_until = NULL, last_error = :error
 WHERE id = :id
   AND state = 'due';

-- name: given_up
-- What was given up in a realm, oldest first; rows are GivenUp.
SELECT id, kind, at, attempts, last_error
  FROM outbox
 WHERE main_connector_id = :main_connector_id
   AND state = 'dead'
 ORDER BY at, id
 LIMIT 500;

-- name: again
-- Let what was given up be due once more, as if for the first time; rows are GivenUp.
UPDATE outbox
   SET state = 'due', attempts = 0, next_at = :now, last_error = NULL, leased_until = NULL
 WHERE main_connector_id = :main_connector_id
   AND id = :id
   AND state = 'dead'
RETURNING id, kind, at, attempts, last_error;

-- name: forget
-- Forget messages of every realm that have done their part, and say how many they were.
SELECT outbox_forget(:older_than, :batch) AS forgotten;
