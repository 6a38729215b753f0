-- The sweep: which certificates have come to a level since the last one.
-- Read by kanta_tenancy/certificates/warnings/store/warnings.py; what rows are stands with each.

-- name: begin
-- Have a mark for a realm, unless it has one.
INSERT INTO certificate_sweep (main_connector_id, swept_through, swept_at)
VALUES (:main_connector_id, :through, :at)
ON CONFLICT (main_connector_id) DO NOTHING;

-- name: hold
-- Up to which day a realm was swept, held until the transaction ends; rows are Mark.
SELECT swept_through, swept_at
  FROM certificate_sweep
 WHERE main_connector_id = :main_connector_id
   FOR UPDATE;

-- name: hold_unless_held
-- The same; no row when somebody else holds it, or there is none.
SELECT swept_through, swept_at
  FROM certificate_sweep
 WHERE main_connector_id = :main_connector_id
   FOR UPDATE SKIP LOCKED;

-- name: mark
-- The same, not held.
SELECT swept_through, swept_at
  FROM certificate_sweep
 WHERE main_connector_id = :main_connector_id;

-- name: advance
-- Write up to which day a realm was swept.
UPDATE certificate_sweep
   SET swept_through = :through, swept_at = :at
 WHERE main_connector_id = :main_connector_id;

-- name: kinds_in_use
-- The kinds that certificates in use are of, one look at an index for each; rows are OneKind.
  WITH RECURSIVE found AS (
       (SELECT kind
          FROM certificate
         WHERE main_connector_id = :main_connector_id
           AND state = 'in_use'
         ORDER BY kind
         LIMIT 1)
        UNION ALL
       SELECT (SELECT kind
                 FROM certificate
                WHERE main_connector_id = :main_connector_id
                  AND state = 'in_use'
                  AND kind > found.kind
                ORDER BY kind
                LIMIT 1)
         FROM found
        WHERE found.kind IS NOT NULL)
SELECT kind
  FROM found
 WHERE kind IS NOT NULL;

-- name: before_sweeping
-- What is written from here on can be undone by itself.
SAVEPOINT before_sweeping;

-- name: undo_sweeping
-- Undo what was written since, as it failed.
ROLLBACK TO SAVEPOINT before_sweeping;

-- name: sweep
-- Put a warning down for each certificate in use that comes to a level within its window: open the most urgent of each,
-- the others superseded with whatever was open before. Whom that was told is whom the new one is told. Whoever asks holds
-- the mark, and says whether some of them may have been put down before: then those stay as they are. Rows are Swept.
  WITH come AS (
       SELECT ending.id, span.level, span.due_on + span.level AS ends_on, span.due_on
         FROM unnest(:kinds::text[], :levels::smallint[], :lengths::interval[], :due_ons::date[], :since::timestamptz[],
                     :until::timestamptz[]) AS span (kind, level, length, due_on, since, until)
        CROSS JOIN LATERAL (
              SELECT id
                FROM certificate
               WHERE main_connector_id = :main_connector_id
                 AND kind = span.kind
                 AND state = 'in_use'
                 AND not_after >= span.since
                 AND not_after < span.until
                 AND (snoozed_until IS NULL OR snoozed_until < :through::date)
                 AND (span.level <= 0 OR third_left_at >= not_before + span.length)    -- a third of its lifetime has gone by
               OFFSET 0) AS ending
        UNION ALL
       SELECT ending.id, :third::smallint, ending.ends_on, span.due_on
         FROM unnest(:kinds_by_third::text[], :thirds_due_on::date[], :thirds_since::timestamptz[],
                     :thirds_until::timestamptz[]) AS span (kind, due_on, since, until)
        CROSS JOIN LATERAL (
              SELECT id, least((not_after AT TIME ZONE 'Europe/Helsinki')::date, date '9999-12-31') AS ends_on
                FROM certificate
               WHERE main_connector_id = :main_connector_id
                 AND kind = span.kind
                 AND state = 'in_use'
                 AND third_left_at >= span.since
                 AND third_left_at < span.until
                 AND (snoozed_until IS NULL OR snoozed_until < :through::date)
               OFFSET 0) AS ending),
       ranked AS MATERIALIZED (
       SELECT each.id, each.level, each.ends_on, each.due_on, each.most_urgent, before.ctid AS before, before.rung
         FROM (SELECT id, level, ends_on, due_on,
                      row_number() OVER (PARTITION BY id ORDER BY due_on DESC, level) = 1 AS most_urgent
                 FROM come) AS each
         LEFT JOIN LATERAL (    -- looked up, as below: there are many times more warnings than come
              SELECT ctid, rung
                FROM certificate_warning
               WHERE main_connector_id = :main_connector_id
                 AND certificate_id = each.id
                 AND state = 'open'
               LIMIT 1) AS before ON each.most_urgent
        WHERE NOT :anew::boolean
           OR (SELECT true
                 FROM certificate_warning
                WHERE main_connector_id = :main_connector_id
                  AND certificate_id = each.id
                  AND level = each.level
                LIMIT 1) IS NULL),
       overtaken AS (
       UPDATE certificate_warning
          SET state = 'superseded', settled_at = :at
        WHERE ctid = ANY (ARRAY(SELECT before FROM ranked WHERE before IS NOT NULL))
       RETURNING 1),
       written AS (
       INSERT INTO certificate_warning (main_connector_id, certificate_id, level, rung, due_on, ends_on, state, decided_at,
                                        settled_at)
       SELECT :main_connector_id, id, level, coalesce(rung, 0), due_on, ends_on,
              CASE WHEN most_urgent THEN 'open' ELSE 'superseded' END, :at,
              CASE WHEN NOT most_urgent THEN :at::timestamptz END
         FROM ranked
        WHERE (SELECT count(*) FROM overtaken) >= 0)    -- those first: of a certificate one is open at a time
