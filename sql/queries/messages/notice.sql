-- Notices: what people are to be told, and which mail tells it.
-- Read by kanta_tenancy/messages/store/; rows are kanta_tenancy.messages.model's.

-- name: tell
-- Write notices, from whichever scope they are about; how many were not told before.
SELECT notice_tell(:main_connector_id, :told_at, :told::jsonb) AS written;

-- name: due_realms
-- In which realms notices wait that are due, across realms.
SELECT main_connector_id
  FROM notice_due_realms(:now);

-- name: gather_alone
-- Be the only one who gathers in this realm until the transaction ends; false when another one does.
SELECT pg_try_advisory_xact_lock(uuid_hash_extended(:main_connector_id, 6)) AS alone;

-- name: waiting
-- What waits and is due, in the order in which it was told.
SELECT id, contact_id, name, email, language, urgent, topic, about
  FROM notice
 WHERE main_connector_id = :main_connector_id
   AND message_id IS NULL
   AND due_at <= :now
 ORDER BY told_at, id
 LIMIT :batch;

-- name: take
-- Put each of these notices into its mail.
UPDATE notice
   SET message_id = pair.message_id
  FROM unnest(:message_ids::uuid[], :notice_ids::uuid[]) AS pair (message_id, notice_id)
 WHERE notice.id = pair.notice_id
   AND notice.message_id IS NULL;

-- name: withdraw
-- Withdraw notices that no mail has taken; how many.
SELECT notice_withdraw(:notice_ids::uuid[]) AS written;

-- name: delivery
-- How far the mail of a notice has come; rows are Delivery.
SELECT message.state, message.ended_at, message.last_error
  FROM notice
  LEFT JOIN message ON message.id = notice.message_id
 WHERE notice.main_connector_id = :main_connector_id
   AND notice.key = :key;

-- name: of_message
-- What a mail tells, in the order in which it was told.
SELECT topic, tenancy_id, subject, lines, facts, told_at, attached
  FROM notice
 WHERE main_connector_id = :main_connector_id
   AND message_id = :message_id
 ORDER BY told_at, id;
