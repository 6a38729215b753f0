-- Annex 1 over time: which services, from which day until before which day.
-- Read by kanta_tenancy/agreements/annex/store.py.

-- name: said
-- What an agreement and its completed amendments say of Annex 1, in the order of completion; rows are AnnexSaid.
SELECT paper.id AS said_by, paper.in_force_on AS since
  FROM agreement AS paper
 WHERE (paper.id = :agreement_id AND paper.in_force_on IS NOT NULL)
    OR (paper.amends = :agreement_id AND paper.status = 'agreed')
 ORDER BY paper.amends NULLS FIRST,
          (SELECT max(signed_at) FROM agreement_signature WHERE agreement_id = paper.id), paper.id;

-- name: save
-- Write all periods of an agreement in one statement, so that they are checked against one another when all are there.
INSERT INTO annex_period (said_by, agreement_id, main_connector_id, tenancy_id, services, since, until)
SELECT paper.id, :agreement_id, paper.main_connector_id, paper.tenancy_id, paper.services, period.since, period.until
  FROM unnest(:said_by::uuid[], :since::date[], :until::date[]) AS period (said_by, since, until)
  JOIN agreement AS paper ON paper.id = period.said_by
    ON CONFLICT (said_by) DO UPDATE SET since = excluded.since, until = excluded.until
 WHERE (annex_period.since, annex_period.until) IS DISTINCT FROM (excluded.since, excluded.until);

-- name: of_tenancy
-- Which services one tenancy has as a day ends; rows are AnnexOnDay.
SELECT tenancy_id, agreement_id, said_by, services, since, until
  FROM annex_period
 WHERE main_connector_id = :main_connector_id
   AND tenancy_id = :tenancy_id
   AND since <= :day
   AND (until IS NULL OR until > :day);

-- name: of_all
-- The same for every tenancy of the realm that has any, in the order of the tenancies; rows are AnnexOnDay. The
-- longest page is written out so that one plan serves every page.
SELECT tenancy_id, agreement_id, said_by, services, since, until
  FROM (SELECT tenancy_id, agreement_id, said_by, services, since, until
          FROM annex_period
         WHERE main_connector_id = :main_connector_id
           AND tenancy_id > :after
           AND since <= :day
           AND (until IS NULL OR until > :day)
         ORDER BY tenancy_id
         LIMIT 201) AS page
 ORDER BY tenancy_id
 LIMIT :count;

-- name: changes
-- Amendments that will change Annex 1 until a day, by that day; of one tenancy or of all; rows are Change.
SELECT period.tenancy_id, period.said_by, period.since, paper.reference
  FROM annex_period AS period
  JOIN agreement AS paper ON paper.id = period.said_by
 WHERE period.main_connector_id = :main_connector_id
   AND (:tenancy_id::uuid IS NULL OR period.tenancy_id = :tenancy_id)
   AND period.since <= :until
   AND (period.since, period.said_by) > (:after_day, :after_id)
   AND (period.until IS NULL OR period.until > period.since)
   AND paper.amends IS NOT NULL
 ORDER BY period.since, period.said_by
 LIMIT :count;

-- name: history
-- Every version of Annex 1 that ever held in a tenancy, or will, oldest first; rows are AnnexOnDay.
SELECT tenancy_id, agreement_id, said_by, services, since, until
  FROM annex_period
 WHERE main_connector_id = :main_connector_id
   AND tenancy_id = :tenancy_id
   AND (until IS NULL OR until > since)
 ORDER BY since;

-- name: history_of_many
-- The same of some tenancies, by tenancy.
SELECT tenancy_id, agreement_id, said_by, services, since, until
  FROM annex_period
 WHERE main_connector_id = :main_connector_id
   AND tenancy_id = ANY (:tenancy_ids::uuid[])
   AND (until IS NULL OR until > since)
 ORDER BY tenancy_id, since;
