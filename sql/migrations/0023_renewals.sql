-- why:   prescription renewal requests: who receives them since when, who may prescribe and is there, how each request went,
--        and which patients have to be told (docs/capabilities/renewals.md; K15). No column holds anything of a patient.
--        Keys get renewals.read, renewals.answer, renewals.manage, renewals.receive and renewals.decide
-- locks: access_key while its few rows are checked against the longer list of a tenant's permissions
SET LOCAL lock_timeout = '3s';

-- Service units, a tenant's or the main connector's own.
CREATE TABLE renewal_unit (
    id                  uuid        PRIMARY KEY,
    main_connector_id   uuid        NOT NULL REFERENCES main_connector,
    tenancy_id          uuid,                    -- null: the main connector's own
    holder              uuid        NOT NULL GENERATED ALWAYS AS (coalesce(tenancy_id, main_connector_id)) STORED,
    oid                 text        NOT NULL CHECK (oid ~ '^1\.2\.246\.10\.[0-9]{1,8}(\.[0-9]+)*$' AND length(oid) <= 128),
    name                text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    changes_on          date,                    -- an organisational change that is known: no request is open by then
    version             integer     NOT NULL CHECK (version >= 1),
    created_at          timestamptz NOT NULL,
    CONSTRAINT renewal_unit_oid UNIQUE (main_connector_id, oid),
    UNIQUE (main_connector_id, holder, id),      -- what requests and posts belong to; also the order of a tenant's list
    UNIQUE (main_connector_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id)
);

-- The main connector's decisions whether a unit receives requests, each from a day on until the next one's.
CREATE TABLE renewal_decision (
    id                     uuid        PRIMARY KEY,
    main_connector_id      uuid        NOT NULL,
    tenancy_id             uuid,
    unit_id                uuid        NOT NULL,
    receives               boolean     NOT NULL,
    effective_on           date        NOT NULL,    -- Europe/Helsinki
    decided_at             timestamptz NOT NULL,
    change_notice_id       uuid        NOT NULL,    -- to Kela, three weeks before
    code_service_on        date,                    -- when it was seen in the national code service, and its reference
    code_service_reference text        CHECK (length(code_service_reference) BETWEEN 1 AND 200),
    extranet_on            date,                    -- when it was chosen in Kanta Extranet
    extranet_reference     text        CHECK (length(extranet_reference) BETWEEN 1 AND 200),
    withdrawn_at           timestamptz,
    withdrawn_because      text        CHECK (length(withdrawn_because) BETWEEN 1 AND 200),
    version                integer     NOT NULL CHECK (version >= 1),
    FOREIGN KEY (main_connector_id, unit_id) REFERENCES renewal_unit (main_connector_id, id),
    CONSTRAINT renewal_decision_withdrawn_has_its_reason CHECK ((withdrawn_at IS NULL) = (withdrawn_because IS NULL)),
    CONSTRAINT renewal_decision_is_seen_whole
        CHECK ((code_service_on IS NULL) = (code_service_reference IS NULL)
           AND (extranet_on IS NULL) = (extranet_reference IS NULL))
);
CREATE UNIQUE INDEX renewal_decision_one_a_day ON renewal_decision (unit_id, effective_on) WHERE withdrawn_at IS NULL;
CREATE INDEX renewal_decision_by_unit ON renewal_decision (main_connector_id, unit_id, effective_on);

