-- Renewal requests: taken in, followed, answered.
-- Read by kanta_tenancy/renewals/store/requests.py; rows are kanta_tenancy.renewals.model.Request unless it says otherwise.

-- name: take_in
-- Take requests in, each once, and journal those that are new; rows are Outcome, in the order in which they were said.
SELECT place, outcome, id, decided_on
  FROM renewal_take_in(:main_connector_id, :received, :said);

-- name: find
-- One request.
SELECT id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code, kind, arrived_at, received_at, lapses_at, state,
       version, next_at, warned_hours, person, ground, passed, since, hand_over_at, closed_at, reason, answered_by, holds
  FROM renewal_request
 WHERE main_connector_id = :main_connector_id
   AND id = :id;

-- name: take
-- The same, held until the transaction ends.
SELECT id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code, kind, arrived_at, received_at, lapses_at, state,
       version, next_at, warned_hours, person, ground, passed, since, hand_over_at, closed_at, reason, answered_by, holds
  FROM renewal_request
 WHERE main_connector_id = :main_connector_id
   AND id = :id
   FOR UPDATE;

-- name: known
-- Those of these identifiers that are there.
SELECT id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code, kind, arrived_at, received_at, lapses_at, state,
       version, next_at, warned_hours, person, ground, passed, since, hand_over_at, closed_at, reason, answered_by, holds
  FROM renewal_request
 WHERE main_connector_id = :main_connector_id
   AND request_id = ANY (:request_ids::text[]);

-- name: due
-- The next that time has something to do with, held until the transaction ends; what others hold is theirs.
SELECT id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code, kind, arrived_at, received_at, lapses_at, state,
       version, next_at, warned_hours, person, ground, passed, since, hand_over_at, closed_at, reason, answered_by, holds
  FROM renewal_request
 WHERE main_connector_id = :main_connector_id
   AND closed_at IS NULL
   AND next_at <= :now
 ORDER BY next_at, id
 LIMIT :count
   FOR UPDATE SKIP LOCKED;

-- name: put_off
-- The first that time has something to do with waits: something is wrong with it.
UPDATE renewal_request
   SET next_at = :until
 WHERE id = (SELECT first.id
               FROM renewal_request AS first
              WHERE first.main_connector_id = :main_connector_id
                AND first.closed_at IS NULL
                AND first.next_at <= :now
              ORDER BY first.next_at, first.id
              LIMIT 1)
   AND closed_at IS NULL;

-- name: save
-- Write what became of requests that the transaction holds.
UPDATE renewal_request AS request
   SET state = said.state, version = said.version, next_at = said.next_at, warned_hours = said.warned_hours,
       person = said.person, ground = said.ground, passed = said.passed, since = said.since,
       hand_over_at = said.hand_over_at, closed_at = said.closed_at, reason = said.reason,
       answered_by = said.answered_by, holds = said.holds
  FROM jsonb_to_recordset(:said) AS said (
       id uuid, state text, version integer, next_at timestamptz, warned_hours smallint, person uuid, ground text,
       passed text, since timestamptz, hand_over_at timestamptz, closed_at timestamptz, reason text, answered_by text,
       holds uuid)
 WHERE request.id = said.id
   AND request.main_connector_id = :main_connector_id;

-- name: together
-- Have nobody change what requests are looked at by until the transaction ends; others may look too. Rows are Locked.
SELECT pg_advisory_xact_lock_shared(uuid_hash_extended(:main_connector_id, 34)) IS NOT NULL AS locked;

-- name: alone
-- Wait until nobody looks at requests of the realm, and let nobody begin until the transaction ends. Rows are Locked.
SELECT pg_advisory_xact_lock(uuid_hash_extended(:main_connector_id, 34)) IS NOT NULL AS locked;

-- name: step_of_realm
-- Which open requests of a realm come next, what lapses first before the rest; rows are Position.
SELECT lapses_at AS at, id
  FROM renewal_request
 WHERE main_connector_id = :main_connector_id
   AND closed_at IS NULL
   AND (lapses_at, id) > (:after_at, :after_id)
 ORDER BY lapses_at, id
 LIMIT :count;

