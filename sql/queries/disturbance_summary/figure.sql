-- The disturbances that were reported in a month, counted: those that are alike are one row.
-- Read by kanta_tenancy/disturbances/summary/store.py.

-- name: events
-- Disturbances by state, place, facts and the minutes until somebody acknowledged; rows are EventFigure.
SELECT state, place, facts, minutes, count(*) AS events
  FROM (SELECT disturbance.state,
               coalesce((SELECT report.place
                           FROM disturbance_report AS report
                          WHERE report.main_connector_id = disturbance.main_connector_id
                            AND report.disturbance_id = disturbance.id
                          ORDER BY report.place = 'unknown', report.id DESC
                          LIMIT 1), 'unknown') AS place,
               ARRAY(SELECT latest.fact
                       FROM (SELECT DISTINCT ON (answer.fact) answer.fact, answer.answer
                               FROM disturbance_given AS answer
                              WHERE answer.main_connector_id = disturbance.main_connector_id
                                AND answer.disturbance_id = disturbance.id
                              ORDER BY answer.fact, answer.id DESC) AS latest
                      WHERE latest.answer = 'yes'
                        AND latest.fact = ANY (:facts::text[])) AS facts,
               ceil(extract(epoch FROM disturbance.acknowledged_at - disturbance.reported_at) / 60)::integer AS minutes
          FROM disturbance
         WHERE disturbance.main_connector_id = :main_connector_id
           AND disturbance.kind = 'disturbance'
           AND disturbance.reported_at >= :since
           AND disturbance.reported_at < :until) AS month
 GROUP BY state, place, facts, minutes
 ORDER BY state, place, facts, minutes;

-- name: duties
-- The main connector's own duties of these disturbances by source, outcome and the minutes until they were told; rows are
-- DutyFigure. What tenants owe is theirs.
SELECT source, outcome, minutes, late, count(*) AS duties
  FROM (SELECT duty.source,
               CASE WHEN duty.state IN ('sent', 'acknowledged') THEN 'told'
                    WHEN duty.state = 'not_needed' THEN 'not_needed'
                    ELSE 'open' END AS outcome,
               CASE WHEN duty.state IN ('sent', 'acknowledged')
                    THEN greatest(ceil(extract(epoch FROM coalesce(duty.told_at, duty.made_at) - duty.counted_from) / 60), 0)
                END::integer AS minutes,
               CASE WHEN duty.state IN ('sent', 'acknowledged') THEN coalesce(duty.told_at, duty.made_at) > duty.due_at
                    ELSE duty.state <> 'not_needed' AND duty.due_at < :now END AS late
          FROM disturbance_duty AS duty
         WHERE duty.main_connector_id = :main_connector_id
           AND duty.holder = :main_connector_id
           AND duty.disturbance_id = ANY (ARRAY(SELECT disturbance.id
                                                  FROM disturbance
                                                 WHERE disturbance.main_connector_id = :main_connector_id
                                                   AND disturbance.kind = 'disturbance'
                                                   AND disturbance.reported_at >= :since
                                                   AND disturbance.reported_at < :until))) AS month
 GROUP BY source, outcome, minutes, late
 ORDER BY source, outcome, minutes, late;

-- name: left_to_do
-- What is open now, of whatever month; rows are LeftFigure.
SELECT kind, count(*) AS open, count(*) FILTER (WHERE due_on < :today) AS overdue
  FROM disturbance_follow_up
 WHERE main_connector_id = :main_connector_id
   AND state = 'open'
 GROUP BY kind
 ORDER BY kind;
