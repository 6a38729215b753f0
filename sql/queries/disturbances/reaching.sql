-- Whom the main connector has named, who was called, and what parties say of themselves.
-- Read by kanta_tenancy/disturbances/store/reaching.py.

-- name: roster
-- Whom the main connector has named; rows are kanta_tenancy.disturbances.case.Roster.
SELECT people, version, changed_at
  FROM disturbance_roster
 WHERE main_connector_id = :main_connector_id;

-- name: save_roster
-- Write the roster over the version that it was computed from, 0 for none; no row means a lost update. Rows are Version.
INSERT INTO disturbance_roster (main_connector_id, people, version, changed_at)
SELECT :main_connector_id, :people, :seen + 1, :at
 WHERE :seen = 0
    OR EXISTS (SELECT FROM disturbance_roster WHERE main_connector_id = :main_connector_id)
ON CONFLICT (main_connector_id) DO UPDATE
   SET people = excluded.people, version = disturbance_roster.version + 1, changed_at = excluded.changed_at
 WHERE disturbance_roster.version = :seen
RETURNING version;

-- name: add_call
-- Write that somebody was called; no row comes back.
INSERT INTO disturbance_call (main_connector_id, disturbance_id, number, contact_id, people, called_at)
VALUES (:main_connector_id, :disturbance_id, :number, :contact_id, :people, :called_at);

-- name: calls
-- Who was called, in the order of the calls; rows are kanta_tenancy.disturbances.case.Called.
SELECT number, contact_id, people, called_at
  FROM disturbance_call
 WHERE main_connector_id = :main_connector_id
   AND disturbance_id = :disturbance_id
 ORDER BY number;

-- name: own_words
-- What the scope's parties say of themselves; rows are kanta_tenancy.disturbances.case.OwnWord.
SELECT tenancy_id, about, word, said_by, said_at, version
  FROM disturbance_own_word
 WHERE main_connector_id = :main_connector_id
   AND about = ANY (:abouts::text[])
   AND holder = ANY (:holders::uuid[])
 ORDER BY holder, about;

-- name: save_own_word
-- Write what a party says over the version that it was computed from, 0 for none; no row means a lost update. Rows are
-- Version.
INSERT INTO disturbance_own_word (main_connector_id, tenancy_id, about, word, said_by, said_at, version)
SELECT :main_connector_id, :tenancy_id, :about, :word, :said_by, :at, :seen + 1
 WHERE :seen = 0
    OR EXISTS (SELECT
                 FROM disturbance_own_word
                WHERE main_connector_id = :main_connector_id
                  AND holder = :holder
                  AND about = :about)
ON CONFLICT (main_connector_id, holder, about) DO UPDATE
   SET word = excluded.word, said_by = excluded.said_by, said_at = excluded.said_at,
       version = disturbance_own_word.version + 1
 WHERE disturbance_own_word.version = :seen
RETURNING version;
