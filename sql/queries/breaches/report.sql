-- What somebody found.
-- Read by kanta_tenancy/breaches/store/reports.py; rows are kanta_tenancy.breaches.model.Report.

-- name: insert
-- Write a report; no row comes back.
INSERT INTO breach_report (id, main_connector_id, tenancy_id, title, what, found_at, began_at, place, suspected, damage,
                           concerned, disturbance_id, reported_by, reported_at)
VALUES (:id, :main_connector_id, :tenancy_id, :title, :what, :found_at, :began_at, :place, :suspected, :damage,
        :concerned, :disturbance_id, :reported_by, :reported_at);

-- name: find
-- One report.
SELECT id, tenancy_id, title, what, found_at, began_at, place, suspected, damage, concerned, disturbance_id, reported_by,
       reported_at
  FROM breach_report
 WHERE main_connector_id = :main_connector_id
   AND id = :report_id;

-- name: page
-- A page of the realm's reports, newest first.
SELECT id, tenancy_id, title, what, found_at, began_at, place, suspected, damage, concerned, disturbance_id, reported_by,
       reported_at
  FROM breach_report
 WHERE main_connector_id = :main_connector_id
   AND id < :before
 ORDER BY id DESC
 LIMIT :count;

-- name: page_of_holder
-- A page of what one party reported, newest first.
SELECT id, tenancy_id, title, what, found_at, began_at, place, suspected, damage, concerned, disturbance_id, reported_by,
       reported_at
  FROM breach_report
 WHERE main_connector_id = :main_connector_id
   AND holder = :holder
   AND id < :before
 ORDER BY id DESC
 LIMIT :count;

-- name: page_of_disturbance
-- A page of the reports that name a disturbance, newest first.
SELECT id, tenancy_id, title, what, found_at, began_at, place, suspected, damage, concerned, disturbance_id, reported_by,
       reported_at
  FROM breach_report
 WHERE main_connector_id = :main_connector_id
   AND disturbance_id = :disturbance_id
   AND id < :before
 ORDER BY id DESC
 LIMIT :count;
