-- How far a campaign has come, and who has not signed.
-- Read by kanta_tenancy/agreements/campaigns/progress.py.

-- name: by_state
-- How many rows are in each state, for each reason; rows are Counted.
SELECT state, reason, count(*) AS rows, count(*) FILTER (WHERE settled_at > :since) AS lately,
       count(*) FILTER (WHERE state = 'waiting' AND starts_on <= :today) AS due
  FROM campaign_row
 WHERE campaign_id = :campaign_id
 GROUP BY state, reason
 ORDER BY state, rows DESC, reason;

-- name: by_cohort
-- How many rows of each cohort are settled; rows are CohortCounted.
SELECT cohort, count(*) AS rows, count(*) FILTER (WHERE state <> 'waiting') AS settled,
       min(starts_on) AS starts_on
  FROM campaign_row
 WHERE campaign_id = :campaign_id
 GROUP BY cohort
 ORDER BY cohort;

-- name: by_agreement
-- What became of the offers; rows are Became.
SELECT agreement.status, count(*) AS rows
  FROM campaign_row
  JOIN agreement ON agreement.main_connector_id = campaign_row.main_connector_id
       AND agreement.id = campaign_row.agreement_id
 WHERE campaign_row.campaign_id = :campaign_id
   AND campaign_row.state = 'offered'
 GROUP BY agreement.status
 ORDER BY agreement.status;

-- name: laggards
-- A page of the offers that were made before a time and are not signed by all, oldest first; rows are Laggard.
SELECT campaign_row.tenancy_id, campaign_row.agreement_id, agreement.reference,
       campaign_row.settled_at AS offered_at,
       EXISTS (SELECT
                 FROM jsonb_array_elements(agreement.signatories) AS who
                WHERE who->>'party' = 'tenant'
                  AND NOT EXISTS (SELECT FROM agreement_signature AS signed
                                   WHERE signed.agreement_id = agreement.id
                                     AND signed.party = 'tenant'
                                     AND signed.position = (who->>'position')::smallint)) AS tenant_owes
  FROM campaign_row
  JOIN agreement ON agreement.main_connector_id = campaign_row.main_connector_id
       AND agreement.id = campaign_row.agreement_id
       AND agreement.status IN ('offered', 'partly_signed')
 WHERE campaign_row.campaign_id = :campaign_id
   AND campaign_row.settled_at IS NOT NULL
   AND campaign_row.settled_at <= :before
   AND (campaign_row.settled_at, campaign_row.tenancy_id) > (:after_at, :after_id)
 ORDER BY campaign_row.settled_at, campaign_row.tenancy_id
 LIMIT :count;

-- name: reminded
-- Offers of the realm's campaigns that the tenant has not signed, with their days of reminding; rows are Reminded.
SELECT agreement.id, agreement.version, campaign_row.settled_at AS offered_at, campaign.remind_after
  FROM campaign
  JOIN campaign_row ON campaign_row.campaign_id = campaign.id AND campaign_row.state = 'offered'
  JOIN agreement ON agreement.main_connector_id = campaign_row.main_connector_id
       AND agreement.id = campaign_row.agreement_id
       AND agreement.status IN ('offered', 'partly_signed')
 WHERE campaign.main_connector_id = :main_connector_id
   AND campaign_row.agreement_id > :after
   AND EXISTS (SELECT
                 FROM jsonb_array_elements(agreement.signatories) AS who
                WHERE who->>'party' = 'tenant'
                  AND NOT EXISTS (SELECT FROM agreement_signature AS signed
                                   WHERE signed.agreement_id = agreement.id
                                     AND signed.party = 'tenant'
                                     AND signed.position = (who->>'position')::smallint))
 ORDER BY campaign_row.agreement_id
 LIMIT :count;

-- name: unsigned_of
-- Which of these agreements and amendments wait for a signature of their tenant; rows are Unsigned.
SELECT agreement.id
  FROM agreement
 WHERE agreement.main_connector_id = :main_connector_id
   AND agreement.id = ANY (:agreement_ids::uuid[])
   AND agreement.status IN ('offered', 'partly_signed')
   AND EXISTS (SELECT
                 FROM jsonb_array_elements(agreement.signatories) AS who
                WHERE who->>'party' = 'tenant'
                  AND NOT EXISTS (SELECT FROM agreement_signature AS signed
                                   WHERE signed.agreement_id = agreement.id
                                     AND signed.party = 'tenant'
                                     AND signed.position = (who->>'position')::smallint));

-- name: unsigned_here
-- Offers of the realm's campaigns that the key beside the service is to sign and has not; rows are ToSign.
SELECT agreement.id, agreement.version, campaign_row.settled_at AS offered_at
  FROM campaign
  JOIN campaign_row ON campaign_row.campaign_id = campaign.id AND campaign_row.state = 'offered'
  JOIN agreement ON agreement.main_connector_id = campaign_row.main_connector_id
       AND agreement.id = campaign_row.agreement_id
       AND agreement.status IN ('offered', 'partly_signed')
 WHERE campaign.main_connector_id = :main_connector_id
   AND campaign.sign_with_own_key
   AND campaign_row.agreement_id > :after
   AND NOT EXISTS (SELECT FROM agreement_signature AS signed
                    WHERE signed.agreement_id = agreement.id
                      AND signed.party = 'main_connector')
 ORDER BY campaign_row.agreement_id
 LIMIT :count;
