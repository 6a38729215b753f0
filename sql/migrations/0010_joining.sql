-- why:   the main connector's own dealings with Kela: joining applications, notices of technical changes
--        (docs/capabilities/joining.md; K2.1); what organisations were called on a day, for the roster of tenants
-- locks: none held by a running service (new tables)
SET LOCAL lock_timeout = '3s';

CREATE TABLE joining_application (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    name              text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),    -- what people call it by
    services          text[]      NOT NULL,
    stage             text        NOT NULL CHECK (stage IN (
        'drafted', 'applied', 'committed', 'in_test', 'reported', 'in_production', 'withdrawn', 'ended')),
    version           integer     NOT NULL CHECK (version >= 1),    -- counts changes; guards against lost updates
    created_at        timestamptz NOT NULL,
    in_production_on  date,                                         -- Europe/Helsinki
    ended_on          date CHECK (ended_on >= in_production_on),    -- exclusive
    UNIQUE (main_connector_id, id),                                 -- also the order of the list
    CONSTRAINT joining_application_in_production_has_its_day
        CHECK ((stage IN ('in_production', 'ended')) = (in_production_on IS NOT NULL)
           AND (stage = 'ended') = (ended_on IS NOT NULL)),
    CONSTRAINT joining_application_names_services CHECK (stage IN ('drafted', 'withdrawn') OR cardinality(services) > 0)
);

-- What was done with an application, when, and by what that can be seen. Only ever added.
CREATE TABLE joining_step (
    application_id    uuid        NOT NULL,
    number            smallint    NOT NULL CHECK (number >= 1),
    main_connector_id uuid        NOT NULL,
    move              text        NOT NULL,
    stage             text        NOT NULL,                         -- that it led to
    "on"              date        NOT NULL,                         -- Europe/Helsinki
    reference         text        CHECK (length(reference) BETWEEN 1 AND 200),
    evidence          text        NOT NULL CHECK (length(evidence) BETWEEN 1 AND 2000),
    recorded_at       timestamptz NOT NULL,
    recorded_by       text        NOT NULL,
    PRIMARY KEY (application_id, number),
    FOREIGN KEY (main_connector_id, application_id) REFERENCES joining_application (main_connector_id, id)
);

-- A change of technical client data that Kela is told of beforehand.
CREATE TABLE change_notice (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    kind              text        NOT NULL CHECK (kind IN (
        'access_point', 'tenant_joins', 'tenant_leaves', 'services', 'renewal_intake', 'other')),
    description       text        NOT NULL CHECK (length(description) BETWEEN 1 AND 2000),
    services          text[]      NOT NULL,
    known_on          date        NOT NULL,    -- when the reason became known, Europe/Helsinki
    effective_on      date        NOT NULL,
    due_on            date        NOT NULL CHECK (due_on <= effective_on),
    explanation       jsonb       NOT NULL,    -- how the due day came about, as it was told
    status            text        NOT NULL CHECK (status IN ('planned', 'sent', 'not_needed', 'cancelled')),
    version           integer     NOT NULL CHECK (version >= 1),
    created_at        timestamptz NOT NULL,
    sent_on           date        CHECK (sent_on >= known_on),
    sent_by           text        CHECK (length(sent_by) BETWEEN 1 AND 200),
    reference         text        CHECK (length(reference) BETWEEN 1 AND 200),
    because           text        CHECK (length(because) BETWEEN 1 AND 200),
    settled_at        timestamptz,
    UNIQUE (main_connector_id, id),
    CONSTRAINT change_notice_settled_has_its_time CHECK ((status <> 'planned') = (settled_at IS NOT NULL)),
    CONSTRAINT change_notice_sent_has_its_day
        CHECK ((status = 'sent') = (sent_on IS NOT NULL) AND (sent_on IS NULL) = (sent_by IS NULL)
           AND (reference IS NULL OR status = 'sent')),
    CONSTRAINT change_notice_unsent_has_its_reason
        CHECK ((status IN ('not_needed', 'cancelled')) = (because IS NOT NULL))
);
CREATE INDEX change_notice_by_due_day ON change_notice (main_connector_id, due_on, id);

-- Whom a change concerns.
CREATE TABLE change_notice_tenancy (
    change_notice_id  uuid NOT NULL,
    main_connector_id uuid NOT NULL,
    tenancy_id        uuid NOT NULL,
    PRIMARY KEY (change_notice_id, tenancy_id),
    FOREIGN KEY (main_connector_id, change_notice_id) REFERENCES change_notice (main_connector_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id)
);

-- What Kela was told of is never edited, whatever the program says.
CREATE FUNCTION joining_refuse_edit() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION '% %: what Kela was told of does not change', TG_TABLE_NAME, OLD.id USING CONSTRAINT = TG_NAME;
END
$$;
CREATE TRIGGER joining_application_frozen BEFORE UPDATE ON joining_application FOR EACH ROW
    WHEN ((OLD.stage <> 'drafted' AND (OLD.name, OLD.services) IS DISTINCT FROM (NEW.name, NEW.services))
          OR (OLD.in_production_on IS NOT NULL AND OLD.in_production_on IS DISTINCT FROM NEW.in_production_on)
          OR OLD.stage IN ('withdrawn', 'ended'))
    EXECUTE FUNCTION joining_refuse_edit();
CREATE TRIGGER change_notice_frozen BEFORE UPDATE ON change_notice FOR EACH ROW
    WHEN (OLD.status <> 'planned')
    EXECUTE FUNCTION joining_refuse_edit();

-- What organisations were called, from the day on which that was told here.
CREATE TABLE organisation_name (
    organisation_id   uuid NOT NULL,
    since             date NOT NULL,           -- Europe/Helsinki
    main_connector_id uuid NOT NULL,
    name              text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    PRIMARY KEY (organisation_id, since),
    FOREIGN KEY (main_connector_id, organisation_id) REFERENCES organisation (main_connector_id, id)
);
-- What they were called before this table is not known: the name of now stands for all of it.
INSERT INTO organisation_name (organisation_id, since, main_connector_id, name)
SELECT id, (created_at AT TIME ZONE 'Europe/Helsinki')::date, main_connector_id, name FROM organisation;

ALTER TABLE joining_application ENABLE ROW LEVEL SECURITY;
ALTER TABLE joining_step ENABLE ROW LEVEL SECURITY;
ALTER TABLE change_notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE change_notice_tenancy ENABLE ROW LEVEL SECURITY;
ALTER TABLE organisation_name ENABLE ROW LEVEL SECURITY;

-- The main connector's own: no tenant sees or writes a row, not even one that names it.
CREATE POLICY scope ON joining_application USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON joining_step USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON change_notice USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON change_notice_tenancy USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON organisation_name USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));

GRANT SELECT, INSERT ON joining_application, joining_step, change_notice, organisation_name TO kanta_service;
GRANT SELECT, INSERT, DELETE ON change_notice_tenancy TO kanta_service;    -- a plan can be said anew
GRANT UPDATE (name, services, stage, version, in_production_on, ended_on) ON joining_application TO kanta_service;
GRANT UPDATE (kind, description, services, known_on, effective_on, due_on, explanation, status, version, sent_on, sent_by,
              reference, because, settled_at)
   ON change_notice TO kanta_service;
GRANT UPDATE (name) ON organisation_name TO kanta_service;
