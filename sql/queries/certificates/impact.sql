-- Whom certificates stand for: from their uses over systems to the services that run on those, and back.
-- Read by kanta_tenancy/certificates/impact/store.py; what rows are stands with each. Each question is one statement,
-- across the rooms, so that none of it is asked certificate by certificate.

-- name: reach
-- How much stands behind each of these certificates, each on its own day; rows are Reach. Certificates that are used on
-- the same systems are counted together.
WITH used AS MATERIALIZED (
    SELECT asked.certificate_id, asked.day, place.uses, place.unplaced, place.system_ids
      FROM unnest(:certificate_ids::uuid[], :days::date[]) AS asked (certificate_id, day)
     CROSS JOIN LATERAL (
           SELECT count(*) AS uses, count(*) - count(system_id) AS unplaced,
                  array_agg(DISTINCT system_id) FILTER (WHERE system_id IS NOT NULL) AS system_ids
             FROM certificate_use
            WHERE main_connector_id = :main_connector_id
              AND certificate_use.certificate_id = asked.certificate_id
              AND since <= asked.day
              AND (until IS NULL OR until > asked.day)) AS place),
behind AS MATERIALIZED (
    SELECT counted.system_ids, counted.day, served.tenants, served.services, served.own_services
      FROM (SELECT DISTINCT system_ids, day FROM used WHERE system_ids IS NOT NULL) AS counted
     CROSS JOIN LATERAL (
           SELECT count(DISTINCT tenancy_id) AS tenants,
                  array_agg(DISTINCT service) FILTER (WHERE tenancy_id IS NOT NULL) AS services,
                  array_agg(DISTINCT service) FILTER (WHERE tenancy_id IS NULL) AS own_services
             FROM deployment
            WHERE main_connector_id = :main_connector_id
              AND system_id = ANY (counted.system_ids)
              AND since <= counted.day
              AND (until IS NULL OR until > counted.day)) AS served)
SELECT used.certificate_id, used.day, used.uses, used.unplaced, coalesce(cardinality(used.system_ids), 0) AS systems,
       coalesce(behind.tenants, 0) AS tenants, coalesce(behind.services, '{}') AS services,
       coalesce(behind.own_services, '{}') AS own_services
  FROM used
  LEFT JOIN behind ON behind.system_ids = used.system_ids AND behind.day = used.day;
