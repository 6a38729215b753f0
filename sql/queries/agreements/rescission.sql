-- Rescissions: proposed by one person of the main connector, confirmed by another.
-- Read by kanta_tenancy/agreements/endings/store/rescissions.py; rows are kanta_tenancy.agreements.endings.model.Rescission.

-- name: insert
-- Keep a proposal.
INSERT INTO rescission (id, main_connector_id, tenancy_id, agreement_id, breach, description, exhibit_id, proposed_at,
                        proposed_by, proposed_with, confirmed_at, confirmed_by, confirmed_with, dropped_at, version)
VALUES (:id, :main_connector_id, :tenancy_id, :agreement_id, :breach, :description, :exhibit_id, :proposed_at,
        :proposed_by, :proposed_with, :confirmed_at, :confirmed_by, :confirmed_with, :dropped_at, :version);

-- name: find
-- One of them.
SELECT id, tenancy_id, agreement_id, breach, description, exhibit_id, proposed_at, proposed_by, proposed_with,
       confirmed_at, confirmed_by, confirmed_with, dropped_at, version
  FROM rescission
 WHERE id = :rescission_id;

-- name: of_agreement
-- Every one on an agreement, oldest first.
SELECT id, tenancy_id, agreement_id, breach, description, exhibit_id, proposed_at, proposed_by, proposed_with,
       confirmed_at, confirmed_by, confirmed_with, dropped_at, version
  FROM rescission
 WHERE main_connector_id = :main_connector_id
   AND tenancy_id = :tenancy_id
   AND agreement_id = :agreement_id
 ORDER BY id;

-- name: confirmed
-- Those of the realm that were confirmed, after one of them.
SELECT id, tenancy_id, agreement_id, breach, description, exhibit_id, proposed_at, proposed_by, proposed_with,
       confirmed_at, confirmed_by, confirmed_with, dropped_at, version
  FROM rescission
 WHERE main_connector_id = :main_connector_id
   AND confirmed_at IS NOT NULL
   AND id > :after
 ORDER BY id
 LIMIT 500;

-- name: save
-- Write what became of a proposal; no row means a lost update.
UPDATE rescission
   SET confirmed_at = :confirmed_at, confirmed_by = :confirmed_by, confirmed_with = :confirmed_with,
       dropped_at = :dropped_at, version = :version
 WHERE id = :id
   AND version = :version - 1
RETURNING id, tenancy_id, agreement_id, breach, description, exhibit_id, proposed_at, proposed_by, proposed_with,
          confirmed_at, confirmed_by, confirmed_with, dropped_at, version;
