-- Who may prescribe, when they are there, and when a house says that it is prevented.
-- Read by kanta_tenancy/renewals/store/prescribers.py; rows stand with each.

-- name: insert
-- Write somebody; no row comes back.
INSERT INTO prescriber (id, main_connector_id, tenancy_id, code, name, email, office, entitlement, since, until, shifts,
                        version, created_at)
VALUES (:id, :main_connector_id, :tenancy_id, :code, :name, :email, :office, :entitlement, :since, :until, :shifts,
        :version, :created_at);

-- name: find
-- One of them, with units and absences; rows are KnownPrescriber.
SELECT id, tenancy_id, code, name, email, office, entitlement, since, until, shifts, version, created_at,
       ARRAY(SELECT unit_id FROM prescriber_post AS post WHERE post.prescriber_id = prescriber.id ORDER BY unit_id)
           AS units,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('id', absence.id, 'since', absence.since, 'until', absence.until)
                   ORDER BY absence.since, absence.id), '[]')
          FROM prescriber_absence AS absence
         WHERE absence.prescriber_id = prescriber.id
           AND absence.withdrawn_at IS NULL) AS absences
  FROM prescriber
 WHERE main_connector_id = :main_connector_id
   AND id = :prescriber_id;

-- name: lock
-- Hold one until the transaction ends and say at which version it is; rows are Version.
SELECT version
  FROM prescriber
 WHERE main_connector_id = :main_connector_id
   AND id = :prescriber_id
   FOR UPDATE;

-- name: save
-- Write a later state over the version that it was computed from; no row means a lost update. Rows are Version.
UPDATE prescriber
   SET name = :name, email = :email, office = :office, entitlement = :entitlement, since = :since, until = :until,
       shifts = :shifts, version = :version
 WHERE main_connector_id = :main_connector_id
   AND id = :id
   AND version = :version - 1
RETURNING version;

-- name: page
-- A page of the scope's prescribers, in the order in which they were named, without units and absences; rows are
-- ListedPrescriber. The longest page is written out so that one plan serves every page.
SELECT id, tenancy_id, code, name, email, office, entitlement, since, until, version
  FROM (SELECT id, tenancy_id, code, name, email, office, entitlement, since, until, version
          FROM prescriber
         WHERE main_connector_id = :main_connector_id
           AND id > :after
         ORDER BY id
         LIMIT 201) AS page
 ORDER BY id
 LIMIT :count;

-- name: clear_posts
-- Say anew at which units somebody is: first at none.
DELETE FROM prescriber_post
 WHERE prescriber_id = :prescriber_id
   AND main_connector_id = :main_connector_id;

-- name: insert_posts
-- At which units somebody is; no row comes back.
INSERT INTO prescriber_post (prescriber_id, unit_id, main_connector_id, tenancy_id)
SELECT :prescriber_id, unit_id, :main_connector_id, :tenancy_id
  FROM unnest(:units::uuid[]) AS unit_id;

-- name: insert_absence
-- When somebody is not there; no row comes back.
INSERT INTO prescriber_absence (id, prescriber_id, main_connector_id, tenancy_id, since, until, recorded_at)
VALUES (:id, :prescriber_id, :main_connector_id, :tenancy_id, :since, :until, :recorded_at);

-- name: withdraw_absence
-- That an absence falls away.
UPDATE prescriber_absence
   SET withdrawn_at = :at
 WHERE main_connector_id = :main_connector_id
   AND prescriber_id = :prescriber_id
   AND id = :id
   AND withdrawn_at IS NULL;

-- name: of_houses
-- Everybody at some houses who has not left by a day, as routing needs to know them; rows are AtHouse.
SELECT prescriber.id, prescriber.holder, prescriber.code, prescriber.office, prescriber.entitlement, prescriber.since,
       prescriber.until, prescriber.shifts,
       ARRAY(SELECT unit_id FROM prescriber_post AS post WHERE post.prescriber_id = prescriber.id) AS units,
       (SELECT coalesce(jsonb_agg(jsonb_build_object('since', absence.since, 'until', absence.until)), '[]')
          FROM prescriber_absence AS absence
         WHERE absence.prescriber_id = prescriber.id
           AND absence.withdrawn_at IS NULL
           AND (absence.until IS NULL OR absence.until > :after)) AS absences,
       (SELECT count(*)
          FROM renewal_request AS request
         WHERE request.main_connector_id = :main_connector_id
           AND request.person = prescriber.id
           AND request.closed_at IS NULL) AS load
  FROM prescriber
 WHERE prescriber.main_connector_id = :main_connector_id
   AND prescriber.holder = ANY (:holders::uuid[])
   AND (prescriber.until IS NULL OR prescriber.until > :day)
 ORDER BY prescriber.id;

-- name: recipients
-- Those of some who can be written to, in the language of their house; rows are Written.
SELECT prescriber.id, prescriber.name, prescriber.email, firm.language
  FROM prescriber
  JOIN organisation AS firm
    ON firm.main_connector_id = :main_connector_id
   AND CASE WHEN prescriber.tenancy_id IS NULL
            THEN firm.id = (SELECT realm.organisation_id
                              FROM main_connector AS realm
                             WHERE realm.main_connector_id = :main_connector_id)
            ELSE firm.tenancy_id = prescriber.tenancy_id END
 WHERE prescriber.main_connector_id = :main_connector_id
   AND prescriber.id = ANY (:ids::uuid[])
   AND prescriber.email IS NOT NULL
 ORDER BY prescriber.id;

-- name: insert_prevention
-- When a house says that it is prevented; no row comes back.
INSERT INTO renewal_prevention (id, main_connector_id, tenancy_id, since, until, recorded_at)
VALUES (:id, :main_connector_id, :tenancy_id, :since, :until, :recorded_at);

-- name: end_prevention
-- That it is not prevented from an instant on, or never will be.
UPDATE renewal_prevention
   SET until = greatest(since, :until)
 WHERE main_connector_id = :main_connector_id
   AND id = :id
   AND (until IS NULL OR until > :until);

-- name: find_prevention
-- One of them; rows are Prevention.
SELECT id, tenancy_id, since, until, recorded_at
  FROM renewal_prevention
 WHERE main_connector_id = :main_connector_id
   AND id = :id;

-- name: preventions
-- When some houses say that they are prevented, as far as that is not over; rows are PreventedHouse.
SELECT holder, since, until
  FROM renewal_prevention
 WHERE main_connector_id = :main_connector_id
   AND holder = ANY (:holders::uuid[])
   AND (until IS NULL OR until > :after);

-- name: page_preventions
-- A page of them, newest first; rows are Prevention.
SELECT id, tenancy_id, since, until, recorded_at
  FROM (SELECT id, tenancy_id, since, until, recorded_at
          FROM renewal_prevention
         WHERE main_connector_id = :main_connector_id
           AND id < :before
         ORDER BY id DESC
         LIMIT 201) AS page
 ORDER BY id DESC
 LIMIT :count;
