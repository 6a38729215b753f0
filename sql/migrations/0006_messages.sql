-- why:   telling people: notices, the mails and webhooks that carry them, every attempt, and calendar feeds
--        (docs/capabilities/messages.md); keys get the permissions messages.read, messages.manage and calendar.manage
-- locks: access_key while its few rows are checked against the longer list of a tenant's permissions
SET LOCAL lock_timeout = '3s';

-- What a person is to be told, as it was known when it was told. It waits until a mail takes it.
CREATE TABLE notice (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,                    -- what it is about; not who may see it
    key               text        NOT NULL CHECK (length(key) BETWEEN 1 AND 200),
    contact_id        uuid,
    name              text        NOT NULL,
    email             text        NOT NULL,
    language          text        NOT NULL CHECK (language IN ('fi', 'sv', 'en')),
    topic             text        NOT NULL,    -- such as agreement.ends
    subject           jsonb       NOT NULL,    -- fi, sv, en
    lines             jsonb       NOT NULL,
    facts             jsonb       NOT NULL,    -- label and value
    urgent            boolean     NOT NULL,
    told_at           timestamptz NOT NULL,
    due_at            timestamptz NOT NULL,    -- when a mail takes it at the earliest
    message_id        uuid,                    -- the mail that took it
    CONSTRAINT notice_key UNIQUE (main_connector_id, key)    -- telling twice is telling once
);
CREATE INDEX notice_waiting ON notice (main_connector_id, due_at) WHERE message_id IS NULL;
CREATE INDEX notice_of_message ON notice (message_id) WHERE message_id IS NOT NULL;

-- Where a main connector or a tenant wants to be told of events. Its secret is kept nowhere: it is computed from a
-- key beside the service, the endpoint's id and a number.
CREATE TABLE webhook_endpoint (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,                    -- null: the main connector's own
    url               text        NOT NULL CHECK (length(url) BETWEEN 8 AND 1000),
    description       text        CHECK (length(description) BETWEEN 1 AND 200),
    kinds             text[]      NOT NULL CHECK (cardinality(kinds) BETWEEN 1 AND 100),
    version           integer     NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_at        timestamptz NOT NULL,
    closed_at         timestamptz,
    closed_because    text        CHECK (closed_because IN ('asked', 'gone')),
    secret_number     integer     NOT NULL DEFAULT 1 CHECK (secret_number >= 1),
    secret_key        text        NOT NULL,    -- which key its secret is computed from
    previous_number   integer,                 -- the secret before, which signs too for a while
    previous_key      text,
    previous_until    timestamptz,
    gone              smallint    NOT NULL DEFAULT 0 CHECK (gone >= 0),    -- answers 410 in a row
    troubled          boolean     NOT NULL DEFAULT false,    -- its last answer was wrong, slow or none
    UNIQUE (main_connector_id, id),            -- also the order of the list of a realm
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    CONSTRAINT webhook_endpoint_closed CHECK ((closed_at IS NULL) = (closed_because IS NULL)),
    CONSTRAINT webhook_endpoint_previous CHECK (num_nonnulls(previous_number, previous_key, previous_until) IN (0, 3))
);

-- An event as it is sent, the same bytes to everybody and each time. Its id is that of the outbox message.
CREATE TABLE webhook_event (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,                    -- whose act it tells of
    for_tenant        boolean     NOT NULL,    -- whether that tenant may see it
    kind              text        NOT NULL,
    payload           text        NOT NULL,
    at                timestamptz NOT NULL
);

