-- Messages: one thing to send to one receiver, and how each attempt ended.
-- Read by kanta_tenancy/messages/store/; rows are kanta_tenancy.messages.model's.

-- name: open_mails
-- Mails to these people that have certainly not arrived, held until the transaction ends; urgent ones stay alone.
SELECT id, email,
       (SELECT count(*) FROM notice WHERE notice.message_id = message.id) AS notices
  FROM message
 WHERE main_connector_id = :main_connector_id
   AND lower(email) = ANY(:emails::text[])
   AND state = 'due'
   AND channel = 'mail'
   AND NOT urgent
   AND NOT at_work
   AND NOT may_have_arrived
 ORDER BY id
   FOR UPDATE SKIP LOCKED;

-- name: insert_mail
-- A new mail, due at once.
INSERT INTO message (id, main_connector_id, channel, since, next_at, made_at, contact_id, name, email, language, urgent)
VALUES (:id, :main_connector_id, 'mail', :at, :at, :at, :contact_id, :name, :email, :language, :urgent);

-- name: insert_webhook
-- A new webhook to an endpoint, due at once unless it is leased already.
INSERT INTO message (id, main_connector_id, tenancy_id, channel, attempts, since, next_at, at_work, made_at,
                     endpoint_id, event_id)
VALUES (:id, :main_connector_id, :tenancy_id, 'webhook', :attempts, :at, :next_at, :at_work, :at, :endpoint_id, :event_id)
ON CONFLICT ON CONSTRAINT message_once DO NOTHING;

-- name: insert_event
-- An event as it will be sent.
INSERT INTO webhook_event (id, main_connector_id, tenancy_id, for_tenant, kind, payload, at)
VALUES (:id, :main_connector_id, :tenancy_id, :for_tenant, :kind, :payload, :at)
ON CONFLICT (id) DO NOTHING;

-- name: claim_mails
-- Lease mails that are due, of any realm: those never tried, or those tried before.
SELECT id, main_connector_id, attempts
  FROM message_claim_mails(:now, :leased_until, :batch, :again);

-- name: claim_webhooks
-- Lease webhooks that are due, of any realm: of endpoints that answer well, or of the others.
SELECT id, main_connector_id, attempts
  FROM message_claim_webhooks(:now, :leased_until, :batch, :each, :troubled);

-- name: letter
-- A mail that was claimed and that nobody has finished since.
SELECT message.id, message.contact_id, message.name, message.email, message.language, message.urgent, message.made_at,
       message.since
  FROM message
 WHERE message.main_connector_id = :main_connector_id
   AND message.id = :id
   AND message.state = 'due'
   AND message.attempts = :attempts;

-- name: parcel
-- A webhook that was claimed and that nobody has finished since, with what a request is made of.
SELECT message.id, message.tenancy_id, message.endpoint_id, endpoint.url, message.event_id, event.kind, event.payload,
       endpoint.secret_number, endpoint.secret_key, endpoint.previous_number, endpoint.previous_key,
       endpoint.previous_until
  FROM message
  JOIN webhook_endpoint AS endpoint ON endpoint.id = message.endpoint_id
  JOIN webhook_event AS event ON event.id = message.event_id
 WHERE message.main_connector_id = :main_connector_id
   AND message.id = :id
   AND message.state = 'due'
   AND message.attempts = :attempts
   AND endpoint.closed_at IS NULL;

-- name: settle
-- Write how an attempt ended. What arrived has arrived, whoever has leased it or given it up since; what failed is told
-- by whoever made the newest attempt only.
UPDATE message
   SET state = :state, next_at = :next_at, last_error = :error, at_work = false,
       may_have_arrived = may_have_arrived OR :may_have_arrived,
       ended_at = CASE :state WHEN 'due' THEN NULL ELSE :at::timestamptz END
 WHERE main_connector_id = :main_connector_id
   AND id = :id
   AND CASE :state WHEN 'sent' THEN state <> 'sent' ELSE state = 'due' AND attempts = :attempts END;

-- name: insert_attempt
-- One attempt and how it ended.
INSERT INTO message_attempt (id, message_id, main_connector_id, tenancy_id, at, took_ms, outcome, status, detail)
VALUES (:id, :message_id, :main_connector_id, :tenancy_id, :at, :took_ms, :outcome, :status, :detail);

-- name: attempts
-- The newest attempts to send a message, newest first.
SELECT at, took_ms, outcome, status, detail
  FROM message_attempt
 WHERE main_connector_id = :main_connector_id
   AND message_id = :message_id
 ORDER BY id DESC
 LIMIT :limit;