-- Who may prescribe: at a tenant, or at the main connector, where some answer for prevented tenants.
CREATE TABLE prescriber (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,                    -- null: at the main connector
    holder            uuid        NOT NULL GENERATED ALWAYS AS (coalesce(tenancy_id, main_connector_id)) STORED,
    code              text        NOT NULL CHECK (code ~ '^([0-9]{5,7}|[0-9]{11})$'),    -- of the professional
    name              text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    email             text        CHECK (length(email) BETWEEN 3 AND 200),
    office            text        NOT NULL CHECK (office IN ('prescriber', 'responsible_physician', 'deputy')),
    entitlement       text        NOT NULL CHECK (entitlement IN ('full', 'limited')),
    since             date        NOT NULL,
    until             date        CHECK (until >= since),    -- exclusive; null: until further notice
    shifts            jsonb       NOT NULL,    -- weekday, begins, ends; none: at any time
    version           integer     NOT NULL CHECK (version >= 1),
    created_at        timestamptz NOT NULL,
    CONSTRAINT prescriber_code UNIQUE (main_connector_id, holder, code),
    UNIQUE (main_connector_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    CONSTRAINT prescriber_responsible_is_at_the_main_connector
        CHECK (office = 'prescriber' OR (tenancy_id IS NULL AND entitlement = 'full'))
);
CREATE INDEX prescriber_by_holder ON prescriber (main_connector_id, holder, id);

-- At which units of their house somebody prescribes.
CREATE TABLE prescriber_post (
    prescriber_id     uuid        NOT NULL,
    unit_id           uuid        NOT NULL,
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid,
    holder            uuid        NOT NULL GENERATED ALWAYS AS (coalesce(tenancy_id, main_connector_id)) STORED,
    PRIMARY KEY (prescriber_id, unit_id),
    FOREIGN KEY (main_connector_id, prescriber_id) REFERENCES prescriber (main_connector_id, id),
    FOREIGN KEY (main_connector_id, holder, unit_id) REFERENCES renewal_unit (main_connector_id, holder, id)
);

-- When somebody is not there. Why is nobody's business.
CREATE TABLE prescriber_absence (
    id                uuid        PRIMARY KEY,
    prescriber_id     uuid        NOT NULL,
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid,
    since             timestamptz NOT NULL,
    until             timestamptz CHECK (until > since),    -- exclusive; null: until further notice
    recorded_at       timestamptz NOT NULL,
    withdrawn_at      timestamptz,
    FOREIGN KEY (main_connector_id, prescriber_id) REFERENCES prescriber (main_connector_id, id)
);
CREATE INDEX prescriber_absence_by_prescriber ON prescriber_absence (prescriber_id, since) WHERE withdrawn_at IS NULL;

-- When a tenant, or the main connector's own house, says that it is prevented.
CREATE TABLE renewal_prevention (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,
    holder            uuid        NOT NULL GENERATED ALWAYS AS (coalesce(tenancy_id, main_connector_id)) STORED,
    since             timestamptz NOT NULL,
    until             timestamptz CHECK (until >= since),    -- exclusive; null: until further notice
    recorded_at       timestamptz NOT NULL,
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id)
);
CREATE INDEX renewal_prevention_by_holder ON renewal_prevention (main_connector_id, holder, since);

-- How the main connector wants requests followed; the newest counts. Only ever added.
CREATE TABLE renewal_policy (
    id                    uuid        PRIMARY KEY,
    main_connector_id     uuid        NOT NULL REFERENCES main_connector,
    warn_after_hours      smallint[]  NOT NULL CHECK (cardinality(warn_after_hours) BETWEEN 1 AND 10),
    hand_over_after_hours smallint    NOT NULL CHECK (hand_over_after_hours BETWEEN 1 AND 168),
    decided_at            timestamptz NOT NULL
);
CREATE INDEX renewal_policy_newest ON renewal_policy (main_connector_id, id DESC);

