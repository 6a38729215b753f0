-- why:   what is owed, by the system and by people, until when, and what came of it (docs/capabilities/promises.md);
--        keys get the permissions promises.read and promises.keep; messages are claimed without touching an index
-- locks: access_key while its few rows are checked against the longer list of a tenant's permissions, and outbox for
--        the moment in which a column is added
SET LOCAL lock_timeout = '3s';

CREATE TABLE promise (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,                    -- whose tenant sees it too; null: the main connector alone
    key               text        NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    kind              text        NOT NULL CHECK (kind ~ '^[a-z][a-z_]*(\.[a-z][a-z_]*)*$' AND length(kind) <= 100),
    subject           text        NOT NULL CHECK (length(subject) BETWEEN 1 AND 200),
    owner             text        NOT NULL CHECK (owner IN ('system', 'main_connector', 'tenant')),
    due_at            timestamptz NOT NULL,
    rule              text        NOT NULL,
    title             jsonb       NOT NULL,    -- fi, sv, en
    facts             jsonb       NOT NULL,
    explanation       jsonb,                   -- how the due time came about
    state             text        NOT NULL DEFAULT 'owed' CHECK (state IN ('owed', 'kept', 'released', 'broken')),
    version           integer     NOT NULL DEFAULT 1 CHECK (version >= 1),   -- counts changes; guards against lost updates
    attempts          integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),  -- those that failed
    last_error        text,
    made_at           timestamptz NOT NULL,
    settled_at        timestamptz,             -- beside due_at: a promise that was paid late says so
    result            jsonb,
    CONSTRAINT promise_key UNIQUE (main_connector_id, key),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    CONSTRAINT promise_settled_has_its_time CHECK ((state IN ('kept', 'released')) = (settled_at IS NOT NULL)),
    CONSTRAINT promise_of_a_tenant_has_its_tenancy CHECK (owner <> 'tenant' OR tenancy_id IS NOT NULL),
    CONSTRAINT promise_broken_is_the_systems CHECK (state <> 'broken' OR owner = 'system')
);
-- The lists, each in its order.
CREATE INDEX promise_by_owner ON promise (main_connector_id, owner, state, due_at, id);
CREATE INDEX promise_by_kind ON promise (main_connector_id, kind, state, due_at, id);
CREATE INDEX promise_by_subject ON promise (main_connector_id, subject, due_at, id);
CREATE INDEX promise_by_tenancy ON promise (main_connector_id, tenancy_id, due_at, id) WHERE tenancy_id IS NOT NULL;
-- What the audit calls late; in a healthy system it is next to empty.
CREATE INDEX promise_late ON promise (main_connector_id, settled_at)
    WHERE state = 'kept' AND settled_at - due_at > interval '15 minutes';

-- What was kept or released is never moved again, whatever the program says: nothing is paid twice.
CREATE FUNCTION promise_refuse_move() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'promise % is %; that is final', OLD.id, OLD.state USING CONSTRAINT = 'promise_settled';
END
$$;
CREATE TRIGGER promise_settled BEFORE UPDATE ON promise FOR EACH ROW
    WHEN (OLD.state IN ('kept', 'released'))
    EXECUTE FUNCTION promise_refuse_move();

-- What the system has to do: a row for each promise of its own that is owed, and no other. It is narrow, and has room
-- in its pages for leases, so that claiming work touches neither the promises nor any index.
CREATE TABLE promise_work (
    promise_id        uuid        PRIMARY KEY REFERENCES promise,
    main_connector_id uuid        NOT NULL,
    kind              text        NOT NULL,
    due_at            timestamptz NOT NULL,    -- as in the promise: when that is moved, next_at is what moves
    next_at           timestamptz NOT NULL,    -- not begun before: the due time, or a wait after a failure
    leased_until      timestamptz              -- somebody has claimed it until then
) WITH (fillfactor = 50);
-- However much is kept or due later, a wake-up looks at the beginning.
CREATE INDEX promise_work_next ON promise_work (next_at, promise_id);

CREATE FUNCTION promise_schedule() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF NEW.state = 'owed' THEN
        INSERT INTO public.promise_work (promise_id, main_connector_id, kind, due_at, next_at)
        VALUES (NEW.id, NEW.main_connector_id, NEW.kind, NEW.due_at, NEW.due_at)
        ON CONFLICT (promise_id) DO UPDATE
           SET due_at = excluded.due_at, next_at = excluded.next_at, leased_until = NULL;
    ELSE
        DELETE FROM public.promise_work WHERE promise_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER promise_scheduled AFTER INSERT ON promise FOR EACH ROW
    WHEN (NEW.owner = 'system')
    EXECUTE FUNCTION promise_schedule();
