-- What is amiss with certificates, sources and servers.
-- Read by kanta_tenancy/certificates/findings/store.py; rows are kanta_tenancy.certificates.findings.model.KeptFinding
-- unless it says otherwise.

-- name: put
-- Open findings, or note those of the same rule and subject that are open already as seen again; rows are Touched, with
-- the id that each has.
INSERT INTO certificate_finding (id, main_connector_id, rule, severity, source, certainty, subject, certificate_id,
                                 sentence, facts, first_at, last_at)
SELECT id, :main_connector_id, rule, severity, source, certainty, subject, certificate_id, sentence, facts, :at, :at
  FROM unnest(:ids::uuid[], :rules::text[], :severities::text[], :sources::text[], :certainties::text[],
              :subjects::text[], :certificate_ids::uuid[], :sentences::jsonb[], :facts::jsonb[])
       AS found (id, rule, severity, source, certainty, subject, certificate_id, sentence, facts)
    ON CONFLICT (main_connector_id, rule, subject) WHERE cleared_at IS NULL
    DO UPDATE SET severity = excluded.severity, source = excluded.source, certainty = excluded.certainty,
                  certificate_id = excluded.certificate_id, sentence = excluded.sentence, facts = excluded.facts,
                  last_at = greatest(certificate_finding.last_at, excluded.last_at)
RETURNING id, rule, subject;

-- name: outgrown
-- Clear open warnings of which what was found now is an error; rows are Touched.
UPDATE certificate_finding
   SET cleared_at = greatest(:at, first_at)
  FROM unnest(:rules::text[], :subjects::text[]) AS found (rule, subject)
 WHERE certificate_finding.main_connector_id = :main_connector_id
   AND certificate_finding.rule = found.rule
   AND certificate_finding.subject = found.subject
   AND certificate_finding.cleared_at IS NULL
   AND certificate_finding.severity = 'warning'
RETURNING certificate_finding.id, certificate_finding.rule, certificate_finding.subject;

-- name: clear
-- Clear the open findings of a family about these subjects, but for those that were seen; rows are Touched.
UPDATE certificate_finding
   SET cleared_at = greatest(:at, first_at)
 WHERE main_connector_id = :main_connector_id
   AND family = :family
   AND subject = ANY (:subjects::text[])
   AND cleared_at IS NULL
   AND NOT EXISTS (SELECT FROM unnest(:seen::uuid[]) AS seen (id) WHERE seen.id = certificate_finding.id)
RETURNING id, rule, subject;

-- name: open
-- A page of the findings that are open, newest first. The longest page is written out so that one plan serves every
-- page.
SELECT id, rule, severity, source, certainty, subject, certificate_id, sentence, facts, first_at, last_at, cleared_at,
       rung, told_at, next_at, acknowledged_at, acknowledged_by
  FROM (SELECT id, rule, severity, source, certainty, subject, certificate_id, sentence, facts, first_at, last_at,
               cleared_at, rung, told_at, next_at, acknowledged_at, acknowledged_by
          FROM certificate_finding
         WHERE main_connector_id = :main_connector_id
           AND id < :before
           AND cleared_at IS NULL
           AND severity = ANY (:severities::text[])
           AND (:family::text IS NULL OR family = :family)
         ORDER BY id DESC
         LIMIT 201) AS page
 ORDER BY id DESC
 LIMIT :count;

-- name: every
-- A page of all findings, those that were cleared too, newest first.
SELECT id, rule, severity, source, certainty, subject, certificate_id, sentence, facts, first_at, last_at, cleared_at,
       rung, told_at, next_at, acknowledged_at, acknowledged_by
  FROM (SELECT id, rule, severity, source, certainty, subject, certificate_id, sentence, facts, first_at, last_at,
               cleared_at, rung, told_at, next_at, acknowledged_at, acknowledged_by
          FROM certificate_finding
         WHERE main_connector_id = :main_connector_id
           AND id < :before
           AND severity = ANY (:severities::text[])
           AND (:family::text IS NULL OR family = :family)
         ORDER BY id DESC
         LIMIT 201) AS page
 ORDER BY id DESC
 LIMIT :count;

-- name: of_certificates
-- What is open about these certificates, in the order in which it was found.
SELECT id, rule, severity, source, certainty, subject, certificate_id, sentence, facts, first_at, last_at, cleared_at,
       rung, told_at, next_at, acknowledged_at, acknowledged_by
  FROM certificate_finding
 WHERE main_connector_id = :main_connector_id
   AND certificate_id = ANY (:ids::uuid[])
   AND cleared_at IS NULL
 ORDER BY id;

-- name: count_open
-- How many are open, by severity and rule; rows are OpenCount.
SELECT severity, rule, count(*) AS findings
  FROM certificate_finding
 WHERE main_connector_id = :main_connector_id
   AND cleared_at IS NULL
 GROUP BY severity, rule
 ORDER BY severity, rule;

-- name: some
-- Some of them, in the order in which they were found.
SELECT id, rule, severity, source, certainty, subject, certificate_id, sentence, facts, first_at, last_at, cleared_at,
       rung, told_at, next_at, acknowledged_at, acknowledged_by
  FROM certificate_finding
 WHERE main_connector_id = :main_connector_id
   AND id = ANY (:ids::uuid[])
 ORDER BY id;

-- name: told_to_everybody
-- Write that everybody was told of these, whoever is responsible too.
UPDATE certificate_finding
   SET told_at = :at, rung = 2,
       told_to = (SELECT responsible_id
                    FROM certificate
                   WHERE main_connector_id = :main_connector_id
                     AND certificate.id = certificate_finding.certificate_id)
 WHERE main_connector_id = :main_connector_id
   AND id = ANY (:ids::uuid[]);
