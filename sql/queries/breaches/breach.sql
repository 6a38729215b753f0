-- Breaches in the registers of those whom they concern.
-- Read by kanta_tenancy/breaches/store/breaches.py; rows are kanta_tenancy.breaches.model.Breach unless it says otherwise.

-- name: insert
-- Write a breach; no row comes back.
INSERT INTO breach (id, main_connector_id, tenancy_id, report_id, title, found_at, recorded_at, state, part, risk, aware_at,
                    authority_due_at, version, disturbance_id)
VALUES (:id, :main_connector_id, :tenancy_id, :report_id, :title, :found_at, :recorded_at, :state, :part, :risk, :aware_at,
        :authority_due_at, :version, :disturbance_id);

-- name: find
-- One breach.
SELECT id, tenancy_id, report_id, title, found_at, recorded_at, state, part, risk, aware_at, authority_due_at, version,
       disturbance_id
  FROM breach
 WHERE main_connector_id = :main_connector_id
   AND id = :breach_id;

-- name: lock
-- One breach, held until the transaction ends.
SELECT id, tenancy_id, report_id, title, found_at, recorded_at, state, part, risk, aware_at, authority_due_at, version,
       disturbance_id
  FROM breach
 WHERE main_connector_id = :main_connector_id
   AND id = :breach_id
   FOR UPDATE;

-- name: save
-- What stands of a breach after one more entry. The transaction holds it.
UPDATE breach
   SET state = :state, part = :part, risk = :risk, aware_at = :aware_at, authority_due_at = :authority_due_at,
       version = :version
 WHERE main_connector_id = :main_connector_id
   AND id = :breach_id
   AND version = :version - 1;

-- name: of_report
-- The breaches that came of a report, as far as the scope sees them, in the order in which they were recorded.
SELECT id, tenancy_id, report_id, title, found_at, recorded_at, state, part, risk, aware_at, authority_due_at, version,
       disturbance_id
  FROM breach
 WHERE main_connector_id = :main_connector_id
   AND report_id = :report_id
 ORDER BY id;

-- name: page
-- A page of the breaches of a realm, newest first.
SELECT id, tenancy_id, report_id, title, found_at, recorded_at, state, part, risk, aware_at, authority_due_at, version,
       disturbance_id
  FROM breach
 WHERE main_connector_id = :main_connector_id
   AND id < :before
 ORDER BY id DESC
 LIMIT :count;

-- name: page_open
-- A page of those that are neither dismissed nor closed.
SELECT id, tenancy_id, report_id, title, found_at, recorded_at, state, part, risk, aware_at, authority_due_at, version,
       disturbance_id
  FROM breach
 WHERE main_connector_id = :main_connector_id
   AND state IN ('suspected', 'confirmed')
   AND id < :before
 ORDER BY id DESC
 LIMIT :count;

-- name: page_of_holder
-- A page of one party's register, newest first.
SELECT id, tenancy_id, report_id, title, found_at, recorded_at, state, part, risk, aware_at, authority_due_at, version,
       disturbance_id
  FROM breach
 WHERE main_connector_id = :main_connector_id
   AND holder = :holder
   AND id < :before
 ORDER BY id DESC
 LIMIT :count;

-- name: page_open_of_holder
-- A page of one party's register: those that are neither dismissed nor closed.
SELECT id, tenancy_id, report_id, title, found_at, recorded_at, state, part, risk, aware_at, authority_due_at, version,
       disturbance_id
  FROM breach
 WHERE main_connector_id = :main_connector_id
   AND holder = :holder
   AND state IN ('suspected', 'confirmed')
   AND id < :before
 ORDER BY id DESC
 LIMIT :count;

-- name: found_within
-- A page of one party's register, of what was found in a period, in the order of finding.
SELECT id, tenancy_id, report_id, title, found_at, recorded_at, state, part, risk, aware_at, authority_due_at, version,
       disturbance_id
  FROM breach
 WHERE main_connector_id = :main_connector_id
   AND holder = :holder
   AND found_at < :until
   AND (found_at, id) > (:after_found_at, :after_id)
 ORDER BY found_at, id
 LIMIT :count;