CREATE TRIGGER promise_rescheduled AFTER UPDATE ON promise FOR EACH ROW
    WHEN (NEW.owner = 'system' AND (OLD.state, OLD.due_at) IS DISTINCT FROM (NEW.state, NEW.due_at))
    EXECUTE FUNCTION promise_schedule();

ALTER TABLE promise ENABLE ROW LEVEL SECURITY;
ALTER TABLE promise_work ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON promise USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON promise_work USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));

GRANT SELECT, INSERT ON promise TO kanta_service;
GRANT UPDATE (due_at, rule, title, facts, explanation, state, version, attempts, last_error, settled_at, result)
   ON promise TO kanta_service;
GRANT SELECT, UPDATE (next_at, leased_until) ON promise_work TO kanta_service;

-- Work across realms: lease what is due and of a kind that the caller can keep, and say whose it is. A lease is longer
-- for some than for others, so that what ends an instance does not take the same neighbours with it again and again.
CREATE FUNCTION promise_claim(now_is timestamptz, lease interval, kinds text[], batch integer)
    RETURNS TABLE (id uuid, main_connector_id uuid, leased_until timestamptz)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH claimed AS (
        UPDATE public.promise_work
           SET leased_until = now_is + lease * (1 + random())
         WHERE ctid = ANY (ARRAY(
               SELECT waiting.ctid
                 FROM public.promise_work AS waiting
                WHERE waiting.next_at <= now_is
                  AND (waiting.leased_until IS NULL OR waiting.leased_until <= now_is)
                  AND waiting.kind = ANY (kinds)
                ORDER BY waiting.next_at, waiting.promise_id
                LIMIT batch
                  FOR UPDATE SKIP LOCKED))
        RETURNING promise_work.promise_id, promise_work.main_connector_id, promise_work.leased_until,
                  promise_work.next_at)
    SELECT claimed.promise_id, claimed.main_connector_id, claimed.leased_until
      FROM claimed
     ORDER BY claimed.next_at, claimed.promise_id
$$;

-- Across realms: how much is owed, past due and given up, by who has to keep it, and since when the oldest is due.
CREATE FUNCTION promise_figures(now_is timestamptz)
    RETURNS TABLE (owner text, owed bigint, overdue bigint, broken bigint, oldest_due_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT promise.owner,
           count(*) FILTER (WHERE promise.state = 'owed'),
           count(*) FILTER (WHERE promise.state = 'owed' AND promise.due_at < now_is),
           count(*) FILTER (WHERE promise.state = 'broken'),
           min(promise.due_at) FILTER (WHERE promise.state = 'owed')
      FROM public.promise
     WHERE promise.state IN ('owed', 'broken')
     GROUP BY promise.owner
$$;
REVOKE ALL ON FUNCTION promise_claim, promise_figures FROM PUBLIC;
GRANT EXECUTE ON FUNCTION promise_claim, promise_figures TO kanta_service;

-- A lease of a message moves in the same way from an indexed column to one that is none, with room for it in the page.
ALTER TABLE outbox ADD COLUMN leased_until timestamptz;
ALTER TABLE outbox SET (fillfactor = 50);
GRANT UPDATE (leased_until) ON outbox TO kanta_service;

CREATE OR REPLACE FUNCTION outbox_claim(now_is timestamptz, leased_until timestamptz, batch integer)
    RETURNS TABLE (id uuid, main_connector_id uuid, attempts integer)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE public.outbox AS message
       SET leased_until = outbox_claim.leased_until, attempts = message.attempts + 1
     WHERE message.ctid = ANY (ARRAY(
           SELECT waiting.ctid
             FROM public.outbox AS waiting
            WHERE waiting.state = 'due'
              AND waiting.next_at <= now_is
              AND (waiting.leased_until IS NULL OR waiting.leased_until <= now_is)
            ORDER BY waiting.next_at, waiting.id
            LIMIT batch
              FOR UPDATE SKIP LOCKED))
    RETURNING message.id, message.main_connector_id, message.attempts
$$;

-- What a tenant's key may allow grew.
ALTER TABLE access_key DROP CONSTRAINT access_key_of_a_tenant;
ALTER TABLE access_key ADD CONSTRAINT access_key_of_a_tenant CHECK (tenancy_id IS NULL OR permissions <@ ARRAY[
    'parties.read', 'parties.write', 'agreements.read', 'agreements.sign', 'keys.manage', 'journal.read',
    'promises.read', 'promises.keep']);
