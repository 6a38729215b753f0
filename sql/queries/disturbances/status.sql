-- What tenants are told of disturbances and maintenance.
-- Read by kanta_tenancy/disturbances/store/statuses.py; rows are kanta_tenancy.disturbances.case.Status unless it says
-- otherwise.

-- name: insert
-- Write what is told; no row comes back.
INSERT INTO disturbance_status (id, main_connector_id, disturbance_id, number, phase, text, published_at, published_by)
VALUES (:id, :main_connector_id, :disturbance_id, :number, :phase, :text, :published_at, :published_by);

-- name: of_disturbance
-- What was told of one disturbance that the scope sees, in order.
SELECT id, disturbance_id, number, phase, text, published_at, published_by
  FROM disturbance_status
 WHERE main_connector_id = :main_connector_id
   AND disturbance_id = :disturbance_id
 ORDER BY number;

-- name: find
-- One status.
SELECT id, disturbance_id, number, phase, text, published_at, published_by
  FROM disturbance_status
 WHERE main_connector_id = :main_connector_id
   AND id = :status_id;

-- name: add_recipients
-- Put down which tenants a status is for.
INSERT INTO disturbance_recipient (main_connector_id, status_id, tenancy_id)
SELECT :main_connector_id, :status_id, tenancy_id
  FROM unnest(:tenancy_ids::uuid[]) AS tenancy_id
 ORDER BY tenancy_id;

-- name: told_before
-- The tenants that any status of a disturbance was for; rows are Party.
SELECT DISTINCT recipient.tenancy_id
  FROM disturbance_status AS status
  JOIN disturbance_recipient AS recipient
    ON recipient.main_connector_id = status.main_connector_id AND recipient.status_id = status.id
 WHERE status.main_connector_id = :main_connector_id
   AND status.disturbance_id = :disturbance_id
 ORDER BY recipient.tenancy_id;

-- name: waiting
-- The next tenants whose people were not told yet; rows are Party.
SELECT tenancy_id
  FROM disturbance_recipient
 WHERE main_connector_id = :main_connector_id
   AND status_id = :status_id
   AND told_at IS NULL
 ORDER BY tenancy_id
 LIMIT :count;

-- name: told
-- Put down that the people of these tenants were told, and how many they were.
UPDATE disturbance_recipient
   SET told_at = :at, people = told.people
  FROM unnest(:tenancy_ids::uuid[], :people::integer[]) AS told (tenancy_id, people)
 WHERE disturbance_recipient.main_connector_id = :main_connector_id
   AND disturbance_recipient.status_id = :status_id
   AND disturbance_recipient.tenancy_id = told.tenancy_id
   AND disturbance_recipient.told_at IS NULL;

-- name: reach
-- How many tenants a status is for, how many were told, and how many people those are; rows are Reached.
SELECT count(*) AS tenants, count(told_at) AS told, coalesce(sum(people), 0)::bigint AS people
  FROM disturbance_recipient
 WHERE main_connector_id = :main_connector_id
   AND status_id = :status_id;

-- name: page
-- The latest of what the scope was told of each thing since a time, newest first, with what it is about; rows are Shown.
-- OFFSET 0 keeps the planner from reading every disturbance for the few that are shown.
SELECT status.id, status.disturbance_id, status.number, status.phase, status.text, status.published_at, about.kind,
       about.title, about.since, about.until, about.system_id, about.service
  FROM (SELECT each.main_connector_id, each.id, each.disturbance_id, each.number, each.phase, each.text, each.published_at
          FROM disturbance_status AS each
         WHERE each.main_connector_id = :main_connector_id
           AND each.published_at >= :since
           AND each.number = (SELECT max(later.number)
                                FROM disturbance_status AS later
                               WHERE later.main_connector_id = each.main_connector_id
                                 AND later.disturbance_id = each.disturbance_id)
         ORDER BY each.published_at DESC, each.id DESC
         LIMIT :count) AS status
 CROSS JOIN LATERAL (SELECT disturbance.kind, disturbance.title, disturbance.since, disturbance.until,
                            disturbance.system_id, disturbance.service
                       FROM disturbance
                      WHERE disturbance.main_connector_id = status.main_connector_id
                        AND disturbance.id = status.disturbance_id
                     OFFSET 0) AS about
 ORDER BY status.published_at DESC, status.id DESC;
