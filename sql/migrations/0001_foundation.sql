-- why:   what every room stands on: the service's role, the scope of a transaction, the journal, the outbox,
--        kept answers of repeated requests (docs/architecture.md, ADR 0005 and 0006)
-- locks: none held by a running service (new tables)
SET LOCAL lock_timeout = '3s';

-- The role that the service connects as. It owns nothing and cannot step around row-level security.
-- Roles belong to the whole cluster, so another database may have made it, or be making it right now.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kanta_service') THEN
        CREATE ROLE kanta_service LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO kanta_service;
GRANT SELECT ON applied_migration TO kanta_service;  -- so that it can tell whether it fits the database

-- Whose rows this transaction sees. Nothing set means no rows; '*' means the main connector itself.
CREATE FUNCTION scope_main_connector() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('kanta.main_connector', true), '')::uuid;

CREATE FUNCTION scope_tenancy() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(nullif(current_setting('kanta.tenancy', true), '*'), '')::uuid;

CREATE FUNCTION scope_is_whole_realm() RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(current_setting('kanta.tenancy', true) = '*', false);

-- One row for each chain of the journal: where it ends. Written only by record_act().
CREATE TABLE journal_head (
    chain             uuid   PRIMARY KEY,      -- the tenancy, or the main connector for its own acts
    main_connector_id uuid   NOT NULL,
    tenancy_id        uuid,
    sequence          bigint NOT NULL CHECK (sequence >= 0),
    digest            bytea  NOT NULL CHECK (length(digest) = 32)
);

-- digest = sha256(digest of the entry before, sequence as 8 bytes, entry in UTF-8);
-- before the first entry stands sha256 of the chain's 16 bytes. kanta_tenancy/machinery/postgres/journal.py checks it.
CREATE TABLE journal_entry (
    chain             uuid        NOT NULL,
    sequence          bigint      NOT NULL CHECK (sequence >= 1),
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid,
    at                timestamptz NOT NULL,
    entry             text        NOT NULL,    -- canonical JSON, kept as the text that was hashed
    digest            bytea       NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (chain, sequence),
    CONSTRAINT journal_entry_chain_owner CHECK (chain = coalesce(tenancy_id, main_connector_id))
);

-- Messages to other rooms, written in the transaction of the change that they tell of.
CREATE TABLE outbox (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid,
    kind              text        NOT NULL,    -- such as agreement.in_force
    body              jsonb       NOT NULL,
    at                timestamptz NOT NULL,
    state             text        NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'done', 'dead')),
    attempts          integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_at           timestamptz NOT NULL,    -- not before; a lease moves it ahead
    last_error        text
);
CREATE INDEX outbox_due ON outbox (next_at, id) WHERE state = 'due';
CREATE INDEX outbox_done ON outbox (at) WHERE state = 'done';

-- The answer that a repeated request gets again; committed together with the effect that it reports.
CREATE TABLE idempotent_answer (
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid,
    access_key_id     uuid        NOT NULL,
    route             text        NOT NULL,    -- method and path
    key               text        NOT NULL CHECK (length(key) BETWEEN 1 AND 100),
    request_digest    bytea       NOT NULL CHECK (length(request_digest) = 32),
    status            smallint    NOT NULL,
    headers           jsonb       NOT NULL,
    body              bytea,                   -- null: the answer showed a secret and is never told again
    at                timestamptz NOT NULL,
    PRIMARY KEY (main_connector_id, access_key_id, route, key)
);
CREATE INDEX idempotent_answer_age ON idempotent_answer (at);

ALTER TABLE journal_head ENABLE ROW LEVEL SECURITY;
ALTER TABLE journal_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotent_answer ENABLE ROW LEVEL SECURITY;

CREATE POLICY scope ON journal_head USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON journal_entry USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON outbox USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON idempotent_answer USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));

-- Messages are carried on in the main connector's scope; a tenant's cannot make them done.
CREATE POLICY main_connector_changes ON outbox AS RESTRICTIVE FOR UPDATE
    USING (true) WITH CHECK ((SELECT scope_is_whole_realm()));

-- The journal and the outbox's content are written by record_act() alone; nobody can change or delete an entry.
GRANT SELECT ON journal_head, journal_entry, outbox TO kanta_service;
GRANT UPDATE (state, attempts, next_at, last_error) ON outbox TO kanta_service;
GRANT SELECT, INSERT ON idempotent_answer TO kanta_service;

