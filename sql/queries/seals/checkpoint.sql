-- Checkpoints of the journal and the heads that they saw: added and never changed.
-- Read by kanta_tenancy/seals/store/checkpoints.py.

-- name: hold
-- Checkpoints of one main connector are made one after another.
SELECT pg_advisory_xact_lock(uuid_hash_extended(:main_connector_id, 25));

-- name: insert
-- Keep a checkpoint; no row comes back.
INSERT INTO journal_checkpoint (main_connector_id, number, at, size, root, certificate, seal)
VALUES (:main_connector_id, :number, :at, :size, :root, :certificate, :seal);

-- name: insert_heads
-- Keep the heads of the chains that moved; no row comes back.
INSERT INTO journal_checkpoint_head (main_connector_id, number, position, chain, tenancy_id, sequence, digest, is_first)
SELECT :main_connector_id, :number, moved.position, moved.chain, nullif(moved.chain, :main_connector_id), moved.sequence,
       moved.digest, moved.is_first
  FROM unnest(:positions::integer[], :chains::uuid[], :sequences::bigint[], :digests::bytea[], :firsts::boolean[])
       AS moved (position, chain, sequence, digest, is_first);

-- name: insert_timestamp
-- Keep a timestamp, unless somebody else was first; no row comes back.
INSERT INTO journal_checkpoint_timestamp (main_connector_id, number, token, received_at)
VALUES (:main_connector_id, :number, :token, :received_at)
ON CONFLICT (main_connector_id, number) DO NOTHING;

-- name: newest
-- A page of a realm's checkpoints, newest first, before a number; rows are Checkpoint.
SELECT checkpoint.number, at, size, root, certificate, seal, token
  FROM journal_checkpoint AS checkpoint
  LEFT JOIN journal_checkpoint_timestamp AS stamp
    ON stamp.main_connector_id = checkpoint.main_connector_id AND stamp.number = checkpoint.number
 WHERE checkpoint.main_connector_id = :main_connector_id
   AND checkpoint.number < :before
 ORDER BY checkpoint.number DESC
 LIMIT :count;

-- name: oldest
-- The same, oldest first, after a number.
SELECT checkpoint.number, at, size, root, certificate, seal, token
  FROM journal_checkpoint AS checkpoint
  LEFT JOIN journal_checkpoint_timestamp AS stamp
    ON stamp.main_connector_id = checkpoint.main_connector_id AND stamp.number = checkpoint.number
 WHERE checkpoint.main_connector_id = :main_connector_id
   AND checkpoint.number > :after
 ORDER BY checkpoint.number
 LIMIT :count;

-- name: unstamped
-- Checkpoints without a timestamp, oldest first; rows are Checkpoint.
SELECT number, at, size, root, certificate, seal
  FROM journal_checkpoint AS checkpoint
 WHERE main_connector_id = :main_connector_id
   AND NOT EXISTS (SELECT FROM journal_checkpoint_timestamp AS stamp
                    WHERE stamp.main_connector_id = checkpoint.main_connector_id
                      AND stamp.number = checkpoint.number)
 ORDER BY number
 LIMIT :count;

-- name: standing
-- Where each chain of the realm ended at the newest checkpoint, where it ends now, and whether what the checkpoint saw is
-- still there; by place, new chains last. Rows are Standing.
SELECT known.position, coalesce(known.chain, head.chain) AS chain, known.sequence AS known_sequence,
       known.digest AS known_digest, head.sequence, head.digest,
       known.chain IS NULL OR EXISTS (SELECT FROM journal_entry AS entry
                                       WHERE entry.chain = known.chain
                                         AND entry.sequence = known.sequence
                                         AND entry.digest = known.digest) AS is_kept
  FROM (SELECT place.position, place.chain, newest.sequence, newest.digest
          FROM journal_checkpoint_head AS place
         CROSS JOIN LATERAL (
               SELECT later.sequence, later.digest
                 FROM journal_checkpoint_head AS later
                WHERE later.main_connector_id = place.main_connector_id
                  AND later.chain = place.chain
                ORDER BY later.number DESC
                LIMIT 1) AS newest
         WHERE place.main_connector_id = :main_connector_id
           AND place.is_first) AS known
  FULL JOIN (SELECT chain, sequence, digest
               FROM journal_head
              WHERE main_connector_id = :main_connector_id) AS head
    ON head.chain = known.chain
 ORDER BY known.position NULLS LAST, chain;