-- name: step_of_house
-- The same of a tenant's, or the main connector's own.
SELECT lapses_at AS at, id
  FROM renewal_request
 WHERE main_connector_id = :main_connector_id
   AND holder = :holder
   AND closed_at IS NULL
   AND (lapses_at, id) > (:after_at, :after_id)
 ORDER BY lapses_at, id
 LIMIT :count;

-- name: step_of_person
-- The same of those that somebody has.
SELECT lapses_at AS at, id
  FROM renewal_request
 WHERE main_connector_id = :main_connector_id
   AND person = :person
   AND closed_at IS NULL
   AND (lapses_at, id) > (:after_at, :after_id)
 ORDER BY lapses_at, id
 LIMIT :count;

-- name: wake
-- Look at these requests again now, unless they are closed or due anyway.
UPDATE renewal_request
   SET next_at = :at
 WHERE main_connector_id = :main_connector_id
   AND id = ANY (:ids::uuid[])
   AND closed_at IS NULL
   AND next_at > :at;

-- name: open_of_realm
-- A page of the open requests of a realm, what lapses first before the rest. The longest page is written out so that one
-- plan serves every page: not knowing how long it may be, PostgreSQL would plan each page of a long list anew.
SELECT id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code, kind, arrived_at, received_at, lapses_at, state,
       version, next_at, warned_hours, person, ground, passed, since, hand_over_at, closed_at, reason, answered_by, holds
  FROM (SELECT id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code, kind, arrived_at, received_at,
               lapses_at, state, version, next_at, warned_hours, person, ground, passed, since, hand_over_at,
               closed_at, reason, answered_by, holds
          FROM renewal_request
         WHERE main_connector_id = :main_connector_id
           AND closed_at IS NULL
           AND (lapses_at, id) > (:after_at, :after_id)
         ORDER BY lapses_at, id
         LIMIT 201) AS page
 ORDER BY lapses_at, id
 LIMIT :count;

-- name: open_of_house
-- The same of a tenant's, or the main connector's own.
SELECT id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code, kind, arrived_at, received_at, lapses_at, state,
       version, next_at, warned_hours, person, ground, passed, since, hand_over_at, closed_at, reason, answered_by, holds
  FROM (SELECT id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code, kind, arrived_at, received_at,
               lapses_at, state, version, next_at, warned_hours, person, ground, passed, since, hand_over_at,
               closed_at, reason, answered_by, holds
          FROM renewal_request
         WHERE main_connector_id = :main_connector_id
           AND holder = :holder
           AND closed_at IS NULL
           AND (lapses_at, id) > (:after_at, :after_id)
         ORDER BY lapses_at, id
         LIMIT 201) AS page
 ORDER BY lapses_at, id
 LIMIT :count;

-- name: open_of_person
-- The same of those that somebody has.
SELECT id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code, kind, arrived_at, received_at, lapses_at, state,
       version, next_at, warned_hours, person, ground, passed, since, hand_over_at, closed_at, reason, answered_by, holds
  FROM (SELECT id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code, kind, arrived_at, received_at,
               lapses_at, state, version, next_at, warned_hours, person, ground, passed, since, hand_over_at,
               closed_at, reason, answered_by, holds
          FROM renewal_request
         WHERE main_connector_id = :main_connector_id
           AND person = :person
           AND closed_at IS NULL
           AND (lapses_at, id) > (:after_at, :after_id)
         ORDER BY lapses_at, id
         LIMIT 201) AS page
 ORDER BY lapses_at, id
 LIMIT :count;

-- name: open_with_physician
-- The same of those that are with the main connector's responsible physician, whoever that is.
SELECT id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code, kind, arrived_at, received_at, lapses_at, state,
       version, next_at, warned_hours, person, ground, passed, since, hand_over_at, closed_at, reason, answered_by, holds
  FROM (SELECT id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code, kind, arrived_at, received_at,
               lapses_at, state, version, next_at, warned_hours, person, ground, passed, since, hand_over_at,
               closed_at, reason, answered_by, holds
          FROM renewal_request
         WHERE main_connector_id = :main_connector_id
           AND closed_at IS NULL
           AND state = 'with_physician'
           AND (lapses_at, id) > (:after_at, :after_id)
         ORDER BY lapses_at, id
         LIMIT 201) AS page
 ORDER BY lapses_at, id
 LIMIT :count;