-- One for each request. Identifiers, times and states: there is no room for words.
CREATE TABLE renewal_request (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid,                    -- null: the unit is the main connector's own
    holder            uuid        NOT NULL GENERATED ALWAYS AS (coalesce(tenancy_id, main_connector_id)) STORED,
    unit_id           uuid        NOT NULL,
    request_id        text        NOT NULL CHECK (length(request_id) <= 128
                      AND request_id ~ '^([0-9]+(\.[0-9]+){1,40}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$'),
    prescription_id   text        NOT NULL CHECK (length(prescription_id) <= 128
                      AND prescription_id ~ '^1\.2\.246(\.[0-9]+){1,40}$' AND prescription_id !~ '^1\.2\.246\.21(\.|$)'),
    prescriber_code   text        NOT NULL CHECK (prescriber_code ~ '^([0-9]{5,7}|[0-9]{11})$'),
    kind              text        NOT NULL
                      CHECK (kind IN ('two_years', 'one_year', 'telephone', 'pro_auctore', 'european')),
    arrived_at        timestamptz NOT NULL,    -- at the main connector: the clock runs from here
    received_at       timestamptz NOT NULL,    -- when this service was told
    lapses_at         timestamptz NOT NULL CHECK (lapses_at > arrived_at),
    state             text        NOT NULL CHECK (state IN (
                      'arrived', 'with_prescriber', 'with_physician', 'renewed', 'rejected', 'returned', 'lapsed')),
    version           integer     NOT NULL CHECK (version >= 1),
    next_at           timestamptz NOT NULL,    -- when time does something next
    warned_hours      smallint    NOT NULL DEFAULT 0,    -- the most urgent warning, in hours from the arrival
    person            uuid,                    -- who has it, or had it when it was closed
    ground            text        CHECK (ground IN (
                      'original', 'colleague', 'said', 'all_absent', 'no_agreement', 'no_answer')),
    passed            text        NOT NULL DEFAULT '' CHECK (length(passed) <= 100
                      AND passed ~ '^([a-z]+:[0-9]+(,[a-z]+:[0-9]+)*)?$'),    -- who was passed over: why, and how many
    since             timestamptz,
    hand_over_at      timestamptz,
    closed_at         timestamptz,
    reason            text        CHECK (reason IN ('care', 'other')),
    answered_by       text        CHECK (answered_by IN ('tenant', 'main_connector')),
    holds             uuid,                    -- the agreement whose ending it holds open
    CONSTRAINT renewal_request_once UNIQUE (main_connector_id, request_id),
    UNIQUE (main_connector_id, id),
    FOREIGN KEY (main_connector_id, holder, unit_id) REFERENCES renewal_unit (main_connector_id, holder, id),
    FOREIGN KEY (main_connector_id, person) REFERENCES prescriber (main_connector_id, id),
    CONSTRAINT renewal_request_closed_has_its_time
        CHECK ((state IN ('renewed', 'rejected', 'returned', 'lapsed')) = (closed_at IS NOT NULL)),
    CONSTRAINT renewal_request_answer_has_its_party
        CHECK ((state IN ('renewed', 'rejected', 'returned')) = (answered_by IS NOT NULL)),
    CONSTRAINT renewal_request_rejection_has_its_reason CHECK ((state = 'rejected') = (reason IS NOT NULL)),
    CONSTRAINT renewal_request_has_one_responsible
        CHECK ((state <> 'with_prescriber' OR person IS NOT NULL) AND (state = 'with_prescriber') = (hand_over_at IS NOT NULL)
           AND (state NOT IN ('with_prescriber', 'with_physician') OR ground IS NOT NULL)),
    CONSTRAINT renewal_request_lapse_is_at_its_instant CHECK (state <> 'lapsed' OR closed_at = lapses_at),
    CONSTRAINT renewal_request_answered_in_time CHECK (state = 'lapsed' OR closed_at < lapses_at)
) WITH (fillfactor = 80);
-- The work lists, what lapses first before the rest; and what time has something to do with. Of the open ones alone,
-- however many are closed.
CREATE INDEX renewal_request_open ON renewal_request (main_connector_id, lapses_at, id) WHERE closed_at IS NULL;
CREATE INDEX renewal_request_open_of_house ON renewal_request (main_connector_id, holder, lapses_at, id)
    WHERE closed_at IS NULL;
CREATE INDEX renewal_request_open_of_person ON renewal_request (main_connector_id, person, lapses_at, id)
    WHERE closed_at IS NULL AND person IS NOT NULL;
CREATE INDEX renewal_request_open_with_physician ON renewal_request (main_connector_id, lapses_at, id)
    WHERE closed_at IS NULL AND state = 'with_physician';
CREATE INDEX renewal_request_next ON renewal_request (main_connector_id, next_at, id) WHERE closed_at IS NULL;
CREATE INDEX renewal_request_holding ON renewal_request (holds) WHERE closed_at IS NULL AND holds IS NOT NULL;
-- What happened to a prescription; and what was closed, by outcome, newest first.
CREATE INDEX renewal_request_by_prescription ON renewal_request (main_connector_id, prescription_id);
CREATE INDEX renewal_request_closed ON renewal_request (main_connector_id, state, closed_at, id)
    WHERE closed_at IS NOT NULL;
CREATE INDEX renewal_request_closed_of_house ON renewal_request (main_connector_id, holder, state, closed_at, id)
    WHERE closed_at IS NOT NULL;

-- What is closed is never moved again, whatever the program says: nothing is answered twice.
CREATE FUNCTION renewal_request_refuse_move() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'renewal request % is %; that is final', OLD.id, OLD.state USING CONSTRAINT = 'renewal_request_final';
END
$$;
CREATE TRIGGER renewal_request_final BEFORE UPDATE ON renewal_request FOR EACH ROW
    WHEN (OLD.closed_at IS NOT NULL)
    EXECUTE FUNCTION renewal_request_refuse_move();

