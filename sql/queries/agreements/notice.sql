-- Notices of termination.
-- Read by kanta_tenancy/agreements/endings/store/notices.py; rows are kanta_tenancy.agreements.endings.model.Notice.

-- name: insert
-- Keep what a notice says.
INSERT INTO termination_notice (id, main_connector_id, tenancy_id, agreement_id, party, given_on, message, exhibit_id,
                                recorded_at, delivered_on, delivered_how, main_connector_agrees_at, tenant_agrees_at,
                                version)
VALUES (:id, :main_connector_id, :tenancy_id, :agreement_id, :party, :given_on, :message, :exhibit_id, :recorded_at,
        :delivered_on, :delivered_how, :main_connector_agrees_at, :tenant_agrees_at, :version);

-- name: find
-- One notice.
SELECT id, tenancy_id, agreement_id, party, given_on, message, exhibit_id, recorded_at, delivered_on, delivered_how,
       main_connector_agrees_at, tenant_agrees_at, version
  FROM termination_notice
 WHERE id = :notice_id;

-- name: of_agreement
-- Every notice on an agreement, oldest first.
SELECT id, tenancy_id, agreement_id, party, given_on, message, exhibit_id, recorded_at, delivered_on, delivered_how,
       main_connector_agrees_at, tenant_agrees_at, version
  FROM termination_notice
 WHERE main_connector_id = :main_connector_id
   AND tenancy_id = :tenancy_id
   AND agreement_id = :agreement_id
 ORDER BY id;

-- name: save
-- Write when it was delivered and who agrees to its withdrawal; no row means a lost update.
UPDATE termination_notice
   SET delivered_on = :delivered_on, delivered_how = :delivered_how,
       main_connector_agrees_at = :main_connector_agrees_at, tenant_agrees_at = :tenant_agrees_at, version = :version
 WHERE id = :id
   AND version = :version - 1
RETURNING id, tenancy_id, agreement_id, party, given_on, message, exhibit_id, recorded_at, delivered_on, delivered_how,
          main_connector_agrees_at, tenant_agrees_at, version;