-- name: closed_of_realm
-- A page of the requests of one outcome, oldest first.
SELECT id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code, kind, arrived_at, received_at, lapses_at, state,
       version, next_at, warned_hours, person, ground, passed, since, hand_over_at, closed_at, reason, answered_by, holds
  FROM (SELECT id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code, kind, arrived_at, received_at,
               lapses_at, state, version, next_at, warned_hours, person, ground, passed, since, hand_over_at,
               closed_at, reason, answered_by, holds
          FROM renewal_request
         WHERE main_connector_id = :main_connector_id
           AND state = :state
           AND closed_at IS NOT NULL
           AND (closed_at, id) > (:after_at, :after_id)
         ORDER BY closed_at, id
         LIMIT 201) AS page
 ORDER BY closed_at, id
 LIMIT :count;

-- name: closed_of_house
-- The same of a tenant's, or the main connector's own.
SELECT id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code, kind, arrived_at, received_at, lapses_at, state,
       version, next_at, warned_hours, person, ground, passed, since, hand_over_at, closed_at, reason, answered_by, holds
  FROM (SELECT id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code, kind, arrived_at, received_at,
               lapses_at, state, version, next_at, warned_hours, person, ground, passed, since, hand_over_at,
               closed_at, reason, answered_by, holds
          FROM renewal_request
         WHERE main_connector_id = :main_connector_id
           AND holder = :holder
           AND state = :state
           AND closed_at IS NOT NULL
           AND (closed_at, id) > (:after_at, :after_id)
         ORDER BY closed_at, id
         LIMIT 201) AS page
 ORDER BY closed_at, id
 LIMIT :count;

-- name: of_prescription
-- What became of every request for one prescription, newest first, as long as they are kept whole.
SELECT id, tenancy_id, unit_id, request_id, prescription_id, prescriber_code, kind, arrived_at, received_at, lapses_at, state,
       version, next_at, warned_hours, person, ground, passed, since, hand_over_at, closed_at, reason, answered_by, holds
  FROM renewal_request
 WHERE main_connector_id = :main_connector_id
   AND prescription_id = :prescription_id
 ORDER BY id DESC
 LIMIT :count;

-- name: hold
-- Let the open requests of a tenancy hold the ending of its agreement open; how many there are is told.
UPDATE renewal_request
   SET holds = :agreement_id
 WHERE main_connector_id = :main_connector_id
   AND holder = :tenancy_id
   AND closed_at IS NULL;

-- name: holding
-- Whether any open request holds the ending of an agreement open; rows are Holding.
SELECT EXISTS (SELECT
                 FROM renewal_request
                WHERE holds = :agreement_id
                  AND closed_at IS NULL
                  AND main_connector_id = :main_connector_id) AS found;

-- name: realms_due
-- In which realms time has something to do; rows are Realm.
SELECT main_connector_id
  FROM renewal_realms_due(:now);

-- name: reduce
-- Reduce requests that were closed long ago to figures, in every realm; rows are Reduced.
SELECT renewal_reduce(:closed_before, :batch) AS requests;

-- name: insert_steps
-- Write what happened to some requests; no row comes back.
INSERT INTO renewal_step (id, request, main_connector_id, tenancy_id, at, done, state, person, ground, hours, people, way,
                          party)
SELECT said.id, said.request, :main_connector_id, said.tenancy_id, said.at, said.done, said.state, said.person,
       said.ground, said.hours, said.people, said.way, said.party
  FROM jsonb_to_recordset(:said) AS said (
       id uuid, request uuid, tenancy_id uuid, at timestamptz, done text, state text, person uuid, ground text,
       hours smallint, people integer, way text, party text);

-- name: steps
-- What happened to one request, in its order; rows are Step.
SELECT at, done, state, person, ground, hours, people, way, party
  FROM renewal_step
 WHERE main_connector_id = :main_connector_id
   AND request = :id
 ORDER BY id;
