-- Which service of whom runs on which system, from which day until before which day.
-- Read by kanta_tenancy/systems/store/deployments.py; rows are kanta_tenancy.systems.model.Deployment unless it says
-- otherwise.

-- name: insert
-- Write a deployment; no row comes back.
INSERT INTO deployment (id, main_connector_id, system_id, service, tenancy_id, since, until, version, created_at)
VALUES (:id, :main_connector_id, :system_id, :service, :tenancy_id, :since, :until, :version, :created_at);

-- name: find
-- One deployment.
SELECT id, system_id, service, tenancy_id, since, until, version, created_at
  FROM deployment
 WHERE main_connector_id = :main_connector_id
   AND id = :deployment_id;

-- name: take
-- The same, held until the transaction ends.
SELECT id, system_id, service, tenancy_id, since, until, version, created_at
  FROM deployment
 WHERE main_connector_id = :main_connector_id
   AND id = :deployment_id
   FOR UPDATE;

-- name: save
-- Say the period of a deployment anew.
UPDATE deployment
   SET since = :since, until = :until, version = :version
 WHERE main_connector_id = :main_connector_id
   AND id = :id;

-- name: newest
-- A page of the scope's deployments, those that are over and those to come too, newest first.
SELECT id, system_id, service, tenancy_id, since, until, version, created_at
  FROM deployment
 WHERE main_connector_id = :main_connector_id
   AND id < :before
 ORDER BY id DESC
 LIMIT :count;

-- name: of_systems
-- Every deployment on these systems; for bringing in a file.
SELECT id, system_id, service, tenancy_id, since, until, version, created_at
  FROM deployment
 WHERE main_connector_id = :main_connector_id
   AND system_id = ANY (:system_ids::uuid[]);

-- name: dependencies
-- What somebody depends on, on a day: each service that runs for them, or one of them, with its system; rows are
-- Dependency.
SELECT deployment.id AS deployment_id, deployment.service, deployment.since, deployment.until, system.id AS system_id,
       system.kind, system.name, system.system_class, system.state, system.producer, system.upkeep,
       (SELECT last_day
          FROM conformity_certificate AS certificate
         WHERE certificate.system_id = system.id
           AND certificate.kind = 'security'
           AND certificate.stands_since IS NOT NULL) AS security_last_day
  FROM deployment
 CROSS JOIN LATERAL (
       SELECT id, kind, name, sort_name, system_class, state, producer, upkeep
         FROM information_system
        WHERE main_connector_id = :main_connector_id
          AND information_system.id = deployment.system_id
        LIMIT 1) AS system
 WHERE deployment.main_connector_id = :main_connector_id
   AND deployment.holder = :holder
   AND deployment.service = ANY (:services::text[])
   AND deployment.since <= :day
   AND (deployment.until IS NULL OR deployment.until > :day)
 ORDER BY deployment.service, system.sort_name, deployment.id;

-- name: behind
-- A page of the tenancies and services that stand behind a system on a day, by tenancy and service; rows are Dependant.
-- The longest page is written out so that one plan serves every page.
SELECT deployment_id, tenancy_id, holder, service, since, until
  FROM (SELECT id AS deployment_id, tenancy_id, holder, service, since, until
          FROM deployment
         WHERE main_connector_id = :main_connector_id
           AND system_id = :system_id
           AND (holder, service) > (:after_holder, :after_service)
           AND since <= :day
           AND (until IS NULL OR until > :day)
         ORDER BY holder, service
         LIMIT 201) AS page
 ORDER BY holder, service
 LIMIT :count;

-- name: behind_of
-- The same for one tenancy alone: its few services on that system.
SELECT id AS deployment_id, tenancy_id, holder, service, since, until
  FROM deployment
 WHERE main_connector_id = :main_connector_id
   AND system_id = :system_id
   AND holder = :holder
   AND (holder, service) > (:after_holder, :after_service)
   AND since <= :day
   AND (until IS NULL OR until > :day)
 ORDER BY service
 LIMIT :count;

-- name: reach
-- How much stands behind a system on a day; rows are Reach.
SELECT count(DISTINCT tenancy_id) AS tenants, count(*) AS deployments
  FROM deployment
 WHERE main_connector_id = :main_connector_id
   AND system_id = :system_id
   AND since <= :day
   AND (until IS NULL OR until > :day);

-- name: lasting
-- How many deployments on a system hold on a day or after it; rows are Lasting.
SELECT count(*) AS deployments
  FROM deployment
 WHERE main_connector_id = :main_connector_id
   AND system_id = :system_id
   AND (until IS NULL OR (until > :day AND until > since));

-- name: deployed
-- A page of the tenancies for which anything runs on a day, by tenancy, with their services; rows are Deployed.
SELECT holder AS tenancy_id, array_agg(DISTINCT service) AS services
  FROM deployment
 WHERE main_connector_id = :main_connector_id
   AND holder > :after
   AND tenancy_id IS NOT NULL
   AND since <= :day
   AND (until IS NULL OR until > :day)
 GROUP BY holder
 ORDER BY holder
 LIMIT :count;