-- name: heads_at
-- Where each chain ended as a checkpoint saw it, by place; rows are CheckpointHead.
SELECT place.position, place.chain, newest.sequence, newest.digest
  FROM journal_checkpoint_head AS place
 CROSS JOIN LATERAL (
       SELECT later.sequence, later.digest
         FROM journal_checkpoint_head AS later
        WHERE later.main_connector_id = place.main_connector_id
          AND later.chain = place.chain
          AND later.number <= :number
        ORDER BY later.number DESC
        LIMIT 1) AS newest
 WHERE place.main_connector_id = :main_connector_id
   AND place.is_first
   AND place.number <= :number
 ORDER BY place.position;

-- name: head_of
-- Where one chain ended as a checkpoint saw it, with its place; no row: it was not there yet. Rows are CheckpointHead.
SELECT position, chain, sequence, digest
  FROM journal_checkpoint_head
 WHERE main_connector_id = :main_connector_id
   AND chain = :chain
   AND number <= :number
 ORDER BY number DESC
 LIMIT 1;

-- name: covering
-- The first checkpoint with a timestamp, or else the first, of those that have seen an entry of a chain; rows are Checkpoint.
SELECT checkpoint.number, at, size, root, certificate, seal, token
  FROM journal_checkpoint AS checkpoint
  LEFT JOIN journal_checkpoint_timestamp AS stamp
    ON stamp.main_connector_id = checkpoint.main_connector_id AND stamp.number = checkpoint.number
 WHERE checkpoint.main_connector_id = :main_connector_id
   AND checkpoint.number >= (SELECT min(head.number)
                               FROM journal_checkpoint_head AS head
                              WHERE head.main_connector_id = :main_connector_id
                                AND head.chain = :chain
                                AND head.sequence >= :sequence)
 ORDER BY (stamp.token IS NULL), checkpoint.number
 LIMIT 1;

-- name: leaves
-- The leaves of a checkpoint's tree by place; rows are Leaf.
SELECT leaf
  FROM journal_checkpoint_leaves(:number);

-- name: moved
-- The heads that some checkpoints wrote, by number and place; rows are SeenHead.
SELECT number, position, chain, sequence, digest
  FROM journal_checkpoint_head
 WHERE main_connector_id = :main_connector_id
   AND number > :after
   AND number <= :upto
 ORDER BY number, position;

-- name: gone
-- What some checkpoints saw and the journal has no more, or otherwise; rows are SeenHead.
SELECT seen.number, seen.position, seen.chain, seen.sequence, seen.digest
  FROM journal_checkpoint_head AS seen
  LEFT JOIN journal_entry AS entry ON entry.chain = seen.chain AND entry.sequence = seen.sequence
 WHERE seen.main_connector_id = :main_connector_id
   AND seen.number > :after
   AND seen.number <= :upto
   AND entry.digest IS DISTINCT FROM seen.digest
 ORDER BY seen.number, seen.position;

-- name: missing
-- Of some heads, those that the journal does not have; rows are LostHead.
SELECT kept.chain, kept.sequence
  FROM unnest(:chains::uuid[], :sequences::bigint[], :digests::bytea[]) AS kept (chain, sequence, digest)
  LEFT JOIN journal_entry AS entry
    ON entry.main_connector_id = :main_connector_id AND entry.chain = kept.chain AND entry.sequence = kept.sequence
 WHERE entry.digest IS DISTINCT FROM kept.digest;
