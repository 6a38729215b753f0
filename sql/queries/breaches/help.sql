-- Help with breaches, asked of the other party, and its answers.
-- Read by kanta_tenancy/breaches/store/helping.py; rows are kanta_tenancy.breaches.model.Help unless it says otherwise.

-- name: insert
-- Write a request for help; no row comes back.
INSERT INTO breach_help (id, main_connector_id, tenancy_id, breach_id, breach_holder, asked_by_tenant, question, wanted_by,
                         asked_by, asked_at, state, state_at, version)
VALUES (:id, :main_connector_id, :tenancy_id, :breach_id, :breach_holder, :asked_by_tenant, :question, :wanted_by,
        :asked_by, :asked_at, :state, :state_at, :version);

-- name: find
-- One request for help.
SELECT id, tenancy_id, breach_id, asked_by_tenant, question, wanted_by, asked_by, asked_at, state, state_at, because,
       version
  FROM breach_help
 WHERE main_connector_id = :main_connector_id
   AND id = :help_id;

-- name: lock
-- The same, held until the transaction ends.
SELECT id, tenancy_id, breach_id, asked_by_tenant, question, wanted_by, asked_by, asked_at, state, state_at, because,
       version
  FROM breach_help
 WHERE main_connector_id = :main_connector_id
   AND id = :help_id
   FOR UPDATE;

-- name: save
-- What stands of a request for help that the transaction holds.
UPDATE breach_help
   SET state = :state, state_at = :state_at, because = :because, version = :version
 WHERE main_connector_id = :main_connector_id
   AND id = :help_id
   AND version = :version - 1;

-- name: page
-- A page of the realm's requests for help, newest first.
SELECT id, tenancy_id, breach_id, asked_by_tenant, question, wanted_by, asked_by, asked_at, state, state_at, because,
       version
  FROM breach_help
 WHERE main_connector_id = :main_connector_id
   AND id < :before
 ORDER BY id DESC
 LIMIT :count;

-- name: page_of_tenancy
-- A page of those between the main connector and one tenant, newest first.
SELECT id, tenancy_id, breach_id, asked_by_tenant, question, wanted_by, asked_by, asked_at, state, state_at, because,
       version
  FROM breach_help
 WHERE main_connector_id = :main_connector_id
   AND tenancy_id = :tenancy_id
   AND id < :before
 ORDER BY id DESC
 LIMIT :count;

-- name: of_breach
-- What was asked about a breach by whose it is.
SELECT id, tenancy_id, breach_id, asked_by_tenant, question, wanted_by, asked_by, asked_at, state, state_at, because,
       version
  FROM breach_help
 WHERE main_connector_id = :main_connector_id
   AND breach_id = :breach_id
 ORDER BY id;

-- name: insert_answer
-- Write an answer to a request that the transaction holds; no row comes back.
INSERT INTO breach_help_answer (main_connector_id, help_id, number, tenancy_id, answer, is_final, answered_by, answered_at)
VALUES (:main_connector_id, :help_id, :number, :tenancy_id, :answer, :is_final, :answered_by, :answered_at);

-- name: answers
-- What was answered, in its order; rows are kanta_tenancy.breaches.model.HelpAnswer.
SELECT number, answer, is_final, answered_by, answered_at
  FROM breach_help_answer
 WHERE main_connector_id = :main_connector_id
   AND help_id = :help_id
 ORDER BY number;

-- name: open
-- A page of the requests of the realm that nobody has answered, by id.
SELECT id, tenancy_id, breach_id, asked_by_tenant, question, wanted_by, asked_by, asked_at, state, state_at, because,
       version
  FROM breach_help
 WHERE main_connector_id = :main_connector_id
   AND state = 'asked'
   AND id > :after
 ORDER BY id
 LIMIT :count;