-- One thing to send to one receiver, until it has arrived or was given up.
CREATE TABLE message (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,                    -- the tenant whose endpoint it goes to; null: the main connector's, as mails
    channel           text        NOT NULL CHECK (channel IN ('mail', 'webhook')),
    state             text        NOT NULL DEFAULT 'due' CHECK (state IN ('due', 'sent', 'dead')),
    attempts          integer     NOT NULL DEFAULT 0 CHECK (attempts >= 0),    -- since `since`
    since             timestamptz NOT NULL,    -- when it was made, or last sent again by somebody
    next_at           timestamptz NOT NULL,    -- not before; a lease moves it ahead
    at_work           boolean     NOT NULL DEFAULT false,    -- an attempt began, and nobody has said how it ended
    may_have_arrived  boolean     NOT NULL DEFAULT false,    -- of an attempt that failed, nobody knows how far it came
    last_error        text,
    made_at           timestamptz NOT NULL,
    ended_at          timestamptz,
    contact_id        uuid,                    -- from here on: of a mail
    name              text,
    email             text,
    language          text        CHECK (language IN ('fi', 'sv', 'en')),
    urgent            boolean,
    endpoint_id       uuid,                    -- from here on: of a webhook
    event_id          uuid        REFERENCES webhook_event,
    UNIQUE (main_connector_id, id),            -- also the order of the list of a realm
    FOREIGN KEY (main_connector_id, endpoint_id) REFERENCES webhook_endpoint (main_connector_id, id),
    CONSTRAINT message_once UNIQUE (endpoint_id, event_id),
    CONSTRAINT message_of_a_mail CHECK (
        (channel = 'mail') = (num_nonnulls(name, email, language, urgent) = 4)
        AND (channel = 'mail' OR num_nonnulls(contact_id, name, email, language, urgent) = 0)
        AND (channel = 'webhook' OR tenancy_id IS NULL)),
    CONSTRAINT message_of_a_webhook CHECK (num_nonnulls(endpoint_id, event_id) = CASE channel WHEN 'webhook' THEN 2 ELSE 0 END),
    CONSTRAINT message_ended CHECK ((state = 'due') = (ended_at IS NULL))
);
-- What is due, mails in the order of their time, webhooks endpoint by endpoint.
CREATE INDEX message_due_mail ON message (next_at, id) WHERE state = 'due' AND channel = 'mail';
CREATE INDEX message_due_webhook ON message (endpoint_id, next_at, id) WHERE state = 'due' AND channel = 'webhook';
CREATE INDEX message_at_work ON message (endpoint_id) WHERE state = 'due' AND channel = 'webhook' AND at_work;
-- The mail that more notices can go into.
CREATE INDEX message_open_mail ON message (main_connector_id, lower(email)) WHERE state = 'due' AND channel = 'mail';
-- The lists.
CREATE INDEX message_unfinished ON message (main_connector_id, state, id) WHERE state <> 'sent';
CREATE INDEX message_of_tenant ON message (main_connector_id, tenancy_id, id) WHERE tenancy_id IS NOT NULL;
CREATE INDEX message_of_endpoint ON message (endpoint_id, id) WHERE endpoint_id IS NOT NULL;
CREATE INDEX message_sent ON message (ended_at) WHERE state = 'sent';

ALTER TABLE notice ADD FOREIGN KEY (main_connector_id, message_id) REFERENCES message (main_connector_id, id);
CREATE INDEX webhook_event_age ON webhook_event (at);
CREATE INDEX message_of_event ON message (event_id) WHERE event_id IS NOT NULL;

-- How each attempt ended.
CREATE TABLE message_attempt (
    id                uuid        PRIMARY KEY,
    message_id        uuid        NOT NULL,
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid,
    at                timestamptz NOT NULL,
    took_ms           integer     NOT NULL CHECK (took_ms >= 0),
    outcome           text        NOT NULL,    -- a word of the program's
    status            smallint,                -- the receiver's number: HTTP or SMTP
    detail            text        NOT NULL,    -- a sentence; of a webhook the beginning of the answer
    FOREIGN KEY (main_connector_id, message_id) REFERENCES message (main_connector_id, id) ON DELETE CASCADE
);
CREATE INDEX message_attempt_of ON message_attempt (message_id, id);

