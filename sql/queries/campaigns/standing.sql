-- Where the tenancies of a realm stand, for whoever thinks of offering them a new agreement.
-- Read by kanta_tenancy/agreements/campaigns/store.py.

-- name: candidates
-- Every tenancy of the realm, with what the rules of cohorts look at as a day ends; rows are Candidate.
SELECT tenancy.tenancy_id, in_force.language, coalesce(annex.services, '{}') AS services, in_force.model,
       in_force.model_version
  FROM tenancy
  LEFT JOIN agreement AS in_force ON in_force.main_connector_id = tenancy.main_connector_id
        AND in_force.tenancy_id = tenancy.tenancy_id
        AND in_force.status = 'in_force'
        AND (in_force.in_force_until IS NULL OR in_force.in_force_until > :at)
  LEFT JOIN annex_period AS annex ON annex.main_connector_id = tenancy.main_connector_id
        AND annex.tenancy_id = tenancy.tenancy_id
        AND annex.since <= :day
        AND (annex.until IS NULL OR annex.until > :day)
 WHERE tenancy.main_connector_id = :main_connector_id;

-- name: grounds
-- Where each of these tenancies stands; rows are Ground.
SELECT tenancy.tenancy_id, in_force.id AS agreement_id, in_force.version AS agreement_version, in_force.language,
       in_force.model, in_force.model_version, coalesce(in_force.registers, '{}') AS registers,
       coalesce(in_force.signatories, '[]') AS signatories, in_force.in_force_until,
       coalesce(annex.services, '{}') AS services, offer.id AS open_offer
  FROM tenancy
  LEFT JOIN LATERAL (
       SELECT id, version, language, model, model_version, registers, signatories, in_force_until
         FROM agreement
        WHERE main_connector_id = tenancy.main_connector_id
          AND tenancy_id = tenancy.tenancy_id
          AND status = 'in_force'
        ORDER BY in_force_from DESC
        LIMIT 1) AS in_force ON true
  LEFT JOIN annex_period AS annex ON annex.main_connector_id = tenancy.main_connector_id
        AND annex.tenancy_id = tenancy.tenancy_id
        AND annex.since <= :day
        AND (annex.until IS NULL OR annex.until > :day)
  LEFT JOIN LATERAL (
       SELECT id
         FROM agreement
        WHERE tenancy_id = tenancy.tenancy_id
          AND amends IS NULL
          AND status IN ('offered', 'partly_signed')
        LIMIT 1) AS offer ON true
 WHERE tenancy.main_connector_id = :main_connector_id
   AND tenancy.tenancy_id = ANY (:tenancies::uuid[]);
