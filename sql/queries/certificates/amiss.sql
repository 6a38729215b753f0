-- Of which findings people are to be told, and that somebody sees to them.
-- Read by kanta_tenancy/certificates/warnings/store/amiss.py; what rows are stands with each.

-- name: untold
-- What is open and nobody was told of or has acknowledged, in the order in which it was found; rows are Amiss. What is
-- amiss with a certificate itself waits while it is snoozed, and is told no more once it is not in use; what a server does
-- with it is told all the same.
SELECT amiss.id AS finding_id, amiss.severity, amiss.rung, amiss.told_at, whose.responsible_id, whose.deputy_id
  FROM certificate_finding AS amiss
  LEFT JOIN LATERAL (
       SELECT responsible_id, deputy_id, state <> 'in_use' OR snoozed_until >= :today::date AS quiet
         FROM certificate
        WHERE main_connector_id = :main_connector_id
          AND id = amiss.certificate_id
        LIMIT 1) AS whose ON true
 WHERE amiss.main_connector_id = :main_connector_id
   AND amiss.cleared_at IS NULL
   AND amiss.told_at IS NULL
   AND amiss.acknowledged_at IS NULL
   AND (whose.quiet IS NOT TRUE OR amiss.subject <> 'certificate/' || amiss.certificate_id)
 ORDER BY amiss.id;

-- name: unanswered
-- What is open and nobody has acknowledged for long since people were told of it; rows are Amiss, as above.
SELECT amiss.id AS finding_id, amiss.severity, amiss.rung, amiss.told_at, whose.responsible_id, whose.deputy_id
  FROM certificate_finding AS amiss
  LEFT JOIN LATERAL (
       SELECT responsible_id, deputy_id, state <> 'in_use' OR snoozed_until >= :today::date AS quiet
         FROM certificate
        WHERE main_connector_id = :main_connector_id
          AND id = amiss.certificate_id
        LIMIT 1) AS whose ON true
 WHERE amiss.main_connector_id = :main_connector_id
   AND amiss.cleared_at IS NULL
   AND amiss.next_at <= :now
   AND (whose.quiet IS NOT TRUE OR amiss.subject <> 'certificate/' || amiss.certificate_id)
 ORDER BY amiss.id;

-- name: escalations
-- At which times the next people are told of a finding that is open; rows are Escalation.
SELECT DISTINCT next_at
  FROM certificate_finding
 WHERE main_connector_id = :main_connector_id
   AND cleared_at IS NULL
   AND next_at IS NOT NULL
 ORDER BY next_at;

-- name: told
-- Write up to whom findings were told, and when the next are.
UPDATE certificate_finding
   SET told_at = :at, rung = said.rung, told_to = said.told_to, next_at = said.next_at
  FROM unnest(:ids::uuid[], :rungs::smallint[], :told_tos::uuid[], :next_ats::timestamptz[])
       AS said (id, rung, told_to, next_at)
 WHERE certificate_finding.main_connector_id = :main_connector_id
   AND certificate_finding.id = said.id
   AND certificate_finding.cleared_at IS NULL;

-- name: tell_anew
-- Have those told again of which somebody else was told than is responsible now.
UPDATE certificate_finding
   SET told_at = NULL, next_at = NULL, rung = 0
  FROM certificate
 WHERE certificate_finding.main_connector_id = :main_connector_id
   AND certificate_finding.certificate_id = ANY (:certificate_ids::uuid[])
   AND certificate_finding.cleared_at IS NULL
   AND certificate_finding.told_at IS NOT NULL
   AND certificate_finding.acknowledged_at IS NULL
   AND certificate.main_connector_id = :main_connector_id
   AND certificate.id = certificate_finding.certificate_id
   AND certificate.responsible_id IS DISTINCT FROM certificate_finding.told_to;

-- name: of_digest
-- A page of the findings of which a digest tells, in the order in which they were opened, as each stands now; rows are
-- KeptFinding. The longest page is written out so that one plan serves every page.
SELECT amiss.id, amiss.rule, amiss.severity, amiss.source, amiss.certainty, amiss.subject, amiss.certificate_id,
       amiss.sentence, amiss.facts, amiss.first_at, amiss.last_at, amiss.cleared_at, amiss.rung, amiss.told_at,
       amiss.next_at, amiss.acknowledged_at, amiss.acknowledged_by
  FROM (SELECT finding_id
          FROM certificate_digest_finding
         WHERE main_connector_id = :main_connector_id
           AND digest_id = :digest_id
           AND finding_id > :after
         ORDER BY finding_id
         LIMIT 201) AS item
 CROSS JOIN LATERAL (
       SELECT id, rule, severity, source, certainty, subject, certificate_id, sentence, facts, first_at, last_at,
              cleared_at, rung, told_at, next_at, acknowledged_at, acknowledged_by
         FROM certificate_finding
        WHERE main_connector_id = :main_connector_id
          AND id = item.finding_id
        LIMIT 1) AS amiss
 ORDER BY item.finding_id
 LIMIT :count;

-- name: acknowledge
-- Write that somebody sees to a finding that is open.
UPDATE certificate_finding
   SET acknowledged_at = :at, acknowledged_by = :by, next_at = NULL
 WHERE main_connector_id = :main_connector_id
   AND id = :finding_id
   AND cleared_at IS NULL
   AND acknowledged_at IS NULL;

-- name: acknowledge_items
-- Write that somebody sees to what is open of that of which a digest tells.
UPDATE certificate_finding
   SET acknowledged_at = :at, acknowledged_by = :by, next_at = NULL
 WHERE main_connector_id = :main_connector_id
   AND id = ANY (ARRAY(SELECT finding_id
                         FROM certificate_digest_finding
                        WHERE main_connector_id = :main_connector_id
                          AND digest_id = :digest_id))
   AND cleared_at IS NULL
   AND acknowledged_at IS NULL;
