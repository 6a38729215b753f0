-- why:   a new model to many tenants at once: campaigns, and a row for each tenant of one (docs/capabilities/campaigns.md)
-- locks: none held by a running service (new tables)
SET LOCAL lock_timeout = '3s';

CREATE TABLE campaign (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    name              text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    status            text        NOT NULL CHECK (status IN ('draft', 'running', 'paused', 'done', 'cancelled')),
    version           integer     NOT NULL CHECK (version >= 1),    -- counts changes; guards against lost updates
    model             text        NOT NULL,
    model_version     text        NOT NULL,
    signatories       jsonb       NOT NULL,    -- who signs for the main connector
    services          text[],                  -- ticked in each new Annex 1; null: those of the day of the offer
    registers         text[],                  -- null: those of the agreement in force
    cohorts           jsonb       NOT NULL,
    remind_after      smallint[]  NOT NULL,    -- days after an offer on which its tenant is reminded
    created_at        timestamptz NOT NULL,
    started_at        timestamptz,
    ended_at          timestamptz,             -- done or cancelled
    UNIQUE (main_connector_id, id),            -- also the order of the list of a realm
    CONSTRAINT campaign_started_once CHECK (status IN ('draft', 'cancelled') OR started_at IS NOT NULL),
    CONSTRAINT campaign_ended_has_its_time CHECK ((status IN ('done', 'cancelled')) = (ended_at IS NOT NULL))
);
CREATE INDEX campaign_running ON campaign (id) WHERE status = 'running';

-- One tenant's place in a campaign. The key lets nobody have two, and a row moves once to `offered`.
CREATE TABLE campaign_row (
    campaign_id       uuid        NOT NULL,
    tenancy_id        uuid        NOT NULL,
    main_connector_id uuid        NOT NULL,
    cohort            smallint    NOT NULL CHECK (cohort >= 1),
    starts_on         date        NOT NULL,    -- the cohort's day, Europe/Helsinki
    state             text        NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'offered', 'skipped', 'failed')),
    attempts          smallint    NOT NULL DEFAULT 0 CHECK (attempts >= 0),    -- those that failed
    next_at           timestamptz NOT NULL,    -- not offered before: the cohort's day, a lease, or a wait after a failure
    reason            text,                    -- why it was skipped or failed, or why the last attempt did
    detail            text,
    agreement_id      uuid,                    -- the offer
    replaces          uuid,                    -- the agreement that was in force then
    settled_at        timestamptz,
    PRIMARY KEY (campaign_id, tenancy_id),
    CONSTRAINT campaign_row_offer UNIQUE (agreement_id),
    FOREIGN KEY (main_connector_id, campaign_id) REFERENCES campaign (main_connector_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    FOREIGN KEY (main_connector_id, tenancy_id, agreement_id) REFERENCES agreement (main_connector_id, tenancy_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id, replaces) REFERENCES agreement (main_connector_id, tenancy_id, id),
    CONSTRAINT campaign_row_offered_has_its_offer
        CHECK ((state = 'offered') = (agreement_id IS NOT NULL) AND (state = 'offered') = (replaces IS NOT NULL)),
    CONSTRAINT campaign_row_settled_has_its_time CHECK ((state = 'waiting') = (settled_at IS NULL)),
    CONSTRAINT campaign_row_says_why CHECK (state NOT IN ('skipped', 'failed') OR reason IS NOT NULL)
);
-- What a wake-up looks at, campaign by campaign.
CREATE INDEX campaign_row_work ON campaign_row (campaign_id, next_at, tenancy_id) WHERE state = 'waiting';
-- The lists of one state; and who was offered when.
CREATE INDEX campaign_row_by_state ON campaign_row (campaign_id, state, tenancy_id);
CREATE INDEX campaign_row_settled ON campaign_row (campaign_id, settled_at, tenancy_id) WHERE settled_at IS NOT NULL;

-- An offer that was made stays made, whatever the program says.
CREATE FUNCTION campaign_refuse_second_offer() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'campaign %: the offer to tenancy % was made', OLD.campaign_id, OLD.tenancy_id
        USING CONSTRAINT = 'campaign_row_offered';
END
$$;
CREATE TRIGGER campaign_row_offered BEFORE UPDATE ON campaign_row FOR EACH ROW
    WHEN (OLD.state = 'offered')
    EXECUTE FUNCTION campaign_refuse_second_offer();

ALTER TABLE campaign ENABLE ROW LEVEL SECURITY;
ALTER TABLE campaign_row ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON campaign USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON campaign_row USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));

GRANT SELECT, INSERT ON campaign, campaign_row TO kanta_service;
GRANT UPDATE (status, version, started_at, ended_at) ON campaign TO kanta_service;
GRANT UPDATE (state, attempts, next_at, reason, detail, agreement_id, replaces, settled_at) ON campaign_row
   TO kanta_service;

-- Work across realms: lease so many waiting rows of each running campaign and say whose they are. A lease is longer for
-- some than for others, so that what ends an instance does not take the same neighbours with it again and again. What
-- waits is read in the order of its index and never sorted, however few rows PostgreSQL expects: else each claim would
-- go through all that is left.
CREATE FUNCTION campaign_claim(now_is timestamptz, lease interval, batch integer)
    RETURNS TABLE (campaign_id uuid, tenancy_id uuid, main_connector_id uuid, leased_until timestamptz)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET enable_sort = off SET enable_bitmapscan = off
AS $$
    UPDATE public.campaign_row AS claimed
       SET next_at = now_is + lease * (1 + random())
      FROM public.campaign AS running
     CROSS JOIN LATERAL (
           SELECT waiting.campaign_id, waiting.tenancy_id
             FROM public.campaign_row AS waiting
            WHERE waiting.campaign_id = running.id
              AND waiting.state = 'waiting'
              AND waiting.next_at <= now_is
            ORDER BY waiting.next_at, waiting.tenancy_id
            LIMIT batch
              FOR UPDATE SKIP LOCKED) AS due
     WHERE running.status = 'running'
       AND claimed.campaign_id = due.campaign_id
       AND claimed.tenancy_id = due.tenancy_id
    RETURNING claimed.campaign_id, claimed.tenancy_id, claimed.main_connector_id, claimed.next_at
$$;

-- Across realms: running campaigns in which nobody waits any more.
CREATE FUNCTION campaign_exhausted() RETURNS TABLE (id uuid, main_connector_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT running.id, running.main_connector_id
      FROM public.campaign AS running
     WHERE running.status = 'running'
       AND NOT EXISTS (SELECT FROM public.campaign_row AS waiting
                        WHERE waiting.campaign_id = running.id
                          AND waiting.state = 'waiting')
$$;
REVOKE ALL ON FUNCTION campaign_claim, campaign_exhausted FROM PUBLIC;
GRANT EXECUTE ON FUNCTION campaign_claim, campaign_exhausted TO kanta_service;
