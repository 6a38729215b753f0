-- Who must tell whom, and what became of it.
-- Read by kanta_tenancy/disturbances/store/duties.py; rows are kanta_tenancy.disturbances.case.KeptDuty unless it says
-- otherwise.

-- name: of_disturbance
-- The duties of one disturbance that the scope sees, in the order in which they are due.
SELECT id, disturbance_id, tenancy_id, rule, round, tries, purpose, addressee, source, counted_from, due_at, explanation, state,
       state_at, made_at, version, carried_by, channel, note, settled_by, told_at
  FROM disturbance_duty
 WHERE main_connector_id = :main_connector_id
   AND disturbance_id = :disturbance_id
 ORDER BY due_at, id;

-- name: find
-- One duty.
SELECT id, disturbance_id, tenancy_id, rule, round, tries, purpose, addressee, source, counted_from, due_at, explanation, state,
       state_at, made_at, version, carried_by, channel, note, settled_by, told_at
  FROM disturbance_duty
 WHERE main_connector_id = :main_connector_id
   AND id = :duty_id;

-- name: take
-- One duty, held until the transaction ends.
SELECT id, disturbance_id, tenancy_id, rule, round, tries, purpose, addressee, source, counted_from, due_at, explanation, state,
       state_at, made_at, version, carried_by, channel, note, settled_by, told_at
  FROM disturbance_duty
 WHERE main_connector_id = :main_connector_id
   AND id = :duty_id
   FOR UPDATE;

-- name: take_all
-- Every duty of one disturbance, held until the transaction ends.
SELECT id, disturbance_id, tenancy_id, rule, round, tries, purpose, addressee, source, counted_from, due_at, explanation, state,
       state_at, made_at, version, carried_by, channel, note, settled_by, told_at
  FROM disturbance_duty
 WHERE main_connector_id = :main_connector_id
   AND disturbance_id = :disturbance_id
 ORDER BY id
   FOR UPDATE;

-- name: take_outlined
-- Those duties of one disturbance that only a report has touched, held until the transaction ends.
SELECT id, disturbance_id, tenancy_id, rule, round, tries, purpose, addressee, source, counted_from, due_at, explanation, state,
       state_at, made_at, version, carried_by, channel, note, settled_by, told_at
  FROM disturbance_duty
 WHERE main_connector_id = :main_connector_id
   AND disturbance_id = :disturbance_id
   AND explanation -> 'steps' = '[]'
 ORDER BY id
   FOR UPDATE;

-- name: write_out
-- Keep what explains duties, in full.
UPDATE disturbance_duty AS duty
   SET explanation = said.explanation
  FROM jsonb_to_recordset(:duties) AS said (id uuid, explanation jsonb)
 WHERE duty.main_connector_id = :main_connector_id
   AND duty.id = said.id;

-- name: add
-- Write duties; one of a rule, a holder and a round that is there already is left as it is.
INSERT INTO disturbance_duty (id, main_connector_id, disturbance_id, tenancy_id, rule, round, tries, purpose, addressee, source,
                              counted_from, due_at, explanation, state, channel, note, settled_by, state_at, made_at, version,
                              carried_by, told_at)
SELECT said.id, :main_connector_id, said.disturbance_id, said.tenancy_id, said.rule, said.round, said.tries, said.purpose, said.addressee,
       said.source, said.counted_from, said.due_at, said.explanation, said.state, said.channel, said.note, said.settled_by,
       said.state_at, said.made_at, said.version, said.carried_by, said.told_at
  FROM jsonb_to_recordset(:duties) AS said (
       id uuid, disturbance_id uuid, tenancy_id uuid, rule text, round integer, tries integer, purpose text, addressee text, source text,
       counted_from timestamptz, due_at timestamptz, explanation jsonb, state text, channel text, note text,
       settled_by text, state_at timestamptz, made_at timestamptz, version integer, carried_by text, told_at timestamptz)
    ON CONFLICT ON CONSTRAINT disturbance_duty_once DO NOTHING;

-- name: save
-- Write a later state over the version that it was computed from; no row means a lost update. Rows are Version.
UPDATE disturbance_duty
   SET tries = :tries, counted_from = :counted_from, due_at = :due_at, explanation = :explanation, state = :state, channel = :channel,
       note = :note, settled_by = :settled_by, state_at = :state_at, carried_by = :carried_by, told_at = :told_at, version = :version
 WHERE main_connector_id = :main_connector_id
   AND id = :duty_id
   AND version = :version - 1
RETURNING version;

-- name: open
-- The scope's duties that are still to be fulfilled, in the order in which they were made.
SELECT id, disturbance_id, tenancy_id, rule, round, tries, purpose, addressee, source, counted_from, due_at, explanation, state,
       state_at, made_at, version, carried_by, channel, note, settled_by, told_at
  FROM disturbance_duty
 WHERE main_connector_id = :main_connector_id
   AND state IN ('pending', 'failed')
   AND id > :after
 ORDER BY id
 LIMIT :count;
