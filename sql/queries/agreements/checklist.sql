-- Checklists of endings, and holds on them. The items are promises.
-- Read by kanta_tenancy/agreements/endings/checklists/store.py; rows are
-- kanta_tenancy.agreements.endings.checklists.checklist.Checklist unless it says otherwise.

-- name: insert
-- Begin the checklist of an end that became known.
INSERT INTO checklist (id, main_connector_id, tenancy_id, agreement_id, ground, until, delivered_on, known_at,
                       reckoned_at, completed_at, dropped_at, version)
VALUES (:id, :main_connector_id, :tenancy_id, :agreement_id, :ground, :until, :delivered_on, :known_at, :reckoned_at,
        :completed_at, :dropped_at, :version);

-- name: save
-- Write what may change; the caller holds the agreement.
UPDATE checklist
   SET ground = :ground, until = :until, delivered_on = :delivered_on, reckoned_at = :reckoned_at,
       completed_at = :completed_at, dropped_at = :dropped_at, version = :version
 WHERE id = :id
   AND version = :version - 1;

-- name: of_agreement
-- The checklist of an agreement, unless the end fell away.
SELECT id, tenancy_id, agreement_id, ground, until, delivered_on, known_at, reckoned_at, completed_at, dropped_at, version
  FROM checklist
 WHERE agreement_id = :agreement_id
   AND dropped_at IS NULL;

-- name: newest_of_tenancy
-- Of the checklists of a tenancy, the one whose end became known, or was moved, last.
SELECT id, tenancy_id, agreement_id, ground, until, delivered_on, known_at, reckoned_at, completed_at, dropped_at, version
  FROM checklist
 WHERE main_connector_id = :main_connector_id
   AND tenancy_id = :tenancy_id
   AND dropped_at IS NULL
 ORDER BY reckoned_at DESC
 LIMIT 1;

-- name: services
-- Which services agreements and amendments say; rows are Said.
SELECT id, services
  FROM agreement
 WHERE id = ANY (:ids::uuid[]);

-- name: all
-- Endings of a realm, soonest end first, after a position, with the agreement's reference; rows are ListedChecklist. The
-- longest page is written out so that one plan serves every page.
SELECT page.id, page.tenancy_id, agreement_id, ground, until, delivered_on, known_at, reckoned_at, completed_at,
       dropped_at, page.version, agreement.reference
  FROM (SELECT id, tenancy_id, agreement_id, ground, until, delivered_on, known_at, reckoned_at, completed_at,
               dropped_at, version
          FROM checklist
         WHERE main_connector_id = :main_connector_id
           AND dropped_at IS NULL
           AND (NOT :complete::boolean OR completed_at IS NOT NULL)
           AND (until, id) > (:after_until, :after_id)
         ORDER BY until, id
         LIMIT 201) AS page
  JOIN agreement ON agreement.id = page.agreement_id
 ORDER BY until, page.id
 LIMIT :count;

-- name: open
-- The same of those that are not complete.
SELECT page.id, page.tenancy_id, agreement_id, ground, until, delivered_on, known_at, reckoned_at, completed_at,
       dropped_at, page.version, agreement.reference
  FROM (SELECT id, tenancy_id, agreement_id, ground, until, delivered_on, known_at, reckoned_at, completed_at,
               dropped_at, version
          FROM checklist
         WHERE main_connector_id = :main_connector_id
           AND dropped_at IS NULL
           AND completed_at IS NULL
           AND (until, id) > (:after_until, :after_id)
         ORDER BY until, id
         LIMIT 201) AS page
  JOIN agreement ON agreement.id = page.agreement_id
 ORDER BY until, page.id
 LIMIT :count;

-- name: place_hold
-- Place a hold, unless one of that key stands.
INSERT INTO ending_hold (id, main_connector_id, tenancy_id, agreement_id, key, because, placed_at)
VALUES (:id, :main_connector_id, :tenancy_id, :agreement_id, :key, :because, :placed_at)
ON CONFLICT (agreement_id, key) WHERE released_at IS NULL DO NOTHING;

-- name: release_hold
-- Release the hold of a key, if it stands.
UPDATE ending_hold
   SET released_at = :at
 WHERE agreement_id = :agreement_id
   AND key = :key
   AND released_at IS NULL;

-- name: holds
-- The holds that stand on some agreements, oldest first; rows are Hold.
SELECT agreement_id, key, because, placed_at
  FROM ending_hold
 WHERE agreement_id = ANY (:agreement_ids::uuid[])
   AND released_at IS NULL
 ORDER BY placed_at, key;
