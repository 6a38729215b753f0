-- why:   the register of information systems and intermediaries, their certificates of conformity, and which services
--        run on them for whom (docs/capabilities/systems.md; K3.1); keys get systems.read and systems.write
-- locks: access_key while its few rows are checked against the longer list of a tenant's permissions
SET LOCAL lock_timeout = '3s';

CREATE TABLE information_system (
    id                  uuid        PRIMARY KEY,
    main_connector_id   uuid        NOT NULL REFERENCES main_connector,
    kind                text        NOT NULL CHECK (kind IN ('information_system', 'intermediary')),
    name                text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    -- The order of the list. A column, since row-level security lets no function of one into an index condition.
    sort_name           text        NOT NULL GENERATED ALWAYS AS (lower(name)) STORED,
    system_class        text        NOT NULL CHECK (system_class ~ '^[A-Z][0-9]?$'),    -- a key of data/classes.toml
    producer            jsonb       NOT NULL,    -- who answers for it: name, business_id, email, phone
    manufacturer        jsonb,                   -- null: the producer makes it too
    upkeep              jsonb,                   -- keeper, support_email, support_phone, service_hours
    register_entry      jsonb,                   -- of the national register: reference, checked_on
    state               text        NOT NULL CHECK (state IN ('planned', 'in_use', 'withdrawn')),
    in_use_on           date,                    -- the first day, Europe/Helsinki
    withdrawn_on        date CHECK (withdrawn_on >= in_use_on),    -- exclusive
    withdrawn_because   text CHECK (length(withdrawn_because) BETWEEN 1 AND 200),
    version             integer     NOT NULL CHECK (version >= 1),    -- counts changes; guards against lost updates
    created_at          timestamptz NOT NULL,
    UNIQUE (main_connector_id, id),
    CONSTRAINT information_system_state_has_its_days
        CHECK ((state = 'withdrawn') = (withdrawn_on IS NOT NULL)
           AND (withdrawn_on IS NULL) = (withdrawn_because IS NULL)
           AND (state <> 'planned' OR in_use_on IS NULL) AND (state <> 'in_use' OR in_use_on IS NOT NULL))
);
-- People find a system by its name; one that was withdrawn leaves its name to another.
CREATE UNIQUE INDEX information_system_name ON information_system (main_connector_id, sort_name)
    WHERE state <> 'withdrawn';
CREATE INDEX information_system_by_name ON information_system (main_connector_id, sort_name, id);

-- Versions as the maker numbers them. Two can be in use side by side while one replaces the other.
CREATE TABLE system_release (
    id                  uuid        PRIMARY KEY,
    system_id           uuid        NOT NULL,
    main_connector_id   uuid        NOT NULL,
    number              text        NOT NULL CHECK (length(number) BETWEEN 1 AND 200),
    since               date        NOT NULL,
    until               date        CHECK (until >= since),    -- exclusive; null: until further notice
    FOREIGN KEY (main_connector_id, system_id) REFERENCES information_system (main_connector_id, id),
    CONSTRAINT system_release_once_at_a_time
        EXCLUDE USING gist (system_id WITH =, lower(number) WITH =, daterange(since, until) WITH &&)
);
CREATE INDEX system_release_by_system ON system_release (main_connector_id, system_id, since);

