-- Tenants' rows of campaigns.
-- Read by kanta_tenancy/agreements/campaigns/store.py; rows are kanta_tenancy.agreements.campaigns.model.Row unless it
-- says otherwise.

-- name: insert
-- Give everybody a place, in one statement.
INSERT INTO campaign_row (campaign_id, tenancy_id, main_connector_id, cohort, starts_on, next_at)
SELECT :campaign_id, place.tenancy_id, :main_connector_id, place.cohort, place.starts_on, place.next_at
  FROM unnest(:tenancies::uuid[], :cohorts::smallint[], :days::date[], :instants::timestamptz[])
       AS place (tenancy_id, cohort, starts_on, next_at);

-- name: claim
-- Lease rows of running campaigns of any realm; rows are Claimed.
SELECT campaign_id, tenancy_id, main_connector_id, leased_until
  FROM campaign_claim(:now, :lease, :batch);

-- name: take
-- A row that is still leased to us, held until the transaction ends, and how its campaign stands; rows are Held. None
-- comes when somebody settled it or took it over since.
SELECT campaign.status, campaign_row.attempts
  FROM campaign_row
  JOIN campaign ON campaign.id = campaign_row.campaign_id
 WHERE campaign_row.campaign_id = :campaign_id
   AND campaign_row.tenancy_id = :tenancy_id
   AND campaign_row.state = 'waiting'
   AND campaign_row.next_at = :leased_until
   FOR UPDATE OF campaign_row SKIP LOCKED;

-- name: settle
-- What came of a row that the transaction holds, in a state that allows it.
UPDATE campaign_row
   SET state = :state, attempts = :attempts, next_at = :next_at, reason = :reason, detail = :detail,
       agreement_id = :agreement_id, replaces = :replaces, settled_at = :settled_at
 WHERE campaign_id = :campaign_id
   AND tenancy_id = :tenancy_id
   AND state = ANY (:states);

-- name: retry
-- Rows that are in one of the states wait again.
UPDATE campaign_row
   SET state = :state, attempts = 0, next_at = :at, reason = NULL, detail = NULL, settled_at = NULL
 WHERE campaign_id = :campaign_id
   AND state = ANY (:states);

-- name: page
-- A page of a campaign's rows by tenancy.
SELECT tenancy_id, cohort, starts_on, state, attempts, reason, detail, agreement_id, replaces, settled_at
  FROM campaign_row
 WHERE campaign_id = :campaign_id
   AND tenancy_id > :after
 ORDER BY tenancy_id
 LIMIT :count;

-- name: page_of_state
-- The same, of those in one state.
SELECT tenancy_id, cohort, starts_on, state, attempts, reason, detail, agreement_id, replaces, settled_at
  FROM campaign_row
 WHERE campaign_id = :campaign_id
   AND state = :state
   AND tenancy_id > :after
 ORDER BY tenancy_id
 LIMIT :count;

-- name: waiting
-- The places of a campaign's rows that nobody has come to yet; rows are Place.
SELECT tenancy_id, cohort, starts_on
  FROM campaign_row
 WHERE campaign_id = :campaign_id
   AND state = 'waiting'
 ORDER BY cohort, starts_on, tenancy_id;

-- name: give_back
-- Rows that were leased to us wait for whoever comes next.
UPDATE campaign_row
   SET next_at = :at
 WHERE campaign_id = :campaign_id
   AND tenancy_id = ANY (:tenancies::uuid[])
   AND state = 'waiting'
   AND next_at = ANY (:leases::timestamptz[]);