-- Put one entry at the end of its chain and, when there is one, its message into the outbox: one round trip.
-- The chain's head is locked until the transaction ends, so writers of one chain stand in line and those of
-- others do not. A scope can only write what it can see.
CREATE FUNCTION record_act(
    of_main_connector uuid, of_tenancy uuid, happened_at timestamptz, entry_text text,
    message_id uuid, message_kind text, message_body jsonb
) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    of_chain uuid := coalesce(of_tenancy, of_main_connector);
    head     public.journal_head;
    sealed   bytea;
BEGIN
    IF of_main_connector IS DISTINCT FROM public.scope_main_connector()
       OR NOT (public.scope_is_whole_realm() OR coalesce(of_tenancy = public.scope_tenancy(), false)) THEN
        RAISE insufficient_privilege USING MESSAGE = 'an act is journalled in the scope that it happened in';
    END IF;
    SELECT * INTO head FROM public.journal_head WHERE chain = of_chain FOR UPDATE;
    IF NOT FOUND THEN
        INSERT INTO public.journal_head (chain, main_connector_id, tenancy_id, sequence, digest)
        VALUES (of_chain, of_main_connector, of_tenancy, 0, sha256(uuid_send(of_chain)))
        ON CONFLICT (chain) DO NOTHING;
        SELECT * INTO STRICT head FROM public.journal_head WHERE chain = of_chain FOR UPDATE;
    END IF;
    sealed := sha256(head.digest || int8send(head.sequence + 1) || convert_to(entry_text, 'UTF8'));
    INSERT INTO public.journal_entry (chain, sequence, main_connector_id, tenancy_id, at, entry, digest)
    VALUES (of_chain, head.sequence + 1, of_main_connector, of_tenancy, happened_at, entry_text, sealed);
    UPDATE public.journal_head SET sequence = head.sequence + 1, digest = sealed WHERE chain = of_chain;
    IF message_id IS NOT NULL THEN
        INSERT INTO public.outbox (id, main_connector_id, tenancy_id, kind, body, at, next_at)
        VALUES (message_id, of_main_connector, of_tenancy, message_kind, message_body, happened_at, happened_at);
    END IF;
    RETURN head.sequence + 1;
END
$$;

-- Work across realms: lease what is due and say whose it is; the work itself then runs in one main connector's scope.
CREATE FUNCTION outbox_claim(now_is timestamptz, leased_until timestamptz, batch integer)
    RETURNS TABLE (id uuid, main_connector_id uuid, attempts integer)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE public.outbox AS message
       SET next_at = leased_until, attempts = message.attempts + 1
      FROM (SELECT waiting.id
              FROM public.outbox AS waiting
             WHERE waiting.state = 'due'
               AND waiting.next_at <= now_is
             ORDER BY waiting.next_at, waiting.id
             LIMIT batch
               FOR UPDATE SKIP LOCKED) AS due
     WHERE message.id = due.id
    RETURNING message.id, message.main_connector_id, message.attempts
$$;

-- Across realms: forget kept answers that are older than a repeated request can reasonably be.
CREATE FUNCTION idempotent_answer_forget(older_than timestamptz, batch integer) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM public.idempotent_answer
         WHERE ctid IN (SELECT old.ctid FROM public.idempotent_answer AS old WHERE old.at < older_than LIMIT batch)
        RETURNING 1)
    SELECT count(*) FROM gone
$$;

-- Across realms: forget messages that have done their part; what is due or given up stays.
CREATE FUNCTION outbox_forget(older_than timestamptz, batch integer) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM public.outbox
         WHERE id IN (SELECT old.id
                        FROM public.outbox AS old
                       WHERE old.state = 'done'
                         AND old.at < older_than
                       LIMIT batch
                         FOR UPDATE SKIP LOCKED)
        RETURNING 1)
    SELECT count(*) FROM gone
$$;

REVOKE ALL ON FUNCTION record_act, outbox_claim, idempotent_answer_forget, outbox_forget FROM PUBLIC;
GRANT EXECUTE ON FUNCTION record_act, outbox_claim, idempotent_answer_forget, outbox_forget TO kanta_service;
