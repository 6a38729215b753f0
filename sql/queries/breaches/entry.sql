-- What was said of breaches, and the reminders that were given.
-- Read by kanta_tenancy/breaches/store/entries.py; rows are kanta_tenancy.breaches.model.Entry unless it says otherwise.

-- name: insert
-- Write an entry of a breach that the transaction holds; no row comes back.
INSERT INTO breach_entry (main_connector_id, breach_id, number, holder, said, said_by, said_at)
VALUES (:main_connector_id, :breach_id, :number, :holder, :said, :said_by, :said_at);

-- name: of_breach
-- All that was said of a breach, in its order.
SELECT number, said, said_by, said_at
  FROM breach_entry
 WHERE main_connector_id = :main_connector_id
   AND breach_id = :breach_id
 ORDER BY number;

-- name: of_breaches
-- All that was said of these breaches, each in its order; rows are EntryOf.
SELECT breach_id, number, said, said_by, said_at
  FROM breach_entry
 WHERE main_connector_id = :main_connector_id
   AND breach_id = ANY (:breach_ids::uuid[])
 ORDER BY breach_id, number;

-- name: add_reminder
-- Put down that people were reminded, or that a more urgent reminder overtook one; no row comes back.
INSERT INTO breach_reminder (main_connector_id, breach_id, turn, hours, holder, due_at, decided_at, told, people)
VALUES (:main_connector_id, :breach_id, :turn, :hours, :holder, :due_at, :decided_at, :told, :people);

-- name: reminders
-- Of what people were reminded; rows are kanta_tenancy.breaches.model.Reminded.
SELECT turn, hours, due_at, decided_at, told, people
  FROM breach_reminder
 WHERE main_connector_id = :main_connector_id
   AND breach_id = :breach_id
 ORDER BY turn, hours;

-- name: reminders_of
-- The same of several breaches; rows are ReminderOf.
SELECT breach_id, turn, hours
  FROM breach_reminder
 WHERE main_connector_id = :main_connector_id
   AND breach_id = ANY (:breach_ids::uuid[])
 ORDER BY breach_id, turn, hours;
