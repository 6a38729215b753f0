-- Warnings: that a certificate has come to a level, and what became of it.
-- Read by kanta_tenancy/certificates/warnings/store/warnings.py; what rows are stands with each.

-- name: put
-- Put down what certificates, looked at by themselves, have come to; one that was released is open again. No row comes
-- back.
INSERT INTO certificate_warning (main_connector_id, certificate_id, level, due_on, ends_on, state, decided_at, settled_at)
SELECT :main_connector_id, said.certificate_id, said.level, said.due_on, said.ends_on, said.state, :at,
       CASE WHEN said.state <> 'open' THEN :at::timestamptz END
  FROM unnest(:certificate_ids::uuid[], :levels::smallint[], :due_ons::date[], :ends_ons::date[], :states::text[])
       AS said (certificate_id, level, due_on, ends_on, state)
ON CONFLICT (main_connector_id, certificate_id, level) DO UPDATE
   SET state = 'open', rung = 0, decided_at = excluded.decided_at, told_at = NULL, told_to = NULL, next_at = NULL,
       settled_at = NULL
 WHERE certificate_warning.state = 'released'
   AND excluded.state = 'open';

-- name: close
-- Close what is open of some certificates.
UPDATE certificate_warning
   SET state = :state, settled_at = :at
 WHERE main_connector_id = :main_connector_id
   AND certificate_id = ANY (:certificate_ids::uuid[])
   AND state = 'open';

-- name: tell_anew
-- Have those told again of which somebody else was told than is responsible now.
UPDATE certificate_warning
   SET told_at = NULL, next_at = NULL, rung = 0
  FROM certificate
 WHERE certificate_warning.main_connector_id = :main_connector_id
   AND certificate_warning.certificate_id = ANY (:certificate_ids::uuid[])
   AND certificate_warning.state = 'open'
   AND certificate_warning.told_at IS NOT NULL
   AND certificate.main_connector_id = :main_connector_id
   AND certificate.id = certificate_warning.certificate_id
   AND certificate.responsible_id IS DISTINCT FROM certificate_warning.told_to;

-- name: untold
-- Open warnings that nobody was told of, of certificates that people are to be told of; rows are Concern.
SELECT warning.certificate_id, warning.level, warning.ends_on, warning.rung, warning.told_at, whose.responsible_id,
       whose.deputy_id
  FROM certificate_warning AS warning
 CROSS JOIN LATERAL (
       SELECT responsible_id, deputy_id
         FROM certificate
        WHERE main_connector_id = :main_connector_id
          AND id = warning.certificate_id
          AND state = 'in_use'
          AND (snoozed_until IS NULL OR snoozed_until < :today::date)
        LIMIT 1) AS whose
 WHERE warning.main_connector_id = :main_connector_id
   AND warning.state = 'open'
   AND warning.told_at IS NULL;

-- name: unanswered
-- Open warnings that people were told of and nobody has acknowledged for long; rows are Concern.
SELECT warning.certificate_id, warning.level, warning.ends_on, warning.rung, warning.told_at, whose.responsible_id,
       whose.deputy_id
  FROM certificate_warning AS warning
 CROSS JOIN LATERAL (
       SELECT responsible_id, deputy_id
         FROM certificate
        WHERE main_connector_id = :main_connector_id
          AND id = warning.certificate_id
          AND state = 'in_use'
          AND (snoozed_until IS NULL OR snoozed_until < :today::date)
        LIMIT 1) AS whose
 WHERE warning.main_connector_id = :main_connector_id
   AND warning.state = 'open'
   AND warning.next_at <= :now;

-- name: escalations
-- At which times the next people are told of a warning that is open; rows are Escalation.
SELECT DISTINCT next_at
  FROM certificate_warning
 WHERE main_connector_id = :main_connector_id
   AND state = 'open'
   AND next_at IS NOT NULL
 ORDER BY next_at;

-- name: told
-- Write up to whom warnings were told, and when the next are.
UPDATE certificate_warning
   SET told_at = :at, rung = said.rung, told_to = said.told_to, next_at = said.next_at
  FROM unnest(:certificate_ids::uuid[], :levels::smallint[], :rungs::smallint[], :told_tos::uuid[],
              :next_ats::timestamptz[]) AS said (certificate_id, level, rung, told_to, next_at)
 WHERE certificate_warning.main_connector_id = :main_connector_id
   AND certificate_warning.certificate_id = said.certificate_id
   AND certificate_warning.level = said.level
   AND certificate_warning.state = 'open';

-- name: untold_ones
-- One of the open warnings that nobody was told of, if there is any; rows are OneCertificate.
SELECT certificate_id AS id
  FROM certificate_warning
 WHERE main_connector_id = :main_connector_id
   AND state = 'open'
   AND told_at IS NULL
 LIMIT 1;

-- name: of_certificate
-- Everything that was put down of a certificate, in the order in which it was due; rows are Warned.
SELECT level, due_on, ends_on, state, rung, decided_at, told_at, next_at, settled_at, settled_by
  FROM certificate_warning
 WHERE main_connector_id = :main_connector_id
   AND certificate_id = :certificate_id
 ORDER BY due_on, level DESC;

-- name: open
-- A page of the warnings that are open, the most urgent first, with what people know the certificate by; rows are
-- OpenWarning. Those that people were told of have an index of their own, and so have the others. The longest page is
-- written out so that one plan serves every page.
SELECT page.certificate_id, page.level, page.due_on, page.ends_on, page.rung, page.told_at, page.next_at, known.sha256,
       known.common_name, known.subject, known.kind, known.responsible_id
  FROM ((SELECT certificate_id, level, due_on, ends_on, rung, told_at, next_at
           FROM certificate_warning
          WHERE main_connector_id = :main_connector_id
            AND state = 'open'
            AND told_at IS NULL
            AND ends_on < :before
            AND (ends_on, certificate_id) > (:after_day, :after_id)
          ORDER BY ends_on, certificate_id
          LIMIT 201)
         UNION ALL
        (SELECT certificate_id, level, due_on, ends_on, rung, told_at, next_at
           FROM certificate_warning
          WHERE main_connector_id = :main_connector_id
            AND state = 'open'
            AND told_at IS NOT NULL
            AND ends_on < :before
            AND (ends_on, certificate_id) > (:after_day, :after_id)
          ORDER BY ends_on, certificate_id
          LIMIT 201)
         ORDER BY ends_on, certificate_id
         LIMIT 201) AS page
 CROSS JOIN LATERAL (
       SELECT sha256, common_name, subject, kind, responsible_id
         FROM certificate
        WHERE main_connector_id = :main_connector_id
          AND certificate.id = page.certificate_id
        LIMIT 1) AS known
 ORDER BY page.ends_on, page.certificate_id
 LIMIT :count;

-- name: acknowledge
-- Close an open warning, as somebody says that they see to it.
UPDATE certificate_warning
   SET state = 'acknowledged', settled_at = :at, settled_by = :by
 WHERE main_connector_id = :main_connector_id
   AND certificate_id = :certificate_id
   AND level = :level
   AND state = 'open';
