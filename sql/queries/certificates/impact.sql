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

-- name: subject
-- The certificate that is asked about; rows are Subject.
SELECT id, kind, sha256, not_after, state,
       coalesce(nullif(common_name, ''), seen #>> '{names,0,shown}', nullif(subject, ''), sha256) AS name
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND id = :certificate_id;

-- name: systems
-- The systems on which a certificate is used on a day, by name; rows are AffectedSystem. A system that the scope does
-- not see is left out.
SELECT system.id, system.name, system.state, system.producer, system.upkeep, behind.tenants,
       coalesce(behind.services, '{}') AS services, beside.others
  FROM (SELECT DISTINCT system_id
          FROM certificate_use
         WHERE main_connector_id = :main_connector_id
           AND certificate_id = :certificate_id
           AND system_id IS NOT NULL
           AND since <= :day
           AND (until IS NULL OR until > :day)) AS used
 CROSS JOIN LATERAL (
       SELECT id, name, sort_name, state, producer, upkeep
         FROM information_system
        WHERE main_connector_id = :main_connector_id
          AND information_system.id = used.system_id
        LIMIT 1) AS system
 CROSS JOIN LATERAL (
       SELECT count(DISTINCT tenancy_id) AS tenants, array_agg(DISTINCT service) AS services
         FROM deployment
        WHERE main_connector_id = :main_connector_id
          AND deployment.system_id = used.system_id
          AND since <= :day
          AND (until IS NULL OR until > :day)) AS behind
 CROSS JOIN LATERAL (
       SELECT count(DISTINCT other.id) AS others
         FROM certificate_use AS place
         JOIN certificate AS other
           ON other.main_connector_id = :main_connector_id AND other.id = place.certificate_id
        WHERE place.main_connector_id = :main_connector_id
          AND place.system_id = used.system_id
          AND place.certificate_id <> :certificate_id
          AND place.since <= :day
          AND (place.until IS NULL OR place.until > :day)
          AND other.state = 'in_use'
          AND other.kind = :kind
          AND other.not_after > :holds_beyond) AS beside
 ORDER BY system.sort_name, system.id;

-- name: holders
-- A page of those whose services stand behind a certificate on a day, with the services of each; rows are
-- AffectedHolder. Of each system only as many are read as the longest page has, which is written out so that one plan
-- serves every page.
WITH used AS MATERIALIZED (
    SELECT DISTINCT system_id
      FROM certificate_use
     WHERE main_connector_id = :main_connector_id
       AND certificate_id = :certificate_id
       AND system_id IS NOT NULL
       AND since <= :day
       AND (until IS NULL OR until > :day)),
page AS MATERIALIZED (
    SELECT DISTINCT behind.holder
      FROM used
     CROSS JOIN LATERAL (
           SELECT DISTINCT holder
             FROM deployment
            WHERE main_connector_id = :main_connector_id
              AND deployment.system_id = used.system_id
              AND holder > :after
              AND since <= :day
              AND (until IS NULL OR until > :day)
            ORDER BY holder
            LIMIT 201) AS behind
     ORDER BY behind.holder
     LIMIT :count)
SELECT page.holder, deployed.tenancy_id, array_agg(DISTINCT deployed.service) AS services,
       array_agg(DISTINCT deployed.system_id) AS systems
  FROM page
 CROSS JOIN used
 CROSS JOIN LATERAL (
       SELECT tenancy_id, service, system_id
         FROM deployment
        WHERE main_connector_id = :main_connector_id
          AND deployment.system_id = used.system_id
          AND deployment.holder = page.holder
          AND since <= :day
          AND (until IS NULL OR until > :day)) AS deployed
 GROUP BY page.holder, deployed.tenancy_id
 ORDER BY page.holder;

-- name: underlying
-- A page of the certificates that somebody's services depend on, on a day, by their end; those that cannot be read come
-- last. Rows are UnderlyingCertificate. How many there are is bounded by the systems of one holder, so all are found
-- before the page is cut.
WITH running AS MATERIALIZED (
    SELECT system_id, array_agg(DISTINCT service ORDER BY service) AS services
      FROM deployment
     WHERE main_connector_id = :main_connector_id
       AND holder = :holder
       AND since <= :day
       AND (until IS NULL OR until > :day)
     GROUP BY system_id),
used AS MATERIALIZED (
    SELECT DISTINCT place.certificate_id, running.system_id, running.services
      FROM running
     CROSS JOIN LATERAL (
           SELECT certificate_id
             FROM certificate_use
            WHERE main_connector_id = :main_connector_id
              AND certificate_use.system_id = running.system_id
              AND since <= :day
              AND (until IS NULL OR until > :day)) AS place),
named AS MATERIALIZED (
    SELECT used.certificate_id,
           jsonb_agg(jsonb_build_object('id', system.id, 'name', system.name, 'services', used.services)
                     ORDER BY system.sort_name, system.id) AS systems
      FROM used
     CROSS JOIN LATERAL (
           SELECT id, name, sort_name
             FROM information_system
            WHERE main_connector_id = :main_connector_id
              AND information_system.id = used.system_id
            LIMIT 1) AS system
     GROUP BY used.certificate_id)
SELECT found.id, found.kind, found.name, found.sha256, found.not_after, found.state, named.systems
  FROM named
 CROSS JOIN LATERAL (
       SELECT id, kind, sha256, not_after, state,
              coalesce(nullif(common_name, ''), seen #>> '{names,0,shown}', nullif(subject, ''), sha256) AS name,
              coalesce(not_after, '9999-12-31 23:59:59+00') AS ends_at
         FROM certificate
        WHERE main_connector_id = :main_connector_id
          AND certificate.id = named.certificate_id
        LIMIT 1) AS found
 WHERE (found.ends_at, found.id) > (:after_end, :after_id)
 ORDER BY found.ends_at, found.id
 LIMIT :count;
