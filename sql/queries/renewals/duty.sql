-- Which patients are to be told, by whom.
-- Read by kanta_tenancy/renewals/store/duties.py; rows are kanta_tenancy.renewals.model.Duty unless it says otherwise.

-- name: insert
-- Open duties; no row comes back.
INSERT INTO renewal_duty (request, main_connector_id, tenancy_id, owed_by, outcome, opened_at, due_at)
SELECT said.request, :main_connector_id, said.tenancy_id, said.owed_by, said.outcome, said.opened_at, said.due_at
  FROM jsonb_to_recordset(:said) AS said (
       request uuid, tenancy_id uuid, owed_by text, outcome text, opened_at timestamptz, due_at timestamptz);

-- name: find
-- The duty of one request.
SELECT request, tenancy_id, owed_by, outcome, opened_at, due_at, escalated_at, told_at, told_by, way
  FROM renewal_duty
 WHERE main_connector_id = :main_connector_id
   AND request = :request;

-- name: take
-- The same, held until the transaction ends.
SELECT request, tenancy_id, owed_by, outcome, opened_at, due_at, escalated_at, told_at, told_by, way
  FROM renewal_duty
 WHERE main_connector_id = :main_connector_id
   AND request = :request
   FOR UPDATE;

-- name: settle
-- Put down that a patient was told.
UPDATE renewal_duty
   SET told_at = :at, told_by = :by, way = :way
 WHERE main_connector_id = :main_connector_id
   AND request = :request
   AND told_at IS NULL;

-- name: escalate
-- The main connector sees to it from now on.
UPDATE renewal_duty
   SET owed_by = 'main_connector', escalated_at = :at
 WHERE main_connector_id = :main_connector_id
   AND request = :request
   AND told_at IS NULL;

-- name: open_of_realm
-- A page of the duties of a realm that are open, what is due first before the rest. The longest page is written out so
-- that one plan serves every page.
SELECT request, tenancy_id, owed_by, outcome, opened_at, due_at, escalated_at, told_at, told_by, way
  FROM (SELECT request, tenancy_id, owed_by, outcome, opened_at, due_at, escalated_at, told_at, told_by, way
          FROM renewal_duty
         WHERE main_connector_id = :main_connector_id
           AND told_at IS NULL
           AND (due_at, request) > (:after_at, :after_id)
         ORDER BY due_at, request
         LIMIT 201) AS page
 ORDER BY due_at, request
 LIMIT :count;

-- name: open_of_house
-- The same of a tenant's requests, or of the main connector's own.
SELECT request, tenancy_id, owed_by, outcome, opened_at, due_at, escalated_at, told_at, told_by, way
  FROM (SELECT request, tenancy_id, owed_by, outcome, opened_at, due_at, escalated_at, told_at, told_by, way
          FROM renewal_duty
         WHERE main_connector_id = :main_connector_id
           AND holder = :holder
           AND told_at IS NULL
           AND (due_at, request) > (:after_at, :after_id)
         ORDER BY due_at, request
         LIMIT 201) AS page
 ORDER BY due_at, request
 LIMIT :count;
