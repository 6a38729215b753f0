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

-- name: forget
-- Forget messages of every realm that have done their part, and say how many they were.
SELECT outbox_forget(:older_than, :batch) AS forgotten;
