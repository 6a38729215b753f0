-- The register of disturbances for a period, a page at a time: the events, and what belongs to those of a page.
-- Read by kanta_tenancy/disturbances/store/register.py.

-- name: events
-- A page of what was reported or planned within a period, in that order; rows are Registered.
SELECT id, tenancy_id, kind, state, title, since, until, system_id, service, joined_to, reported_at, detected_at, aware_at,
       acknowledged_at, acknowledged_by, because
  FROM disturbance
 WHERE main_connector_id = :main_connector_id
   AND reported_at < :until
   AND (reported_at, id) > (:after_reported_at, :after_id)
 ORDER BY reported_at, id
 LIMIT :count;

-- name: reports
-- What the reports of each of these say together, looked up one by one; rows are ReportedTogether.
SELECT wanted.disturbance_id, said.reports, said.reporters, said.units_hit, said.users_hit, said.patient_safety,
       said.data_protection
  FROM unnest(:disturbance_ids::uuid[]) AS wanted (disturbance_id)
 CROSS JOIN LATERAL (
       SELECT count(*) AS reports, count(DISTINCT report.holder) AS reporters, max(report.units_hit) AS units_hit,
              max(report.users_hit) AS users_hit,
              CASE WHEN bool_or(report.patient_safety = 'yes') THEN 'yes'
                   WHEN bool_or(report.patient_safety = 'unknown') THEN 'unknown' ELSE 'no' END AS patient_safety,
              CASE WHEN bool_or(report.data_protection = 'yes') THEN 'yes'
                   WHEN bool_or(report.data_protection = 'unknown') THEN 'unknown' ELSE 'no' END AS data_protection
         FROM disturbance_report AS report
        WHERE report.main_connector_id = :main_connector_id
          AND report.disturbance_id = wanted.disturbance_id) AS said
 WHERE said.reports > 0;

-- name: answers
-- The latest answer to each question about these, looked up one by one; rows are AnsweredOf.
SELECT wanted.disturbance_id, latest.fact, latest.answer, latest.basis, latest.answered_by, latest.answered_at
  FROM unnest(:disturbance_ids::uuid[]) AS wanted (disturbance_id)
 CROSS JOIN LATERAL (
       SELECT DISTINCT ON (given.fact) given.fact, given.answer, given.basis, given.answered_by, given.answered_at
         FROM disturbance_given AS given
        WHERE given.main_connector_id = :main_connector_id
          AND given.disturbance_id = wanted.disturbance_id
        ORDER BY given.fact, given.id DESC) AS latest
 ORDER BY wanted.disturbance_id, latest.fact;

-- name: duties
-- What was to be told of these, and was; rows are ToldOf.
SELECT disturbance_id, tenancy_id, rule, round, purpose, addressee, source, due_at, state, state_at, channel
  FROM disturbance_duty
 WHERE main_connector_id = :main_connector_id
   AND disturbance_id = ANY (:disturbance_ids::uuid[])
 ORDER BY disturbance_id, due_at, id;

-- name: statuses
-- When tenants were told of each of these, first and last, looked up one by one; rows are StatusesOf.
SELECT wanted.disturbance_id, told.statuses, told.first_at, told.last_at
  FROM unnest(:disturbance_ids::uuid[]) AS wanted (disturbance_id)
 CROSS JOIN LATERAL (
       SELECT count(*) AS statuses, min(status.published_at) AS first_at, max(status.published_at) AS last_at
         FROM disturbance_status AS status
        WHERE status.main_connector_id = :main_connector_id
          AND status.disturbance_id = wanted.disturbance_id) AS told
 WHERE told.statuses > 0;
