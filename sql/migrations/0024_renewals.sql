-- why:   where prescription renewal requests are received, since when, and who may prescribe and is there
--        (docs/capabilities/renewals.md; K15). Keys get renewals.read, renewals.answer, renewals.manage,
--        renewals.receive and renewals.decide
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

ALTER TABLE renewal_unit ENABLE ROW LEVEL SECURITY;
ALTER TABLE renewal_decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE prescriber ENABLE ROW LEVEL SECURITY;
ALTER TABLE prescriber_post ENABLE ROW LEVEL SECURITY;
ALTER TABLE prescriber_absence ENABLE ROW LEVEL SECURITY;
ALTER TABLE renewal_prevention ENABLE ROW LEVEL SECURITY;
ALTER TABLE renewal_policy ENABLE ROW LEVEL SECURITY;

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

-- Which units there are, whether they receive, and how requests are followed, is the main connector's to write.
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

GRANT SELECT, INSERT ON renewal_unit, renewal_decision, prescriber, prescriber_post, prescriber_absence,
                        renewal_prevention, renewal_policy TO kanta_service;
GRANT UPDATE (name, changes_on, version) ON renewal_unit TO kanta_service;
GRANT UPDATE (code_service_on, code_service_reference, extranet_on, extranet_reference, withdrawn_at, withdrawn_because,
              version)
   ON renewal_decision TO kanta_service;
GRANT UPDATE (name, email, office, entitlement, since, until, shifts, version) ON prescriber TO kanta_service;
GRANT DELETE ON prescriber_post TO kanta_service;    -- which units somebody is at is said as a whole; the journal has it
GRANT UPDATE (withdrawn_at) ON prescriber_absence TO kanta_service;
GRANT UPDATE (until) ON renewal_prevention TO kanta_service;

-- What a tenant's key may allow grew.
ALTER TABLE access_key
    DROP CONSTRAINT access_key_of_a_tenant,
    ADD CONSTRAINT access_key_of_a_tenant CHECK (tenancy_id IS NULL OR permissions <@ ARRAY[
        'parties.read', 'parties.write', 'agreements.read', 'agreements.sign', 'agreements.end', 'keys.manage',
        'journal.read', 'promises.read', 'promises.keep', 'messages.read', 'messages.manage', 'calendar.manage',
        'trust.read', 'systems.read', 'certificates.read', 'disturbances.read', 'disturbances.report', 'renewals.read',
        'renewals.answer', 'renewals.manage']);
