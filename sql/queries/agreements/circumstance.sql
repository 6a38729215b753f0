-- What befell a party and ends nothing by itself.
-- Read by kanta_tenancy/agreements/endings/store/circumstances.py; rows are
-- kanta_tenancy.agreements.endings.model.Circumstance.

-- name: insert
-- Keep what befell a party.
INSERT INTO circumstance (id, main_connector_id, tenancy_id, kind, party, happened_on, known_on, note, exhibit_id,
                          decide_by, recorded_at, decided_at, decision, reason, version)
VALUES (:id, :main_connector_id, :tenancy_id, :kind, :party, :happened_on, :known_on, :note, :exhibit_id, :decide_by,
        :recorded_at, :decided_at, :decision, :reason, :version);

-- name: find
-- One of them.
SELECT id, tenancy_id, kind, party, happened_on, known_on, note, exhibit_id, decide_by, recorded_at, decided_at,
       decision, reason, version
  FROM circumstance
 WHERE id = :circumstance_id;

-- name: of_tenancy
-- Every one of a tenancy, oldest first.
SELECT id, tenancy_id, kind, party, happened_on, known_on, note, exhibit_id, decide_by, recorded_at, decided_at,
       decision, reason, version
  FROM circumstance
 WHERE main_connector_id = :main_connector_id
   AND tenancy_id = :tenancy_id
 ORDER BY id;

-- name: undecided
-- What waits for a decision in the realm.
SELECT id, tenancy_id, kind, party, happened_on, known_on, note, exhibit_id, decide_by, recorded_at, decided_at,
       decision, reason, version
  FROM circumstance
 WHERE main_connector_id = :main_connector_id
   AND decided_at IS NULL
   AND id > :after
 ORDER BY id
 LIMIT :count;

-- name: decide
-- Write what was decided, once; no row means that it was decided already or changed.
UPDATE circumstance
   SET decided_at = :decided_at, decision = :decision, reason = :reason, version = :version
 WHERE id = :id
   AND version = :version - 1
   AND decided_at IS NULL
RETURNING id, tenancy_id, kind, party, happened_on, known_on, note, exhibit_id, decide_by, recorded_at, decided_at,
          decision, reason, version;
