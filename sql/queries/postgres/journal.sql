-- The journal of acts: a chain for each tenancy and one for the main connector's own acts.
-- Read by kanta_tenancy/machinery/postgres/journal.py.

-- name: record
-- Seal one act at the end of its chain and put its message, if any, into the outbox.
SELECT record_act(:main_connector_id, :tenancy_id, :at, :entry, :message_id, :message_kind, :message_body) AS sequence;

-- name: chains
-- The next chains of the scope after one of them: those with an entry, looked up one by one in the index, and those
-- with a head.
  WITH RECURSIVE written AS (
       (SELECT chain
          FROM journal_entry
         WHERE chain > :after
         ORDER BY chain
         LIMIT 1)
        UNION ALL
       SELECT (SELECT entry.chain
                 FROM journal_entry AS entry
                WHERE entry.chain > written.chain
                ORDER BY entry.chain
                LIMIT 1)
         FROM written
        WHERE written.chain IS NOT NULL)
SELECT chain
  FROM ((SELECT chain
           FROM written
          WHERE chain IS NOT NULL
          LIMIT :batch)
        UNION
        (SELECT chain
           FROM journal_head
          WHERE chain > :after
          ORDER BY chain
          LIMIT :batch)) AS known
 ORDER BY chain
 LIMIT :batch;

-- name: head
-- Where one chain ends.
SELECT chain, sequence, digest
  FROM journal_head
 WHERE chain = :chain;

-- name: entries
-- The next entries of one chain after a number, in order.
SELECT chain, sequence, entry, digest
  FROM journal_entry
 WHERE chain = :chain
   AND sequence > :after
 ORDER BY sequence
 LIMIT :batch;
