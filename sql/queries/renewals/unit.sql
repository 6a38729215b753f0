-- Service units, and whether each receives renewal requests since when.
-- Read by kanta_tenancy/renewals/store/units.py; rows are kanta_tenancy.renewals.model.Unit unless it says otherwise.

-- name: insert
-- Write a new unit; no row comes back.
INSERT INTO renewal_unit (id, main_connector_id, tenancy_id, oid, name, changes_on, version, created_at)
VALUES (:id, :main_connector_id, :tenancy_id, :oid, :name, :changes_on, :version, :created_at);

-- name: find
-- One unit with its decisions by the day from which they hold, withdrawn ones too.
SELECT id, tenancy_id, oid, name, changes_on, version, created_at,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'id', decision.id, 'receives', receives, 'effective_on', effective_on, 'decided_at', decided_at,
                   'change_notice_id', change_notice_id, 'code_service_on', code_service_on,
                   'code_service_reference', code_service_reference, 'extranet_on', extranet_on,
                   'extranet_reference', extranet_reference, 'withdrawn_at', withdrawn_at,
                   'withdrawn_because', withdrawn_because) ORDER BY effective_on, decision.id), '[]')
          FROM renewal_decision AS decision
         WHERE decision.main_connector_id = :main_connector_id
           AND decision.unit_id = :unit_id) AS decisions
  FROM renewal_unit
 WHERE main_connector_id = :main_connector_id
   AND id = :unit_id;

-- name: lock
-- Hold one unit until the transaction ends and say at which version it is; rows are Version.
SELECT version
  FROM renewal_unit
 WHERE main_connector_id = :main_connector_id
   AND id = :unit_id
   FOR UPDATE;

-- name: save
-- Write a later state over the version that it was computed from; no row means a lost update. Rows are Version.
UPDATE renewal_unit
   SET name = :name, changes_on = :changes_on, version = :version
 WHERE main_connector_id = :main_connector_id
   AND id = :id
   AND version = :version - 1
RETURNING version;

-- name: page
-- A page of the scope's units, by house and in the order in which they were named; rows are ListedUnit.
SELECT page.id, page.tenancy_id, page.holder, page.oid, page.name, page.changes_on, page.version,
       coalesce(decision.receives, false) AS receives, decision.effective_on
  FROM (SELECT id, tenancy_id, holder, oid, name, changes_on, version
          FROM renewal_unit
         WHERE main_connector_id = :main_connector_id
           AND (holder, id) > (:after_holder, :after_id)
         ORDER BY holder, id
         LIMIT 201) AS page
  LEFT JOIN LATERAL (
       SELECT newest.receives, newest.effective_on
         FROM renewal_decision AS newest
        WHERE newest.main_connector_id = :main_connector_id
          AND newest.unit_id = page.id
          AND newest.withdrawn_at IS NULL
          AND newest.effective_on <= :day
        ORDER BY newest.effective_on DESC
        LIMIT 1) AS decision ON true
 ORDER BY page.holder, page.id
 LIMIT :count;

-- name: of_house
-- Every unit of a house that receives requests on a day or will; rows are Receiving.
SELECT unit.id, unit.name, unit.changes_on
  FROM renewal_unit AS unit
 WHERE unit.main_connector_id = :main_connector_id
   AND unit.holder = :holder
   AND (coalesce((SELECT newest.receives
                    FROM renewal_decision AS newest
                   WHERE newest.main_connector_id = :main_connector_id
                     AND newest.unit_id = unit.id
                     AND newest.withdrawn_at IS NULL
                     AND newest.effective_on <= :day
                   ORDER BY newest.effective_on DESC
                   LIMIT 1), false)
        OR EXISTS (SELECT FROM renewal_decision AS later
                    WHERE later.main_connector_id = :main_connector_id
                      AND later.unit_id = unit.id
                      AND later.withdrawn_at IS NULL
                      AND later.effective_on > :day
                      AND later.receives))
 ORDER BY unit.id;

-- name: insert_decision
-- Write a decision whether a unit receives requests; no row comes back.
INSERT INTO renewal_decision (id, main_connector_id, tenancy_id, unit_id, receives, effective_on, decided_at,
                              change_notice_id, version)
VALUES (:id, :main_connector_id, :tenancy_id, :unit_id, :receives, :effective_on, :decided_at, :change_notice_id, 1);

-- name: save_decision
-- Write what was seen of a decision in the national services, and that it was withdrawn.
UPDATE renewal_decision
   SET code_service_on = :code_service_on, code_service_reference = :code_service_reference, extranet_on = :extranet_on,
       extranet_reference = :extranet_reference, withdrawn_at = :withdrawn_at, withdrawn_because = :withdrawn_because,
       version = version + 1
 WHERE main_connector_id = :main_connector_id
   AND id = :id;

-- name: unseen
-- A page of the decisions that stand and were not seen in both national services yet; rows are Unseen.
SELECT decision.id, decision.unit_id, decision.effective_on
  FROM renewal_decision AS decision
 WHERE decision.main_connector_id = :main_connector_id
   AND decision.id > :after
   AND decision.withdrawn_at IS NULL
   AND (decision.code_service_on IS NULL OR decision.extranet_on IS NULL)
 ORDER BY decision.id
 LIMIT :count;