-- What happened to a request, in its order. Only ever added, and gone when the request is reduced to figures.
CREATE TABLE renewal_step (
    id                uuid        PRIMARY KEY,
    request           uuid        NOT NULL,
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid,
    at                timestamptz NOT NULL,
    done              text        NOT NULL CHECK (done IN (
                      'routed', 'rerouted', 'handed_over', 'renewed', 'rejected', 'returned', 'lapsed', 'warned',
                      'superseded', 'informed', 'escalated')),
    state             text        NOT NULL,
    person            uuid,
    ground            text,
    hours             smallint,                -- of a warning
    people            integer,                 -- who were warned
    way               text        CHECK (way IN ('national_service', 'letter', 'call')),
    party             text        CHECK (party IN ('tenant', 'main_connector')),
    FOREIGN KEY (main_connector_id, request) REFERENCES renewal_request (main_connector_id, id) ON DELETE CASCADE
);
CREATE INDEX renewal_step_by_request ON renewal_step (request, id);

-- Which patients have to be told, by whom; who the patient is, the patient information system knows.
CREATE TABLE renewal_duty (
    request           uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid,
    holder            uuid        NOT NULL GENERATED ALWAYS AS (coalesce(tenancy_id, main_connector_id)) STORED,
    owed_by           text        NOT NULL CHECK (owed_by IN ('tenant', 'main_connector')),
    outcome           text        NOT NULL CHECK (outcome IN ('rejected', 'lapsed')),
    opened_at         timestamptz NOT NULL,
    due_at            timestamptz NOT NULL,
    escalated_at      timestamptz,
    told_at           timestamptz,
    told_by           text        CHECK (told_by IN ('tenant', 'main_connector')),
    way               text        CHECK (way IN ('national_service', 'letter', 'call')),
    FOREIGN KEY (main_connector_id, request) REFERENCES renewal_request (main_connector_id, id) ON DELETE CASCADE,
    CONSTRAINT renewal_duty_done_whole
        CHECK ((told_at IS NULL) = (told_by IS NULL) AND (told_at IS NULL) = (way IS NULL)),
    CONSTRAINT renewal_duty_of_a_tenant CHECK (owed_by <> 'tenant' OR tenancy_id IS NOT NULL)
);
CREATE INDEX renewal_duty_open ON renewal_duty (main_connector_id, due_at, request) WHERE told_at IS NULL;
CREATE INDEX renewal_duty_open_of_house ON renewal_duty (main_connector_id, holder, due_at, request)
    WHERE told_at IS NULL;

-- What is left of closed requests: how many, of which outcome, after how many hours.
CREATE TABLE renewal_figure (
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,
    holder            uuid        NOT NULL GENERATED ALWAYS AS (coalesce(tenancy_id, main_connector_id)) STORED,
    month             date        NOT NULL CHECK (extract(day FROM month) = 1),    -- in which they were closed, in Finland
    outcome           text        NOT NULL CHECK (outcome IN ('renewed', 'rejected', 'returned', 'lapsed')),
    handed_over       boolean     NOT NULL,
    hours             smallint    NOT NULL,    -- whole hours from the arrival to the close
    requests          bigint      NOT NULL CHECK (requests > 0),
    PRIMARY KEY (main_connector_id, holder, month, outcome, handed_over, hours)
);
CREATE INDEX renewal_figure_by_month ON renewal_figure (main_connector_id, month);

ALTER TABLE renewal_unit ENABLE ROW LEVEL SECURITY;
ALTER TABLE renewal_decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE prescriber ENABLE ROW LEVEL SECURITY;
ALTER TABLE prescriber_post ENABLE ROW LEVEL SECURITY;
ALTER TABLE prescriber_absence ENABLE ROW LEVEL SECURITY;
ALTER TABLE renewal_prevention ENABLE ROW LEVEL SECURITY;
ALTER TABLE renewal_policy ENABLE ROW LEVEL SECURITY;
ALTER TABLE renewal_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE renewal_step ENABLE ROW LEVEL SECURITY;
ALTER TABLE renewal_duty ENABLE ROW LEVEL SECURITY;
ALTER TABLE renewal_figure ENABLE ROW LEVEL SECURITY;

CREATE POLICY scope ON renewal_unit USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON renewal_decision USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON prescriber USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON prescriber_post USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON prescriber_absence USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON renewal_prevention USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON renewal_policy USING (main_connector_id = (SELECT scope_main_connector()));
CREATE POLICY scope ON renewal_request USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON renewal_step USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON renewal_duty USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON renewal_figure USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));

