-- Notices to Kela of changes of technical client data.
-- Read by kanta_tenancy/joining/store/change_notices.py; rows are kanta_tenancy.joining.model.ChangeNotice unless it says
-- otherwise.

-- name: insert
-- Write a new notice; no row comes back.
INSERT INTO change_notice (id, main_connector_id, kind, description, services, known_on, effective_on, due_on, explanation,
                           status, version, created_at)
VALUES (:id, :main_connector_id, :kind, :description, :services, :known_on, :effective_on, :due_on, :explanation,
        :status, :version, :created_at);

-- name: forget_tenancies
-- Take away whom a planned change concerns, before that is said anew.
DELETE FROM change_notice_tenancy
 WHERE change_notice_id = :change_notice_id;

-- name: add_tenancies
-- Say whom a change concerns.
INSERT INTO change_notice_tenancy (change_notice_id, main_connector_id, tenancy_id)
SELECT :change_notice_id, :main_connector_id, unnest(:tenancy_ids::uuid[]);

-- name: find
-- One notice.
SELECT id, kind, description, services, known_on, effective_on, due_on, explanation, status, version, created_at, sent_on,
       sent_by, reference, because, settled_at,
       ARRAY(SELECT tenancy_id FROM change_notice_tenancy AS concerned
              WHERE concerned.change_notice_id = change_notice.id ORDER BY tenancy_id) AS tenancy_ids
  FROM change_notice
 WHERE id = :change_notice_id;

-- name: lock
-- Hold one notice until the transaction ends and say at which version it is; rows are Version.
SELECT version
  FROM change_notice
 WHERE id = :change_notice_id
   FOR UPDATE;

-- name: save
-- Write a later state over the version that it was computed from; no row means a lost update. Rows are Version.
UPDATE change_notice
   SET kind = :kind, description = :description, services = :services, known_on = :known_on,
       effective_on = :effective_on, due_on = :due_on, explanation = :explanation, status = :status, version = :version,
       sent_on = :sent_on, sent_by = :sent_by, reference = :reference, because = :because, settled_at = :settled_at
 WHERE id = :change_notice_id
   AND version = :version - 1
RETURNING version;

-- name: page
-- A page of the realm's notices in these states by due day, after a position.
SELECT id, kind, description, services, known_on, effective_on, due_on, explanation, status, version, created_at, sent_on,
       sent_by, reference, because, settled_at,
       ARRAY(SELECT tenancy_id FROM change_notice_tenancy AS concerned
              WHERE concerned.change_notice_id = change_notice.id ORDER BY tenancy_id) AS tenancy_ids
  FROM change_notice
 WHERE main_connector_id = :main_connector_id
   AND status = ANY (:statuses::text[])
   AND (due_on, id) > (:after_due, :after_id)
 ORDER BY due_on, id
 LIMIT :count;