SELECT count(*) FILTER (WHERE most_urgent) AS opened, count(*) FILTER (WHERE NOT most_urgent) AS superseded
  FROM ranked;

-- name: snoozes_over
-- Certificates in use of which nobody was to be told up to a day that is over now; rows are OneCertificate.
SELECT id
  FROM certificate
 WHERE main_connector_id = :main_connector_id
   AND state = 'in_use'
   AND snoozed_until >= :since
   AND snoozed_until < :before;

-- name: any_certificate
-- One certificate of a realm, if it has any; rows are OneCertificate.
SELECT id
  FROM certificate
 WHERE main_connector_id = :main_connector_id
 ORDER BY id
 LIMIT 1;

-- name: missed
-- Certificates in use whose most urgent level by a day has no warning, or a released one: nothing of what was done before
-- is asked, but the certificates themselves. Rows are OneCertificate.
  WITH come AS (
       SELECT ending.id, ending.level
         FROM unnest(:kinds::text[], :levels::smallint[], :since::timestamptz[], :until::timestamptz[],
                     :third_until::timestamptz[]) AS span (kind, level, since, until, third_until)
        CROSS JOIN LATERAL (
              SELECT id,
                     CASE WHEN third_left_at < span.third_until
                           AND (early
                                OR least((third_left_at AT TIME ZONE 'Europe/Helsinki')::date, date '9999-12-31')
                                   > least((not_after AT TIME ZONE 'Europe/Helsinki')::date, date '9999-12-31')
                                     - span.level)
                          THEN :third::smallint
                          WHEN NOT early THEN span.level
                      END AS level
                FROM certificate
               CROSS JOIN LATERAL (    -- before a third of its lifetime has gone by
                     SELECT span.level > 0 AND third_left_at < not_before + span.level * interval '24 hours' AS early)
                     AS whether
               WHERE main_connector_id = :main_connector_id
                 AND kind = span.kind
                 AND state = 'in_use'
                 AND not_after >= span.since
                 AND not_after < span.until
                 AND (snoozed_until IS NULL OR snoozed_until < :through::date)
                 AND first_seen_at < :settled_before
                 AND state_since < :settled_before
               OFFSET 0) AS ending
        UNION ALL
       SELECT ending.id, :third::smallint
         FROM unnest(:kinds_by_third::text[], :ends_since::timestamptz[], :thirds_until::timestamptz[])
              AS span (kind, since, third_until)
        CROSS JOIN LATERAL (
              SELECT id, not_after
                FROM certificate
               WHERE main_connector_id = :main_connector_id
                 AND kind = span.kind
                 AND state = 'in_use'
                 AND third_left_at < span.third_until
                 AND (snoozed_until IS NULL OR snoozed_until < :through::date)
                 AND first_seen_at < :settled_before
                 AND state_since < :settled_before
               OFFSET 0) AS ending
        WHERE ending.not_after >= span.since)
SELECT come.id
  FROM come
 WHERE come.level IS NOT NULL
   AND (SELECT true    -- looked up: there are many times more warnings than certificates
          FROM certificate_warning AS warning
         WHERE warning.main_connector_id = :main_connector_id
           AND warning.certificate_id = come.id
           AND warning.level = come.level
           AND warning.state <> 'released'
         LIMIT 1) IS NULL;

-- name: outlived
-- Certificates of which a warning is open, and that are not in use any more, or of which nobody is to be told before a
-- later day; rows are OneCertificate.
SELECT warning.certificate_id AS id
  FROM certificate_warning AS warning
 CROSS JOIN LATERAL (
       SELECT state, snoozed_until, state_since
         FROM certificate
        WHERE main_connector_id = :main_connector_id
          AND id = warning.certificate_id
        LIMIT 1) AS known
 WHERE warning.main_connector_id = :main_connector_id
   AND warning.state = 'open'
   AND (known.state <> 'in_use' OR known.snoozed_until >= :through::date)
   AND known.state_since < :settled_before;

-- name: to_weigh
-- Certificates to be looked at by themselves, with what was put down of them; rows are Weighable.
SELECT certificate.id, certificate.kind, certificate.not_before, certificate.not_after, certificate.third_left_at,
       certificate.state = 'in_use' AS in_use, certificate.snoozed_until, certificate.responsible_id,
       ARRAY(SELECT warning.level
               FROM certificate_warning AS warning
              WHERE warning.main_connector_id = :main_connector_id
                AND warning.certificate_id = certificate.id
              ORDER BY warning.level) AS levels,
       ARRAY(SELECT warning.state
               FROM certificate_warning AS warning
              WHERE warning.main_connector_id = :main_connector_id
                AND warning.certificate_id = certificate.id
              ORDER BY warning.level) AS states
  FROM certificate
 WHERE certificate.main_connector_id = :main_connector_id
   AND certificate.id = ANY (:certificate_ids::uuid[])
   AND certificate.not_after IS NOT NULL;
