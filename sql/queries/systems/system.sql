-- Information systems and intermediaries, with their versions and certificates.
-- Read by kanta_tenancy/systems/store/systems.py; rows are kanta_tenancy.systems.model.InformationSystem unless it says
-- otherwise.

-- name: insert
-- Write a new system; no row comes back.
INSERT INTO information_system (id, main_connector_id, kind, name, system_class, producer, manufacturer, upkeep,
                                register_entry, state, version, created_at)
VALUES (:id, :main_connector_id, :kind, :name, :system_class, :producer, :manufacturer, :upkeep, :register_entry, :state,
        :version, :created_at);

-- name: find
-- One system with its versions by their first day, and its certificates in the order in which they were recorded.
SELECT id, kind, name, system_class, producer, manufacturer, upkeep, register_entry, state, version, created_at, in_use_on,
       withdrawn_on, withdrawn_because,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'id', release.id, 'number', number, 'since', since, 'until', until) ORDER BY since, number), '[]')
          FROM system_release AS release
         WHERE release.main_connector_id = :main_connector_id
           AND release.system_id = :system_id) AS releases,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'id', certificate.id, 'kind', certificate.kind, 'issuer', issuer, 'number', number,
                   'granted_on', granted_on, 'last_day', last_day, 'recorded_at', recorded_at,
                   'stands_since', stands_since, 'turns', turns, 'withdrawn_at', withdrawn_at,
                   'withdrawn_because', certificate.withdrawn_because, 'document_name', document.name,
                   'document_sha256', document.sha256) ORDER BY certificate.id), '[]')
          FROM conformity_certificate AS certificate
          LEFT JOIN conformity_document AS document ON document.certificate_id = certificate.id
         WHERE certificate.main_connector_id = :main_connector_id
           AND certificate.system_id = :system_id) AS certificates
  FROM information_system
 WHERE main_connector_id = :main_connector_id
   AND id = :system_id;

-- name: lock
-- Hold one system until the transaction ends and say at which version it is; rows are Version.
SELECT version
  FROM information_system
 WHERE main_connector_id = :main_connector_id
   AND id = :system_id
   FOR UPDATE;

-- name: share
-- Keep one system from being changed until the transaction ends; rows are Version.
SELECT version
  FROM information_system
 WHERE main_connector_id = :main_connector_id
   AND id = :system_id
   FOR SHARE;

-- name: save
-- Write a later state over the version that it was computed from; no row means a lost update. Rows are Version.
UPDATE information_system
   SET kind = :kind, name = :name, system_class = :system_class, producer = :producer, manufacturer = :manufacturer,
       upkeep = :upkeep, register_entry = :register_entry, state = :state, in_use_on = :in_use_on,
       withdrawn_on = :withdrawn_on, withdrawn_because = :withdrawn_because, version = :version
 WHERE main_connector_id = :main_connector_id
   AND id = :system_id
   AND version = :version - 1
RETURNING version;

-- name: named
-- The systems of these names that were not withdrawn, whatever the case of their letters; rows are Named.
SELECT asked.name, system.id
  FROM unnest(:names::text[]) AS asked (name)
  JOIN information_system AS system
    ON system.main_connector_id = :main_connector_id AND system.sort_name = lower(asked.name)
   AND system.state <> 'withdrawn';

-- name: page
-- A page of the scope's systems in these states and of these kinds, by name; rows are ListedSystem.
SELECT id, kind, name, system_class, producer, state, version,
       (SELECT last_day
          FROM conformity_certificate AS certificate
         WHERE certificate.system_id = information_system.id
           AND certificate.kind = 'security'
           AND certificate.stands_since IS NOT NULL) AS security_last_day
  FROM information_system
 WHERE main_connector_id = :main_connector_id
   AND (sort_name, id) > (lower(:after_name), :after_id)
   AND state = ANY (:states::text[])
   AND kind = ANY (:kinds::text[])
 ORDER BY sort_name, id
 LIMIT :count;

-- name: insert_release
-- Write a version of a system; no row comes back.
INSERT INTO system_release (id, system_id, main_connector_id, number, since, until)
VALUES (:id, :system_id, :main_connector_id, :number, :since, :until);

-- name: save_release
-- Say a version and its period anew.
UPDATE system_release
   SET number = :number, since = :since, until = :until
 WHERE main_connector_id = :main_connector_id
   AND system_id = :system_id
   AND id = :id;