-- An address that opens a calendar to whoever knows it. The secret itself is kept nowhere.
CREATE TABLE calendar_feed (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,                    -- null: all of the main connector's
    contact_id        uuid        REFERENCES contact,
    system_name       text        CHECK (length(system_name) BETWEEN 1 AND 200),
    name              text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    language          text        NOT NULL CHECK (language IN ('fi', 'sv', 'en')),
    secret_sha256     bytea       NOT NULL CHECK (length(secret_sha256) = 32),
    version           integer     NOT NULL DEFAULT 1 CHECK (version >= 1),
    created_at        timestamptz NOT NULL,
    closed_at         timestamptz,
    UNIQUE (main_connector_id, id),            -- also the order of the list of a realm
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    CONSTRAINT calendar_feed_has_one_holder CHECK (num_nonnulls(contact_id, system_name) = 1)
);

ALTER TABLE notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_endpoint ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE message ENABLE ROW LEVEL SECURITY;
ALTER TABLE message_attempt ENABLE ROW LEVEL SECURITY;
ALTER TABLE calendar_feed ENABLE ROW LEVEL SECURITY;

-- What is told to people of the main connector about a tenant is not for the tenant to read.
CREATE POLICY scope ON notice USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON webhook_endpoint USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON webhook_event USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR (tenancy_id = (SELECT scope_tenancy()) AND for_tenant)));
CREATE POLICY scope ON message USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON message_attempt USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON calendar_feed USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));

GRANT SELECT ON notice TO kanta_service;
GRANT UPDATE (message_id) ON notice TO kanta_service;
GRANT SELECT, INSERT ON webhook_endpoint, webhook_event, message, message_attempt TO kanta_service;
GRANT UPDATE (url, description, kinds, version, closed_at, closed_because, secret_number, secret_key, previous_number,
              previous_key, previous_until, gone, troubled) ON webhook_endpoint TO kanta_service;
GRANT UPDATE (state, attempts, since, next_at, at_work, may_have_arrived, last_error, ended_at) ON message
   TO kanta_service;
-- Nobody reads a secret's digest but the function that looks an address up.
GRANT INSERT ON calendar_feed TO kanta_service;
GRANT SELECT (id, main_connector_id, tenancy_id, contact_id, system_name, name, language, version, created_at,
              closed_at) ON calendar_feed TO kanta_service;
GRANT UPDATE (version, closed_at) ON calendar_feed TO kanta_service;

-- Write notices in one round trip, from a tenant's scope too, which cannot read them; those that were told before
-- are left as they are. A scope tells of what it can see.
CREATE FUNCTION notice_tell(of_main_connector uuid, happened_at timestamptz, told jsonb) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    written bigint;
BEGIN
    IF of_main_connector IS DISTINCT FROM public.scope_main_connector()
       OR EXISTS (SELECT FROM jsonb_to_recordset(told) AS one (tenancy_id uuid)
                   WHERE NOT (public.scope_is_whole_realm()
                              OR coalesce(one.tenancy_id = public.scope_tenancy(), false))) THEN
        RAISE insufficient_privilege USING MESSAGE = 'a notice is told in the scope that it is about';
    END IF;
    INSERT INTO public.notice (id, main_connector_id, tenancy_id, key, contact_id, name, email, language, topic,
                               subject, lines, facts, urgent, told_at, due_at)
    SELECT one.id, of_main_connector, one.tenancy_id, one.key, one.contact_id, one.name, one.email, one.language,
           one.topic, one.subject, one.lines, one.facts, one.urgent, happened_at, one.due_at
      FROM jsonb_to_recordset(told) AS one (id uuid, tenancy_id uuid, key text, contact_id uuid, name text, email text,
                                            language text, topic text, subject jsonb, lines jsonb, facts jsonb,
                                            urgent boolean, due_at timestamptz)
    ON CONFLICT (main_connector_id, key) DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;