-- Certificates of conformity. What one says stays; an extension is another one, a mistake is withdrawn.
CREATE TABLE conformity_certificate (
    id                  uuid        PRIMARY KEY,
    system_id           uuid        NOT NULL,
    main_connector_id   uuid        NOT NULL,
    kind                text        NOT NULL CHECK (kind IN ('security', 'interoperability')),
    issuer              text        NOT NULL CHECK (length(issuer) BETWEEN 1 AND 200),
    number              text        NOT NULL CHECK (length(number) BETWEEN 1 AND 200),
    granted_on          date        NOT NULL,
    last_day            date        CHECK (last_day >= granted_on),    -- inclusive; null: it does not end
    recorded_at         timestamptz NOT NULL,
    stands_since        timestamptz,             -- null: another one has taken its place, or it or its system was withdrawn
    turns               integer     NOT NULL CHECK (turns >= 0),    -- how many times it came to stand
    withdrawn_at        timestamptz,
    withdrawn_because   text        CHECK (length(withdrawn_because) BETWEEN 1 AND 200),
    UNIQUE (main_connector_id, id),
    FOREIGN KEY (main_connector_id, system_id) REFERENCES information_system (main_connector_id, id),
    CONSTRAINT conformity_certificate_of_security_ends CHECK (kind <> 'security' OR last_day IS NOT NULL),
    CONSTRAINT conformity_certificate_withdrawn_has_its_reason
        CHECK ((withdrawn_at IS NULL) = (withdrawn_because IS NULL)
           AND (withdrawn_at IS NULL OR stands_since IS NULL))
);
CREATE UNIQUE INDEX conformity_certificate_one_stands ON conformity_certificate (system_id, kind)
    WHERE stands_since IS NOT NULL;
CREATE UNIQUE INDEX conformity_certificate_once
    ON conformity_certificate (system_id, kind, lower(number), coalesce(last_day, 'infinity'::date))
    WHERE withdrawn_at IS NULL;
CREATE INDEX conformity_certificate_by_system ON conformity_certificate (main_connector_id, system_id, id);
CREATE INDEX conformity_certificate_by_last_day ON conformity_certificate (main_connector_id, last_day, id)
    WHERE stands_since IS NOT NULL;

-- The file that shows a certificate. Only ever added, once for each.
CREATE TABLE conformity_document (
    certificate_id      uuid        PRIMARY KEY,
    main_connector_id   uuid        NOT NULL,
    name                text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    media_type          text        NOT NULL,    -- as its own bytes say
    size                integer     NOT NULL,
    sha256              text        NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    content             bytea       NOT NULL,
    added_at            timestamptz NOT NULL,
    FOREIGN KEY (main_connector_id, certificate_id) REFERENCES conformity_certificate (main_connector_id, id)
);
ALTER TABLE conformity_document ALTER COLUMN content SET STORAGE EXTERNAL;

-- Of what people were warned, and what a more urgent warning overtook. Only ever added.
CREATE TABLE conformity_warning (
    certificate_id      uuid        NOT NULL,
    days_left           smallint    NOT NULL,    -- before the last day; -1: the day after it
    main_connector_id   uuid        NOT NULL,
    due_at              timestamptz NOT NULL,
    decided_at          timestamptz NOT NULL,
    outcome             text        NOT NULL CHECK (outcome IN ('told', 'superseded')),
    people              integer     NOT NULL CHECK (people >= 0),
    PRIMARY KEY (certificate_id, days_left),
    FOREIGN KEY (main_connector_id, certificate_id) REFERENCES conformity_certificate (main_connector_id, id)
);

