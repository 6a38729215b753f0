-- Promises in lists, by due time, after a position. Each list is read from the index of what narrows it most; the longest
-- page is written out so that one plan serves every page.
-- Read by kanta_tenancy/promises/store.py; rows are kanta_tenancy.promises.model.Promise.

-- name: of_realm
-- Promises of a realm by who has to keep them and their states: the beginnings of a few index ranges, merged. The ranges are
-- written out and compared so that PostgreSQL counts on few, or it would plan each page anew.
SELECT page.id, key, kind, subject, tenancy_id, page.owner, due_at, rule, title, facts, page.state, version, attempts,
       last_error, made_at, settled_at, result, explanation
  FROM (VALUES ('system'), ('main_connector'), ('tenant')) AS of_owner (owner)
 CROSS JOIN (VALUES ('owed'), ('broken'), ('kept'), ('released')) AS in_state (state)
 CROSS JOIN LATERAL (
       SELECT id, key, kind, subject, tenancy_id, owner, due_at, rule, title, facts, state, version, attempts,
              last_error, made_at, settled_at, result, explanation
         FROM promise
        WHERE main_connector_id = :main_connector_id
          AND owner = of_owner.owner
          AND state = in_state.state
          AND due_at < :before
          AND (due_at, id) > (:after_due, :after_id)
        ORDER BY due_at, id
        LIMIT 201) AS page
 WHERE :owners::text[] @> ARRAY[of_owner.owner]
   AND :states::text[] @> ARRAY[in_state.state]
 ORDER BY due_at, id
 LIMIT :count;

-- name: of_kind
-- The same for one kind.
SELECT page.id, key, kind, subject, tenancy_id, owner, due_at, rule, title, facts, page.state, version, attempts,
       last_error, made_at, settled_at, result, explanation
  FROM (VALUES ('owed'), ('broken'), ('kept'), ('released')) AS in_state (state)
 CROSS JOIN LATERAL (
       SELECT id, key, kind, subject, tenancy_id, owner, due_at, rule, title, facts, state, version, attempts,
              last_error, made_at, settled_at, result, explanation
         FROM promise
        WHERE main_connector_id = :main_connector_id
          AND kind = :kind
          AND state = in_state.state
          AND owner = ANY (:owners::text[])
          AND due_at < :before
          AND (due_at, id) > (:after_due, :after_id)
        ORDER BY due_at, id
        LIMIT 201) AS page
 WHERE :states::text[] @> ARRAY[in_state.state]
 ORDER BY due_at, id
 LIMIT :count;

-- name: of_tenancy
-- Promises of one tenancy; there are few beside those of a realm, so the rest is looked at row by row.
SELECT id, key, kind, subject, tenancy_id, owner, due_at, rule, title, facts, state, version, attempts, last_error,
       made_at, settled_at, result, explanation
  FROM promise
 WHERE main_connector_id = :main_connector_id
   AND tenancy_id = :tenancy_id
   AND state = ANY (:states::text[])
   AND owner = ANY (:owners::text[])
   AND (:kind::text IS NULL OR kind = :kind)
   AND due_at < :before
   AND (due_at, id) > (:after_due, :after_id)
 ORDER BY due_at, id
 LIMIT :count;

-- name: of_subject
-- Promises about one subject.
SELECT id, key, kind, subject, tenancy_id, owner, due_at, rule, title, facts, state, version, attempts, last_error,
       made_at, settled_at, result, explanation
  FROM promise
 WHERE main_connector_id = :main_connector_id
   AND subject = :subject
   AND (:tenancy_id::uuid IS NULL OR tenancy_id = :tenancy_id)
   AND state = ANY (:states::text[])
   AND owner = ANY (:owners::text[])
   AND (:kind::text IS NULL OR kind = :kind)
   AND due_at < :before
   AND (due_at, id) > (:after_due, :after_id)
 ORDER BY due_at, id
 LIMIT :count;

-- name: owed_of
-- Which of these promises are owed, and when they are due; rows are StillOwed.
SELECT id, due_at
  FROM promise
 WHERE main_connector_id = :main_connector_id
   AND id = ANY (:promise_ids::uuid[])
   AND state = 'owed';

-- name: of_subjects
-- All promises of one kind about some subjects, of which each has few.
SELECT id, key, kind, subject, tenancy_id, owner, due_at, rule, title, facts, state, version, attempts, last_error,
       made_at, settled_at, result, explanation
  FROM promise
 WHERE main_connector_id = :main_connector_id
   AND subject = ANY (:subjects::text[])
   AND kind = :kind
 ORDER BY subject, due_at, id;
