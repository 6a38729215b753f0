-- Disturbances and maintenance.
-- Read by kanta_tenancy/disturbances/store/disturbances.py; rows are kanta_tenancy.disturbances.case.Disturbance unless it
-- says otherwise.

-- name: insert
-- Write maintenance that was planned; no row comes back. What is reported is written with its report.
INSERT INTO disturbance (id, main_connector_id, tenancy_id, kind, state, title, since, until, system_id, service, reported_at,
                         detected_at, version)
VALUES (:id, :main_connector_id, NULL, :kind, :state, :title, :since, :until, :system_id, :service, :reported_at,
        :detected_at, :version);

-- name: find
-- One disturbance.
SELECT id, tenancy_id, kind, state, title, since, until, system_id, service, joined_to, reported_at, detected_at, aware_at,
       acknowledged_at, acknowledged_by, unreached_at, because, closed_at, closed_by, version,
       (SELECT left(report.what, 200)
          FROM disturbance_report AS report
         WHERE report.main_connector_id = disturbance.main_connector_id
           AND report.disturbance_id = disturbance.id
         ORDER BY report.id
         LIMIT 1) AS what
  FROM disturbance
 WHERE main_connector_id = :main_connector_id
   AND id = :disturbance_id;

-- name: take
-- One disturbance, held until the transaction ends.
SELECT id, tenancy_id, kind, state, title, since, until, system_id, service, joined_to, reported_at, detected_at, aware_at,
       acknowledged_at, acknowledged_by, unreached_at, because, closed_at, closed_by, version,
       (SELECT left(report.what, 200)
          FROM disturbance_report AS report
         WHERE report.main_connector_id = disturbance.main_connector_id
           AND report.disturbance_id = disturbance.id
         ORDER BY report.id
         LIMIT 1) AS what
  FROM disturbance
 WHERE main_connector_id = :main_connector_id
   AND id = :disturbance_id
   FOR UPDATE;

-- name: save
-- Write a later state over the version that it was computed from; no row means a lost update. Rows are Version.
UPDATE disturbance
   SET state = :state, title = :title, since = :since, until = :until, system_id = :system_id, service = :service,
       joined_to = :joined_to, detected_at = :detected_at, aware_at = :aware_at, acknowledged_at = :acknowledged_at,
       acknowledged_by = :acknowledged_by, unreached_at = :unreached_at, because = :because,
       closed_at = :closed_at, closed_by = :closed_by, version = :version
 WHERE main_connector_id = :main_connector_id
   AND id = :disturbance_id
   AND version = :version - 1
RETURNING version;

-- name: unreached
-- Say since when nobody is left to be called; that is no change that people make, so the version stays.
UPDATE disturbance
   SET unreached_at = :at
 WHERE main_connector_id = :main_connector_id
   AND id = :disturbance_id
   AND unreached_at IS NULL;

-- name: page
-- The scope's disturbances in these states, newest first.
SELECT id, tenancy_id, kind, state, title, since, until, system_id, service, joined_to, reported_at, detected_at, aware_at,
       acknowledged_at, acknowledged_by, unreached_at, because, closed_at, closed_by, version,
       (SELECT left(report.what, 200)
          FROM disturbance_report AS report
         WHERE report.main_connector_id = disturbance.main_connector_id
           AND report.disturbance_id = disturbance.id
         ORDER BY report.id
         LIMIT 1) AS what
  FROM disturbance
 WHERE main_connector_id = :main_connector_id
   AND id < :before
   AND state = ANY (:states::text[])
 ORDER BY id DESC
 LIMIT :count;

-- name: open
-- The scope's open ones, newest first; there are few.
SELECT id, tenancy_id, kind, state, title, since, until, system_id, service, joined_to, reported_at, detected_at, aware_at,
       acknowledged_at, acknowledged_by, unreached_at, because, closed_at, closed_by, version,
       (SELECT left(report.what, 200)
          FROM disturbance_report AS report
         WHERE report.main_connector_id = disturbance.main_connector_id
           AND report.disturbance_id = disturbance.id
         ORDER BY report.id
         LIMIT 1) AS what
  FROM disturbance
 WHERE main_connector_id = :main_connector_id
   AND state IN ('reported', 'acknowledged', 'planned')
   AND id < :before
 ORDER BY id DESC
 LIMIT :count;

