-- why:   prescription renewal requests: how each went, which patients have to be told, and the figures that are left
--        (docs/capabilities/renewals.md; K15). No column holds anything of a patient
-- locks: none held by a running service (new tables)
SET LOCAL lock_timeout = '3s';

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

ALTER TABLE renewal_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE renewal_step ENABLE ROW LEVEL SECURITY;
ALTER TABLE renewal_duty ENABLE ROW LEVEL SECURITY;
ALTER TABLE renewal_figure ENABLE ROW LEVEL SECURITY;

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

-- What arrives is the main connector's to write.
CREATE POLICY main_connector_adds ON renewal_request AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));

GRANT SELECT, INSERT ON renewal_request, renewal_step, renewal_duty TO kanta_service;
GRANT SELECT ON renewal_figure TO kanta_service;
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