-- name: end_of_endpoint
-- Give up what waits for an endpoint that is closed.
UPDATE message
   SET state = 'dead', ended_at = :at, last_error = :error, at_work = false
 WHERE main_connector_id = :main_connector_id
   AND endpoint_id = :endpoint_id
   AND state = 'due';

-- name: find
-- One message of the scope.
SELECT message.id, message.tenancy_id, message.channel, message.state, message.attempts, message.next_at,
       message.last_error, message.made_at, message.ended_at, message.name, message.email, message.language,
       message.urgent, message.endpoint_id, event.kind
  FROM message
  LEFT JOIN webhook_event AS event ON event.id = message.event_id
 WHERE message.main_connector_id = :main_connector_id
   AND message.id = :id;

-- name: payload
-- What a webhook says.
SELECT event.payload
  FROM message
  JOIN webhook_event AS event ON event.id = message.event_id
 WHERE message.main_connector_id = :main_connector_id
   AND message.id = :id;

-- name: delivery
-- How far one message of the scope has come; rows are Delivery.
SELECT state, ended_at, last_error
  FROM message
 WHERE main_connector_id = :main_connector_id
   AND id = :id;

-- name: find_for_update
-- State of one message of the scope, held until the transaction ends.
SELECT id, state, at_work, endpoint_id
  FROM message
 WHERE main_connector_id = :main_connector_id
   AND id = :id
   FOR UPDATE;

-- name: page
-- The scope's messages before one of them, newest first. The longest page is written out so that one plan serves
-- every page.
SELECT id, tenancy_id, channel, state, attempts, next_at, last_error, made_at, ended_at, name, email, language, urgent,
       endpoint_id, kind
  FROM (SELECT message.id, message.tenancy_id, message.channel, message.state, message.attempts, message.next_at,
               message.last_error, message.made_at, message.ended_at, message.name, message.email, message.language,
               message.urgent, message.endpoint_id, event.kind
          FROM message
          LEFT JOIN webhook_event AS event ON event.id = message.event_id
         WHERE message.main_connector_id = :main_connector_id
           AND message.id < :before
           AND (:state::text IS NULL OR message.state = :state)
           AND (:channel::text IS NULL OR message.channel = :channel)
         ORDER BY message.main_connector_id DESC, message.id DESC
         LIMIT 201) AS page
 ORDER BY id DESC
 LIMIT :limit;

-- name: page_unfinished
-- Messages of the scope that wait, or that were given up, before one of them, newest first.
SELECT message.id, message.tenancy_id, message.channel, message.state, message.attempts, message.next_at,
       message.last_error, message.made_at, message.ended_at, message.name, message.email, message.language,
       message.urgent, message.endpoint_id, event.kind
  FROM message
  LEFT JOIN webhook_event AS event ON event.id = message.event_id
 WHERE message.main_connector_id = :main_connector_id
   AND message.state = :state
   AND message.state <> 'sent'    -- what there is an index for: most are sent
   AND message.id < :before
   AND (:channel::text IS NULL OR message.channel = :channel)
 ORDER BY message.main_connector_id DESC, message.id DESC
 LIMIT :limit;

-- name: page_of_endpoint
-- Messages to one endpoint before one of them, newest first.
SELECT id, tenancy_id, channel, state, attempts, next_at, last_error, made_at, ended_at, name, email, language, urgent,
       endpoint_id, kind
  FROM (SELECT message.id, message.tenancy_id, message.channel, message.state, message.attempts, message.next_at,
               message.last_error, message.made_at, message.ended_at, message.name, message.email, message.language,
               message.urgent, message.endpoint_id, event.kind
          FROM message
          JOIN webhook_event AS event ON event.id = message.event_id
         WHERE message.main_connector_id = :main_connector_id
           AND message.endpoint_id = :endpoint_id
           AND message.id < :before
           AND (:state::text IS NULL OR message.state = :state)
         ORDER BY message.endpoint_id DESC, message.id DESC
         LIMIT 201) AS page
 ORDER BY id DESC
 LIMIT :limit;

-- name: send_again
-- Let a message that has ended be due once more, from the first attempt on.
UPDATE message
   SET state = 'due', attempts = 0, since = :at, next_at = :at, at_work = false, ended_at = NULL
 WHERE main_connector_id = :main_connector_id
   AND id = :id;

-- name: figures
-- How much waits and how much was given up, across realms.
SELECT channel, due, dead, oldest_due_s
  FROM message_figures(:now);

-- name: forget
-- Forget messages of a channel that arrived, of every realm, and say how many they were.
SELECT message_forget(:channel, :older_than, :batch) AS forgotten;

-- name: forget_events
-- Forget events that no message carries, of every realm, and say how many they were.
SELECT webhook_event_forget(:older_than, :batch) AS forgotten;
