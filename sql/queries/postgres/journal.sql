-- The journal of acts: a chain for each tenancy and one for the main connector's own acts.
-- Read by kanta_tenancy/machinery/postgres/journal.py.

-- name: record
-- Seal one act at the end of its chain and put its message, if any, into the outbox.
SELECT record_act(:main_connector_id, :tenancy_id, :at, :entry, :message_id, :message_kind, :message_body) AS sequence;

-- name: heads
-- Where each chain of the scope ends.
SELECT chain, sequence, digest
  FROM journal_head
 ORDER BY chain;

-- name: entries
-- The next entries of one chain after a number, in order.
SELECT chain, sequence, entry, digest
  FROM journal_entry
 WHERE chain = :chain
   AND sequence > :after
 ORDER BY sequence
 LIMIT :batch;