-- Which units there are, whether they receive, and what arrives, is the main connector's to write.
CREATE POLICY main_connector_adds ON renewal_unit AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_changes ON renewal_unit AS RESTRICTIVE FOR UPDATE
    USING ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_adds ON renewal_decision AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_changes ON renewal_decision AS RESTRICTIVE FOR UPDATE
    USING ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_adds ON renewal_policy AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_adds ON renewal_request AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));

GRANT SELECT, INSERT ON renewal_unit, renewal_decision, prescriber, prescriber_post, prescriber_absence,
                        renewal_prevention, renewal_policy, renewal_request, renewal_step, renewal_duty TO kanta_service;
GRANT SELECT ON renewal_figure TO kanta_service;
GRANT UPDATE (name, changes_on, version) ON renewal_unit TO kanta_service;
GRANT UPDATE (code_service_on, code_service_reference, extranet_on, extranet_reference, withdrawn_at, withdrawn_because,
              version)
   ON renewal_decision TO kanta_service;
GRANT UPDATE (name, email, office, entitlement, since, until, shifts, version) ON prescriber TO kanta_service;
GRANT DELETE ON prescriber_post TO kanta_service;    -- which units somebody is at is said as a whole; the journal has it
GRANT UPDATE (withdrawn_at) ON prescriber_absence TO kanta_service;
GRANT UPDATE (until) ON renewal_prevention TO kanta_service;
GRANT UPDATE (state, version, next_at, warned_hours, person, ground, passed, since, hand_over_at, closed_at, reason,
              answered_by, holds)
   ON renewal_request TO kanta_service;
GRANT UPDATE (owed_by, escalated_at, told_at, told_by, way) ON renewal_duty TO kanta_service;

-- Take requests in, each once, and journal each that is new: one round trip, however many they are. What a unit does not
-- receive that day, and what no unit is known for, is not taken in and says so. A scope can only write what it can see.
CREATE FUNCTION renewal_take_in(of_main_connector uuid, received timestamptz, said jsonb)
    RETURNS TABLE (place integer, outcome text, id uuid, decided_on date)
    LANGUAGE sql SET search_path = pg_catalog, pg_temp
AS $$
    WITH item AS MATERIALIZED (
        SELECT one.place, one.id, one.request_id, one.prescription_id, one.prescriber_code, one.kind, one.arrived_at,
               one.lapses_at, one.entry, unit.id AS unit_id, unit.tenancy_id, decision.receives, decision.effective_on
          FROM jsonb_to_recordset(said) AS one (
               place integer, id uuid, request_id text, prescription_id text, unit text, prescriber_code text, kind text,
               arrived_at timestamptz, arrived_on date, lapses_at timestamptz, entry text)
          LEFT JOIN public.renewal_unit AS unit
            ON unit.main_connector_id = of_main_connector AND unit.oid = one.unit
          LEFT JOIN LATERAL (
               SELECT newest.receives, newest.effective_on
                 FROM public.renewal_decision AS newest
                WHERE newest.main_connector_id = of_main_connector
                  AND newest.unit_id = unit.id
                  AND newest.withdrawn_at IS NULL
                  AND newest.effective_on <= one.arrived_on
                ORDER BY newest.effective_on DESC
                LIMIT 1) AS decision ON true
    ), written AS (
        INSERT INTO public.renewal_request (id, main_connector_id, tenancy_id, unit_id, request_id, prescription_id,
                                            prescriber_code, kind, arrived_at, received_at, lapses_at, state, version,
                                            next_at)
        SELECT item.id, of_main_connector, item.tenancy_id, item.unit_id, item.request_id, item.prescription_id,
               item.prescriber_code, item.kind, item.arrived_at, received, item.lapses_at, 'arrived', 1, received
          FROM item
         WHERE item.receives
         ORDER BY item.request_id, item.place
            ON CONFLICT ON CONSTRAINT renewal_request_once DO NOTHING
        RETURNING renewal_request.id
    ), told AS MATERIALIZED (
        SELECT public.record_act(of_main_connector, item.tenancy_id, received, item.entry, NULL, NULL, NULL)
          FROM written
          JOIN item ON item.id = written.id
         ORDER BY item.tenancy_id NULLS FIRST, item.place)
    SELECT item.place,
           CASE WHEN item.unit_id IS NULL THEN 'unknown_unit'
                WHEN item.receives IS NOT TRUE THEN 'not_received'
                WHEN written.id IS NULL THEN 'known'
                ELSE 'new' END,
           written.id, item.effective_on
      FROM item
      LEFT JOIN written ON written.id = item.id
     CROSS JOIN (SELECT count(*) FROM told) AS journalled
     ORDER BY item.place