-- Which service of whom runs on which system, from which day until before which day.
CREATE TABLE deployment (
    id                  uuid        PRIMARY KEY,
    main_connector_id   uuid        NOT NULL,
    system_id           uuid        NOT NULL,
    service             text        NOT NULL CHECK (length(service) BETWEEN 1 AND 40),    -- a key of the catalogue
    tenancy_id          uuid,                    -- null: the main connector itself
    holder              uuid        NOT NULL GENERATED ALWAYS AS (coalesce(tenancy_id, main_connector_id)) STORED,
    since               date        NOT NULL,
    until               date        CHECK (until >= since),    -- exclusive; null: until further notice
    version             integer     NOT NULL CHECK (version >= 1),
    created_at          timestamptz NOT NULL,
    UNIQUE (main_connector_id, id),
    FOREIGN KEY (main_connector_id, system_id) REFERENCES information_system (main_connector_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    CONSTRAINT deployment_once_at_a_time
        EXCLUDE USING gist (system_id WITH =, service WITH =, holder WITH =, daterange(since, until) WITH &&)
);
-- What somebody depends on, and who stands behind a system; each answers for any day from one index.
CREATE INDEX deployment_by_holder ON deployment (main_connector_id, holder, service, since);
CREATE INDEX deployment_by_system ON deployment (main_connector_id, system_id, holder, service, since);

-- What was withdrawn is final, and what a certificate says is never edited, whatever the program says.
CREATE FUNCTION information_system_refuse_edit() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION '% %: what was withdrawn does not change', TG_TABLE_NAME, OLD.id USING CONSTRAINT = TG_NAME;
END
$$;
CREATE TRIGGER information_system_frozen BEFORE UPDATE ON information_system FOR EACH ROW
    WHEN (OLD.state = 'withdrawn')
    EXECUTE FUNCTION information_system_refuse_edit();
CREATE TRIGGER conformity_certificate_frozen BEFORE UPDATE ON conformity_certificate FOR EACH ROW
    WHEN (OLD.withdrawn_at IS NOT NULL)
    EXECUTE FUNCTION information_system_refuse_edit();

ALTER TABLE information_system ENABLE ROW LEVEL SECURITY;
ALTER TABLE system_release ENABLE ROW LEVEL SECURITY;
ALTER TABLE conformity_certificate ENABLE ROW LEVEL SECURITY;
ALTER TABLE conformity_document ENABLE ROW LEVEL SECURITY;
ALTER TABLE conformity_warning ENABLE ROW LEVEL SECURITY;
ALTER TABLE deployment ENABLE ROW LEVEL SECURITY;

CREATE POLICY scope ON deployment USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
-- A tenant sees the systems that serve it, served it or will, with their versions and certificates. Which those are is
-- found once for each statement, from its own few deployments.
CREATE POLICY scope ON information_system USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm())
         OR id IN (SELECT serving.system_id FROM deployment AS serving
                    WHERE serving.main_connector_id = (SELECT scope_main_connector())
                      AND serving.holder = (SELECT scope_tenancy()))));
CREATE POLICY scope ON system_release USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm())
         OR system_id IN (SELECT serving.system_id FROM deployment AS serving
                           WHERE serving.main_connector_id = (SELECT scope_main_connector())
                             AND serving.holder = (SELECT scope_tenancy()))));
CREATE POLICY scope ON conformity_certificate USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm())
         OR system_id IN (SELECT serving.system_id FROM deployment AS serving
                           WHERE serving.main_connector_id = (SELECT scope_main_connector())
                             AND serving.holder = (SELECT scope_tenancy()))));
-- The file itself, and who was warned, are the main connector's own.
CREATE POLICY scope ON conformity_document USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON conformity_warning USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));

-- The register is the main connector's to write.
CREATE POLICY main_connector_adds ON information_system AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_changes ON information_system AS RESTRICTIVE FOR UPDATE
    USING ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_adds ON system_release AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_changes ON system_release AS RESTRICTIVE FOR UPDATE
    USING ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_adds ON conformity_certificate AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_changes ON conformity_certificate AS RESTRICTIVE FOR UPDATE
    USING ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_adds ON deployment AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_changes ON deployment AS RESTRICTIVE FOR UPDATE
    USING ((SELECT scope_is_whole_realm()));

GRANT SELECT, INSERT ON information_system, system_release, conformity_certificate, conformity_document,
                        conformity_warning, deployment TO kanta_service;
GRANT UPDATE (kind, name, system_class, producer, manufacturer, upkeep, register_entry, state, in_use_on, withdrawn_on,
              withdrawn_because, version)
   ON information_system TO kanta_service;
GRANT UPDATE (number, since, until) ON system_release TO kanta_service;
GRANT UPDATE (stands_since, turns, withdrawn_at, withdrawn_because) ON conformity_certificate TO kanta_service;
GRANT UPDATE (since, until, version) ON deployment TO kanta_service;

-- What a tenant's key may allow grew.
ALTER TABLE access_key
    DROP CONSTRAINT access_key_of_a_tenant,
    ADD CONSTRAINT access_key_of_a_tenant CHECK (tenancy_id IS NULL OR permissions <@ ARRAY[
        'parties.read', 'parties.write', 'agreements.read', 'agreements.sign', 'agreements.end', 'keys.manage',
        'journal.read', 'promises.read', 'promises.keep', 'messages.read', 'messages.manage', 'calendar.manage',
        'trust.read', 'systems.read']);
