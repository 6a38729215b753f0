-- Campaigns of a main connector.
-- Read by kanta_tenancy/agreements/campaigns/store.py; rows are kanta_tenancy.agreements.campaigns.model.Campaign.

-- name: insert
-- Write a new campaign.
INSERT INTO campaign (id, main_connector_id, name, status, version, model, model_version, signatories, services,
                      registers, cohorts, remind_after, sign_with_own_key, created_at)
VALUES (:id, :main_connector_id, :name, :status, :version, :model, :model_version, :signatories, :services,
        :registers, :cohorts, :remind_after, :sign_with_own_key, :created_at);

-- name: find
-- One campaign.
SELECT id, name, status, version, model, model_version, signatories, services, registers, cohorts, remind_after,
       sign_with_own_key, created_at, started_at, ended_at
  FROM campaign
 WHERE id = :campaign_id;

-- name: take
-- The same, held until the transaction ends.
SELECT id, name, status, version, model, model_version, signatories, services, registers, cohorts, remind_after,
       sign_with_own_key, created_at, started_at, ended_at
  FROM campaign
 WHERE id = :campaign_id
   FOR UPDATE;

-- name: follow
-- Until the transaction ends, nobody moves the campaign. A queue in order, unlike the lock of a row, which those who
-- share it would keep from whoever wants it alone.
SELECT pg_advisory_xact_lock_shared(hashtextextended(:campaign_id::uuid::text, 0));

-- name: lead
-- The campaign is ours to move, once all who followed it so far are done.
SELECT pg_advisory_xact_lock(hashtextextended(:campaign_id::uuid::text, 0));

-- name: save_draft
-- Write what a campaign that the transaction holds says now; it was not started.
UPDATE campaign
   SET version = :version, name = :name, model = :model, model_version = :model_version, signatories = :signatories,
       services = :services, registers = :registers, cohorts = :cohorts, remind_after = :remind_after,
       sign_with_own_key = :sign_with_own_key
 WHERE id = :campaign_id
   AND version = :version - 1
   AND status = 'draft';

-- name: save_move
-- Write where a campaign that the transaction holds has moved.
UPDATE campaign
   SET status = :status, version = :version, started_at = :started_at, ended_at = :ended_at
 WHERE id = :campaign_id
   AND version = :version - 1;

-- name: newest
-- A page of the realm's campaigns, newest first, before an identifier; rows are Summary.
SELECT id, name, status, version, model, model_version, created_at, started_at, ended_at
  FROM campaign
 WHERE main_connector_id = :main_connector_id
   AND id < :before
 ORDER BY id DESC
 LIMIT :count;

-- name: exhausted
-- Running campaigns of any realm in which nobody waits any more; rows are Exhausted.
SELECT id, main_connector_id
  FROM campaign_exhausted();