$$;

-- Across realms: in which of them time has something to do.
CREATE FUNCTION renewal_realms_due(now_is timestamptz) RETURNS TABLE (main_connector_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT realm.main_connector_id
      FROM public.main_connector AS realm
     WHERE EXISTS (SELECT FROM public.renewal_request AS waiting
                    WHERE waiting.main_connector_id = realm.main_connector_id
                      AND waiting.closed_at IS NULL
                      AND waiting.next_at <= now_is)
$$;

-- Across realms: reduce requests that were closed before a time to figures, unless a patient is still to be told. One
-- statement: whatever is killed when, a request is there whole or counted.
CREATE FUNCTION renewal_reduce(closed_before timestamptz, batch integer) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM public.renewal_request
         WHERE ctid = ANY (ARRAY(
               SELECT old.ctid
                 FROM public.main_connector AS realm
                CROSS JOIN unnest(ARRAY['renewed', 'rejected', 'returned', 'lapsed']) AS in_state (state)
                CROSS JOIN LATERAL (
                      SELECT closed.ctid
                        FROM public.renewal_request AS closed
                       WHERE closed.main_connector_id = realm.main_connector_id
                         AND closed.state = in_state.state
                         AND closed.closed_at < closed_before
                         AND NOT EXISTS (SELECT FROM public.renewal_duty AS duty
                                          WHERE duty.request = closed.id
                                            AND duty.told_at IS NULL)
                       ORDER BY closed.closed_at, closed.id
                       LIMIT batch
                         FOR UPDATE SKIP LOCKED) AS old
                LIMIT batch))
        RETURNING main_connector_id, tenancy_id, state, ground, arrived_at, closed_at
    ), counted AS (
        INSERT INTO public.renewal_figure AS known (main_connector_id, tenancy_id, month, outcome, handed_over, hours,
                                                    requests)
        SELECT main_connector_id, tenancy_id,
               date_trunc('month', closed_at AT TIME ZONE 'Europe/Helsinki')::date,
               state, coalesce(ground NOT IN ('original', 'colleague'), false),
               floor(extract(epoch FROM closed_at - arrived_at) / 3600), count(*)
          FROM gone
         GROUP BY 1, 2, 3, 4, 5, 6
         ORDER BY 1, 2, 3, 4, 5, 6
            ON CONFLICT (main_connector_id, holder, month, outcome, handed_over, hours)
            DO UPDATE SET requests = known.requests + excluded.requests)
    SELECT count(*) FROM gone
$$;

-- Across realms: how many requests are open, in which state, and since when; and what is late. Numbers only.
CREATE FUNCTION renewal_open_figures(now_is timestamptz)
    RETURNS TABLE (state text, open bigint, oldest_arrived_at timestamptz, soonest_lapses_at timestamptz, late bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT request.state, count(*), min(request.arrived_at), min(request.lapses_at),
           count(*) FILTER (WHERE request.next_at < now_is - interval '5 minutes')
      FROM public.renewal_request AS request
     WHERE request.closed_at IS NULL
     GROUP BY request.state
$$;
CREATE FUNCTION renewal_duty_figures(now_is timestamptz)
    RETURNS TABLE (open bigint, overdue bigint, oldest_opened_at timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT count(*), count(*) FILTER (WHERE duty.due_at < now_is), min(duty.opened_at)
      FROM public.renewal_duty AS duty
     WHERE duty.told_at IS NULL
$$;
REVOKE ALL ON FUNCTION renewal_take_in, renewal_realms_due, renewal_reduce, renewal_open_figures, renewal_duty_figures
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION renewal_take_in, renewal_realms_due, renewal_reduce, renewal_open_figures,
                          renewal_duty_figures TO kanta_service;

-- What a tenant's key may allow grew.
ALTER TABLE access_key
    DROP CONSTRAINT access_key_of_a_tenant,
    ADD CONSTRAINT access_key_of_a_tenant CHECK (tenancy_id IS NULL OR permissions <@ ARRAY[
        'parties.read', 'parties.write', 'agreements.read', 'agreements.sign', 'agreements.end', 'keys.manage',
        'journal.read', 'promises.read', 'promises.keep', 'messages.read', 'messages.manage', 'calendar.manage',
        'trust.read', 'systems.read', 'certificates.read', 'renewals.read', 'renewals.answer', 'renewals.manage']);
