-- Joining applications of the main connector to Kela, with their steps.
-- Read by kanta_tenancy/joining/store/applications.py; rows are kanta_tenancy.joining.model.Application unless it says
-- otherwise.

-- name: insert
-- Write a new draft; no row comes back.
INSERT INTO joining_application (id, main_connector_id, name, services, stage, version, created_at)
VALUES (:id, :main_connector_id, :name, :services, :stage, :version, :created_at);

-- name: find
-- One application with its steps, oldest first.
SELECT id, name, services, stage, version, created_at, in_production_on, ended_on,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'number', number, 'move', move, 'stage', step.stage, 'on', "on", 'reference', reference,
                   'evidence', evidence, 'recorded_at', recorded_at, 'recorded_by', recorded_by)
                   ORDER BY number), '[]')
          FROM joining_step AS step
         WHERE application_id = joining_application.id) AS steps
  FROM joining_application
 WHERE id = :application_id;

-- name: lock
-- Hold one application until the transaction ends and say at which version it is; rows are Version.
SELECT version
  FROM joining_application
 WHERE id = :application_id
   FOR UPDATE;

-- name: save
-- Write a later state over the version that it was computed from; no row means a lost update. Rows are Version.
UPDATE joining_application
   SET name = :name, services = :services, stage = :stage, version = :version, in_production_on = :in_production_on,
       ended_on = :ended_on
 WHERE id = :application_id
   AND version = :version - 1
RETURNING version;

-- name: insert_step
-- Write a step; no row comes back.
INSERT INTO joining_step (application_id, number, main_connector_id, move, stage, "on", reference, evidence, recorded_at,
                          recorded_by)
VALUES (:application_id, :number, :main_connector_id, :move, :stage, :on, :reference, :evidence, :recorded_at,
        :recorded_by);

-- name: newest
-- A page of the realm's applications without their steps, newest first, after an identifier.
SELECT id, name, services, stage, version, created_at, in_production_on, ended_on
  FROM joining_application
 WHERE main_connector_id = :main_connector_id
   AND id < :before
 ORDER BY id DESC
 LIMIT :count;

-- name: in_production
-- Which applications are in production on a day; rows are InProduction.
SELECT id, name, services
  FROM joining_application
 WHERE main_connector_id = :main_connector_id
   AND in_production_on <= :day
   AND (ended_on IS NULL OR ended_on > :day)
 ORDER BY id;
