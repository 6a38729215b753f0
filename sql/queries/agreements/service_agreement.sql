-- Service-production agreements of the same two parties.
-- Read by kanta_tenancy/agreements/endings/store/service_agreements.py; rows are
-- kanta_tenancy.agreements.endings.model.ServiceAgreement.

-- name: insert
-- Keep what one says.
INSERT INTO service_agreement (id, main_connector_id, tenancy_id, name, since, last_day, notice_count, notice_unit,
                               exhibit_id, recorded_at, version)
VALUES (:id, :main_connector_id, :tenancy_id, :name, :since, :last_day, :notice_count, :notice_unit, :exhibit_id,
        :recorded_at, :version);

-- name: find
-- One of them.
SELECT id, tenancy_id, name, since, last_day, notice_count, notice_unit, exhibit_id, recorded_at, version
  FROM service_agreement
 WHERE id = :service_agreement_id;

-- name: of_tenancy
-- Every one of a tenancy, in the order in which they were put down.
SELECT id, tenancy_id, name, since, last_day, notice_count, notice_unit, exhibit_id, recorded_at, version
  FROM service_agreement
 WHERE main_connector_id = :main_connector_id
   AND tenancy_id = :tenancy_id
 ORDER BY id;

-- name: save
-- Write what is known of it now; no row means a lost update.
UPDATE service_agreement
   SET name = :name, since = :since, last_day = :last_day, notice_count = :notice_count, notice_unit = :notice_unit,
       exhibit_id = :exhibit_id, version = :version
 WHERE id = :id
   AND version = :version - 1
RETURNING id, tenancy_id, name, since, last_day, notice_count, notice_unit, exhibit_id, recorded_at, version;
