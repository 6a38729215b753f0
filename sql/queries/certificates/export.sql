-- The inventory as a whole, for files, calendars and figures.
-- Read by kanta_tenancy/certificates/exports/store.py; what rows are stands with each. What a whole realm is asked and
-- what one tenant is asked are two statements, so that each is read from its own index.

-- name: ids
-- A page of a realm's certificates in these states, in the order in which they came; rows are Identified.
SELECT id
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND id > :after
   AND state = ANY (:states::text[])
 ORDER BY main_connector_id, id
 LIMIT :count;

-- name: ids_of
-- The same of one tenancy.
SELECT id
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND tenancy_id = :tenancy_id
   AND id > :after
   AND state = ANY (:states::text[])
 ORDER BY id
 LIMIT :count;

-- name: rows
-- These certificates with all that is known of them on a day, in the order in which they came; rows are
-- ExportedCertificate. What the scope does not see of it is left out.
SELECT certificate.id, sha256, kind, profile, state, state_since, state_because, subject, issuer, serial, not_before,
       not_after, unreadable, key, signature_algorithm, authority, purpose, tenancy_id, responsible_id, deputy_id,
       snoozed_until, first_seen_at, status AS revocation, revocation.asked_at AS revocation_asked_at,
       coalesce(nullif(common_name, ''), seen #>> '{names,0,shown}', nullif(subject, ''), sha256) AS name,
       jsonb_path_query_array(seen, '$.names[*].shown') AS names,
       (SELECT person.name
          FROM contact AS person
         WHERE person.main_connector_id = :main_connector_id
           AND person.id = certificate.responsible_id) AS responsible,
       (SELECT person.name
          FROM contact AS person
         WHERE person.main_connector_id = :main_connector_id
           AND person.id = certificate.deputy_id) AS deputy,
       (SELECT successor_id
          FROM certificate_replacement AS replacement
         WHERE replacement.main_connector_id = :main_connector_id
           AND replacement.replaced_id = certificate.id) AS replaced_by,
       ARRAY(SELECT DISTINCT system.name
               FROM certificate_use AS place
              CROSS JOIN LATERAL (
                    SELECT name
                      FROM information_system
                     WHERE main_connector_id = :main_connector_id
                       AND information_system.id = place.system_id
                     LIMIT 1) AS system
              WHERE place.main_connector_id = :main_connector_id
                AND place.certificate_id = certificate.id
                AND place.since <= :day
                AND (place.until IS NULL OR place.until > :day)
              ORDER BY system.name) AS systems,
       ARRAY(SELECT DISTINCT concat_ws(' ', place.host, place.access_point)
               FROM certificate_use AS place
              WHERE place.main_connector_id = :main_connector_id
                AND place.certificate_id = certificate.id
                AND num_nonnulls(place.host, place.access_point) > 0
                AND place.since <= :day
                AND (place.until IS NULL OR place.until > :day)
              ORDER BY 1) AS hosts,
       ARRAY(SELECT DISTINCT concat(source.name, ': ', found.place)
               FROM certificate_place AS found
              CROSS JOIN LATERAL (
                    SELECT name
                      FROM certificate_source
                     WHERE main_connector_id = :main_connector_id
                       AND certificate_source.id = found.source_id
                     LIMIT 1) AS source
              WHERE found.main_connector_id = :main_connector_id
                AND found.certificate_id = certificate.id
                AND found.until IS NULL
              ORDER BY 1) AS places
  FROM certificate
  LEFT JOIN certificate_revocation AS revocation
    ON revocation.main_connector_id = :main_connector_id AND revocation.certificate_id = certificate.id
 WHERE certificate.main_connector_id = :main_connector_id
   AND certificate.id = ANY (:ids::uuid[])
 ORDER BY certificate.id;

-- name: ending
-- A page of a realm's certificates that are in use and can be read, by their end; rows are Ending. The longest page is
-- written out so that one plan serves every page.
SELECT id, kind, name, not_after, snoozed_until, changed_at
  FROM (SELECT id, kind, not_after, snoozed_until, greatest(first_seen_at, state_since) AS changed_at,
               coalesce(nullif(common_name, ''), seen #>> '{names,0,shown}', nullif(subject, ''), sha256) AS name
          FROM certificate
         WHERE main_connector_id = :main_connector_id
           AND state = 'in_use'
           AND (not_after, id) > (:after_end, :after_id)
         ORDER BY not_after, id
         LIMIT 2000) AS page
 ORDER BY not_after, id
 LIMIT :count;

-- name: ending_of
-- The same of one tenancy.
SELECT id, kind, not_after, snoozed_until, greatest(first_seen_at, state_since) AS changed_at,
       coalesce(nullif(common_name, ''), seen #>> '{names,0,shown}', nullif(subject, ''), sha256) AS name
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND tenancy_id = :tenancy_id
   AND state = 'in_use'
   AND (not_after, id) > (:after_end, :after_id)
 ORDER BY not_after, id
 LIMIT :count;

-- name: unreadable
-- How many of the scope's certificates are in use and cannot be read; rows are Unreadables.
SELECT count(*) AS certificates
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND state = 'in_use'
   AND not_after IS NULL;