-- Work across realms: in which of them notices wait that are due.
CREATE FUNCTION notice_due_realms(now_is timestamptz) RETURNS TABLE (main_connector_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT DISTINCT notice.main_connector_id
      FROM public.notice
     WHERE notice.message_id IS NULL
       AND notice.due_at <= now_is
$$;

-- Work across realms: lease mails that are due, first attempts and repeated ones apart, so that those that go wrong
-- hold up none of the others. One whose attempt was cut off may have arrived.
CREATE FUNCTION message_claim_mails(now_is timestamptz, leased_until timestamptz, batch integer, again boolean)
    RETURNS TABLE (id uuid, main_connector_id uuid, attempts integer)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    UPDATE public.message AS claimed
       SET next_at = leased_until, attempts = claimed.attempts + 1, at_work = true,
           may_have_arrived = claimed.may_have_arrived OR claimed.at_work
      FROM (SELECT waiting.id
              FROM public.message AS waiting
             WHERE waiting.state = 'due'
               AND waiting.channel = 'mail'
               AND waiting.next_at <= now_is
               AND (waiting.attempts > 0) = again
             ORDER BY waiting.next_at, waiting.id
             LIMIT batch
               FOR UPDATE SKIP LOCKED) AS due
     WHERE claimed.id = due.id
    RETURNING claimed.id, claimed.main_connector_id, claimed.attempts
$$;

-- Work across realms: lease webhooks that are due, of endpoints that answer well or of those that do not, and of one
-- endpoint no more than `each` at a time, so that an endpoint that is slow or away holds up its own only.
CREATE FUNCTION message_claim_webhooks(
    now_is timestamptz, leased_until timestamptz, batch integer, each integer, of_troubled boolean
) RETURNS TABLE (id uuid, main_connector_id uuid, attempts integer)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH RECURSIVE waited_for (endpoint_id) AS (   -- one look at an index for each endpoint that something waits for
        (SELECT waiting.endpoint_id
           FROM public.message AS waiting
          WHERE waiting.state = 'due' AND waiting.channel = 'webhook'
          ORDER BY waiting.endpoint_id
          LIMIT 1)
        UNION ALL
        SELECT (SELECT following.endpoint_id
                  FROM public.message AS following
                 WHERE following.state = 'due' AND following.channel = 'webhook'
                   AND following.endpoint_id > waited_for.endpoint_id
                 ORDER BY following.endpoint_id
                 LIMIT 1)
          FROM waited_for
         WHERE waited_for.endpoint_id IS NOT NULL),
    due AS MATERIALIZED (
        SELECT oldest.id
          FROM waited_for
          JOIN public.webhook_endpoint AS endpoint ON endpoint.id = waited_for.endpoint_id
         CROSS JOIN LATERAL (
               SELECT waiting.id, waiting.next_at
                 FROM public.message AS waiting
                WHERE waiting.endpoint_id = endpoint.id
                  AND waiting.state = 'due'
                  AND waiting.channel = 'webhook'
                  AND waiting.next_at <= now_is
                ORDER BY waiting.next_at, waiting.id
                LIMIT greatest(0, each - (SELECT count(*)
                                            FROM public.message AS busy
                                           WHERE busy.endpoint_id = endpoint.id
                                             AND busy.state = 'due'
                                             AND busy.channel = 'webhook'
                                             AND busy.at_work
                                             AND busy.next_at > now_is))
                  FOR UPDATE SKIP LOCKED) AS oldest
         WHERE endpoint.closed_at IS NULL
           AND endpoint.troubled = of_troubled
         ORDER BY oldest.next_at, oldest.id
         LIMIT batch)
    UPDATE public.message AS claimed
       SET next_at = leased_until, attempts = claimed.attempts + 1, at_work = true,
           may_have_arrived = claimed.may_have_arrived OR claimed.at_work
      FROM due
     WHERE claimed.id = due.id
    RETURNING claimed.id, claimed.main_connector_id, claimed.attempts
$$;

-- Across realms: whom an address belongs to and what its secret's digest is. A contact's feed is good while the
-- contact is one.
CREATE FUNCTION calendar_feed_find(feed_id uuid, on_day date)
    RETURNS TABLE (id uuid, main_connector_id uuid, tenancy_id uuid, contact_id uuid, system_name text, language text,
                   name text, secret_sha256 bytea, closed_at timestamptz, holder_valid boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT feed.id, feed.main_connector_id, feed.tenancy_id, feed.contact_id, feed.system_name, feed.language,
           feed.name, feed.secret_sha256, feed.closed_at,
           feed.contact_id IS NULL
           OR EXISTS (SELECT FROM public.contact AS holder
                       WHERE holder.id = feed.contact_id
                         AND daterange(holder.valid_from, holder.valid_until) @> on_day)
      FROM public.calendar_feed AS feed
     WHERE feed.id = feed_id
$$;

-- Across realms: how much waits and how much was given up, by channel, and how long the oldest has waited past its
-- time. Notices that are due and that no mail has taken wait too: where no mail server is set up, they all do.
CREATE FUNCTION message_figures(now_is timestamptz)
    RETURNS TABLE (channel text, due bigint, dead bigint, oldest_due_s double precision)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH waiting (channel, at) AS (
        SELECT message.channel, message.since FROM public.message WHERE message.state = 'due'
        UNION ALL
        SELECT 'mail', notice.due_at
          FROM public.notice
         WHERE notice.message_id IS NULL
           AND notice.due_at <= now_is)
    SELECT kind.channel,
           (SELECT count(*) FROM waiting WHERE waiting.channel = kind.channel),
           (SELECT count(*) FROM public.message WHERE message.state = 'dead' AND message.channel = kind.channel),
           coalesce((SELECT extract(epoch FROM now_is - min(waiting.at))::double precision
                       FROM waiting
                      WHERE waiting.channel = kind.channel), 0)
      FROM (VALUES ('mail'), ('webhook')) AS kind (channel)
$$;

-- Across realms: forget what arrived long enough ago; what waits or was given up stays.
CREATE FUNCTION message_forget(of_channel text, older_than timestamptz, batch integer) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH old AS (
        SELECT sent.id
          FROM public.message AS sent
         WHERE sent.state = 'sent'
           AND sent.channel = of_channel
           AND sent.ended_at < older_than
         LIMIT batch
           FOR UPDATE SKIP LOCKED),
    notices AS (
        DELETE FROM public.notice USING old WHERE notice.message_id = old.id),
    gone AS (
        DELETE FROM public.message USING old WHERE message.id = old.id
        RETURNING 1)
    SELECT count(*) FROM gone
$$;

-- Across realms: forget events that are on their way to nobody.
CREATE FUNCTION webhook_event_forget(older_than timestamptz, batch integer) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM public.webhook_event
         WHERE id IN (SELECT event.id
                        FROM public.webhook_event AS event
                       WHERE event.at < older_than
                         AND NOT EXISTS (SELECT FROM public.message WHERE message.event_id = event.id)
                       LIMIT batch
                         FOR UPDATE SKIP LOCKED)
        RETURNING 1)
    SELECT count(*) FROM gone
$$;

REVOKE ALL ON FUNCTION notice_tell, notice_due_realms, message_claim_mails, message_claim_webhooks,
    calendar_feed_find, message_figures, message_forget, webhook_event_forget FROM PUBLIC;
GRANT EXECUTE ON FUNCTION notice_tell, notice_due_realms, message_claim_mails, message_claim_webhooks,
    calendar_feed_find, message_figures, message_forget, webhook_event_forget TO kanta_service;

-- What a tenant's key may allow grew.
ALTER TABLE access_key DROP CONSTRAINT access_key_of_a_tenant;
ALTER TABLE access_key ADD CONSTRAINT access_key_of_a_tenant CHECK (tenancy_id IS NULL OR permissions <@ ARRAY[
    'parties.read', 'parties.write', 'agreements.read', 'agreements.sign', 'keys.manage', 'journal.read',
    'promises.read', 'promises.keep', 'messages.read', 'messages.manage', 'calendar.manage']);