-- name: similar
-- Open ones of the same system or the same service, newest first: the same event, perhaps.
SELECT id, tenancy_id, kind, state, title, since, until, system_id, service, joined_to, reported_at, detected_at, aware_at,
       acknowledged_at, acknowledged_by, unreached_at, because, closed_at, closed_by, version,
       (SELECT left(report.what, 200)
          FROM disturbance_report AS report
         WHERE report.main_connector_id = disturbance.main_connector_id
           AND report.disturbance_id = disturbance.id
         ORDER BY report.id
         LIMIT 1) AS what
  FROM disturbance_similar(:main_connector_id, :disturbance_id, :system_id, :service, :count) AS disturbance
 ORDER BY id DESC;

-- name: waiting
-- Those that nobody has acknowledged, in the order in which they were reported; rows are Waiting.
SELECT id, reported_at
  FROM disturbance
 WHERE main_connector_id = :main_connector_id
   AND state = 'reported'
   AND id > :after
 ORDER BY id
 LIMIT :count;

-- name: joined
-- Those that were joined to one.
SELECT id, tenancy_id, kind, state, title, since, until, system_id, service, joined_to, reported_at, detected_at, aware_at,
       acknowledged_at, acknowledged_by, unreached_at, because, closed_at, closed_by, version,
       (SELECT left(report.what, 200)
          FROM disturbance_report AS report
         WHERE report.main_connector_id = disturbance.main_connector_id
           AND report.disturbance_id = disturbance.id
         ORDER BY report.id
         LIMIT 1) AS what
  FROM disturbance
 WHERE main_connector_id = :main_connector_id
   AND joined_to = :disturbance_id
 ORDER BY id;

-- name: add_parties
-- Let these tenants see a disturbance; one that reported it stays one that did.
INSERT INTO disturbance_party (main_connector_id, disturbance_id, tenancy_id, reported)
SELECT :main_connector_id, :disturbance_id, tenancy_id, :reported
  FROM unnest(:tenancy_ids::uuid[]) AS tenancy_id
 ORDER BY tenancy_id
ON CONFLICT (main_connector_id, disturbance_id, tenancy_id) DO UPDATE
   SET reported = true
 WHERE excluded.reported AND NOT disturbance_party.reported;

-- name: reporters
-- The tenants that reported it; rows are Party.
SELECT tenancy_id
  FROM disturbance_party
 WHERE main_connector_id = :main_connector_id
   AND disturbance_id = :disturbance_id
   AND reported
 ORDER BY tenancy_id;

-- name: answers
-- The latest answer to each question; rows are kanta_tenancy.disturbances.case.Answered.
SELECT DISTINCT ON (fact) fact, answer, basis, reason, answered_by, answered_at
  FROM disturbance_given
 WHERE main_connector_id = :main_connector_id
   AND disturbance_id = :disturbance_id
 ORDER BY fact, id DESC;

-- name: history
-- Every answer in the order in which they were given; rows are kanta_tenancy.disturbances.case.Answered.
SELECT fact, answer, basis, reason, answered_by, answered_at
  FROM disturbance_given
 WHERE main_connector_id = :main_connector_id
   AND disturbance_id = :disturbance_id
 ORDER BY id, place;

-- name: add_answers
-- Write answers in their order.
INSERT INTO disturbance_answer (id, main_connector_id, disturbance_id, fact, answer, basis, reason, answered_by, answered_at)
SELECT said.id, :main_connector_id, :disturbance_id, said.fact, said.answer, said.basis, said.reason, said.answered_by,
       said.answered_at
  FROM jsonb_to_recordset(:answers) AS said (
       id uuid, fact text, answer text, basis text, reason text, answered_by text, answered_at timestamptz);

-- name: unfollowed
-- Across realms: open ones of which a report brought what nobody has promised; rows are Unfollowed.
SELECT id, main_connector_id, uncalled
  FROM disturbance_unfollowed(:until, :most);

-- name: figures
-- Across realms: how many wait to be acknowledged, and for how many nobody is left; rows are Figures.
SELECT waiting, unreached
  FROM disturbance_figures();
