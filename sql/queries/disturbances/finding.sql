-- What was found out of a disturbance, and what others have open that keeps it from being closed.
-- Read by kanta_tenancy/disturbances/store/findings.py; rows are kanta_tenancy.disturbances.case.Finding unless it says
-- otherwise.

-- name: add
-- Write what was found out, in its order.
INSERT INTO disturbance_finding (id, main_connector_id, disturbance_id, kind, cause, text, said_by, said_at)
SELECT said.id, :main_connector_id, :disturbance_id, said.kind, said.cause, said.text, said.said_by, said.said_at
  FROM jsonb_to_recordset(:findings) AS said (
       id uuid, kind text, cause text, text text, said_by text, said_at timestamptz);

-- name: of_disturbance
-- What was found out of one, in the order in which it was said.
SELECT kind, text, said_by, said_at, cause
  FROM disturbance_finding
 WHERE main_connector_id = :main_connector_id
   AND disturbance_id = :disturbance_id
 ORDER BY id;

-- name: add_hold
-- Say what another room has open; the same key again, after it was released, opens it again.
INSERT INTO disturbance_hold (main_connector_id, disturbance_id, key, because, placed_at)
VALUES (:main_connector_id, :disturbance_id, :key, :because, :at)
ON CONFLICT (main_connector_id, disturbance_id, key) DO UPDATE
   SET because = excluded.because, placed_at = excluded.placed_at, released_at = NULL
 WHERE disturbance_hold.released_at IS NOT NULL;

-- name: release
-- Say that it is open no longer.
UPDATE disturbance_hold
   SET released_at = :at
 WHERE main_connector_id = :main_connector_id
   AND disturbance_id = :disturbance_id
   AND key = :key
   AND released_at IS NULL;

-- name: holds
-- What others have open now; rows are kanta_tenancy.disturbances.case.Hold.
SELECT key, because, placed_at
  FROM disturbance_hold
 WHERE main_connector_id = :main_connector_id
   AND disturbance_id = :disturbance_id
   AND released_at IS NULL
 ORDER BY placed_at, key;
