-- How what a disturbance asks stands in the room that sees to it.
-- Read by kanta_tenancy/disturbances/store/carried.py; rows are kanta_tenancy.disturbances.case.Carried.

-- name: of_disturbance
-- What was said last of each matter, by carrier and by whose it is.
SELECT DISTINCT ON (tenancy_id, carrier, matter)
       tenancy_id, carrier, matter, state, note, channel, counted_from, due_at, explanation, said_by, said_at
  FROM disturbance_carried
 WHERE main_connector_id = :main_connector_id
   AND disturbance_id = :disturbance_id
 ORDER BY tenancy_id, carrier, matter, id DESC;

-- name: add
-- Write what was said now; no row comes back.
INSERT INTO disturbance_carried (id, main_connector_id, disturbance_id, tenancy_id, carrier, matter, state, note, channel,
                                 counted_from, due_at, explanation, said_by, said_at)
SELECT said.id, :main_connector_id, :disturbance_id, said.tenancy_id, said.carrier, said.matter, said.state, said.note,
       said.channel, said.counted_from, said.due_at, said.explanation, said.said_by, said.said_at
  FROM jsonb_to_recordset(:carried) AS said (
       id uuid, tenancy_id uuid, carrier text, matter text, state text, note text, channel text, counted_from timestamptz,
       due_at timestamptz, explanation jsonb, said_by text, said_at timestamptz);
