-- What is left to do: actions after disturbances, and faults.
-- Read by kanta_tenancy/disturbances/follow_ups/store.py; rows are kanta_tenancy.disturbances.follow_ups.model.FollowUp unless
-- it says otherwise.

-- name: insert
-- Write something that is left to do.
INSERT INTO disturbance_follow_up (id, main_connector_id, tenancy_id, kind, disturbance_id, system_id, owner, contact_id, what,
                                   due_on, noticed_at, reported_by, reported_at, state, state_at, round, version)
VALUES (:id, :main_connector_id, :tenancy_id, :kind, :disturbance_id, :system_id, :owner, :contact_id, :what, :due_on,
        :noticed_at, :reported_by, :reported_at, :state, :state_at, :round, :version);

-- name: find
-- One of them.
SELECT id, tenancy_id, kind, owner, what, due_on, noticed_at, reported_by, reported_at, state, state_at, round, version, disturbance_id,
       system_id, contact_id, note, settled_by, told_at
  FROM disturbance_follow_up
 WHERE main_connector_id = :main_connector_id
   AND id = :follow_up_id;

-- name: take
-- One of them, held until the transaction ends.
SELECT id, tenancy_id, kind, owner, what, due_on, noticed_at, reported_by, reported_at, state, state_at, round, version, disturbance_id,
       system_id, contact_id, note, settled_by, told_at
  FROM disturbance_follow_up
 WHERE main_connector_id = :main_connector_id
   AND id = :follow_up_id
   FOR UPDATE;

-- name: save
-- Write a later state over the version that it was computed from; no row means a lost update. Rows are Version.
UPDATE disturbance_follow_up
   SET owner = :owner, contact_id = :contact_id, what = :what, due_on = :due_on, state = :state, note = :note,
       settled_by = :settled_by, state_at = :state_at, round = :round, version = :version
 WHERE main_connector_id = :main_connector_id
   AND id = :follow_up_id
   AND version = :version - 1
RETURNING version;

-- name: told
-- Say when the tenant was last told how it stands.
UPDATE disturbance_follow_up
   SET told_at = :at
 WHERE main_connector_id = :main_connector_id
   AND id = :follow_up_id;

-- name: open
-- What is open of a kind, the earliest due first.
SELECT id, tenancy_id, kind, owner, what, due_on, noticed_at, reported_by, reported_at, state, state_at, round, version, disturbance_id,
       system_id, contact_id, note, settled_by, told_at
  FROM disturbance_follow_up
 WHERE main_connector_id = :main_connector_id
   AND state = 'open'
   AND kind = :kind
   AND (due_on, id) > (:after_due_on, :after_id)
 ORDER BY due_on, id
 LIMIT :count;

-- name: open_of_tenant
-- The same of one tenant.
SELECT id, tenancy_id, kind, owner, what, due_on, noticed_at, reported_by, reported_at, state, state_at, round, version, disturbance_id,
       system_id, contact_id, note, settled_by, told_at
  FROM disturbance_follow_up
 WHERE main_connector_id = :main_connector_id
   AND tenancy_id = :tenancy_id
   AND state = 'open'
   AND kind = :kind
   AND (due_on, id) > (:after_due_on, :after_id)
 ORDER BY due_on, id
 LIMIT :count;

-- name: page
-- Those of a kind in these states, the newest first.
SELECT id, tenancy_id, kind, owner, what, due_on, noticed_at, reported_by, reported_at, state, state_at, round, version, disturbance_id,
       system_id, contact_id, note, settled_by, told_at
  FROM disturbance_follow_up
 WHERE main_connector_id = :main_connector_id
   AND kind = :kind
   AND id < :before
   AND state = ANY (:states::text[])
 ORDER BY id DESC
 LIMIT :count;

-- name: page_of_tenant
-- The same of one tenant.
SELECT id, tenancy_id, kind, owner, what, due_on, noticed_at, reported_by, reported_at, state, state_at, round, version, disturbance_id,
       system_id, contact_id, note, settled_by, told_at
  FROM disturbance_follow_up
 WHERE main_connector_id = :main_connector_id
   AND tenancy_id = :tenancy_id
   AND kind = :kind
   AND id < :before
   AND state = ANY (:states::text[])
 ORDER BY id DESC
 LIMIT :count;

-- name: of_disturbance
-- What one disturbance has left, in the order in which it was put down.
SELECT id, tenancy_id, kind, owner, what, due_on, noticed_at, reported_by, reported_at, state, state_at, round, version, disturbance_id,
       system_id, contact_id, note, settled_by, told_at
  FROM disturbance_follow_up
 WHERE main_connector_id = :main_connector_id
   AND disturbance_id = :disturbance_id
   AND id > :after
 ORDER BY id
 LIMIT :count;
