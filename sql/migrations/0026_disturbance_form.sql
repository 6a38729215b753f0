-- why:   personal links to the form by which a tenant's people report a disturbance without an access key, and which
--        reports came through them (docs/capabilities/disturbances.md, "The form"; K4.1a)
-- locks: none that matter: new tables only
SET LOCAL lock_timeout = '3s';

-- An address that opens the form to whoever knows it. The secret itself is kept nowhere.
CREATE TABLE disturbance_form_link (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,                    -- for whose people it is; null: the main connector's own
    name              text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),    -- whom it was given to
    secret_sha256     bytea       NOT NULL CHECK (length(secret_sha256) = 32),
    made_by           text        NOT NULL,
    made_at           timestamptz NOT NULL,
    revoked_by        text,
    revoked_at        timestamptz,
    version           integer     NOT NULL CHECK (version >= 1),
    UNIQUE (main_connector_id, id),            -- also the order of the list
    CONSTRAINT disturbance_form_link_secret UNIQUE (secret_sha256),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    CONSTRAINT disturbance_form_link_revoked_by_somebody CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);

-- What was sent through a link. The token is the one of the form as it was opened: sent twice with it, the same is one
-- report, however much later; something else with it belongs to the same disturbance. Only ever added.
CREATE TABLE disturbance_form_sending (
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid,
    link_id           uuid        NOT NULL,
    token             uuid        NOT NULL,
    content_sha256    bytea       NOT NULL CHECK (length(content_sha256) = 32),
    disturbance_id    uuid        NOT NULL,
    report_id         uuid        NOT NULL,
    sent_at           timestamptz NOT NULL,
    PRIMARY KEY (main_connector_id, link_id, token, content_sha256),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    FOREIGN KEY (main_connector_id, link_id) REFERENCES disturbance_form_link (main_connector_id, id),
    FOREIGN KEY (main_connector_id, disturbance_id) REFERENCES disturbance (main_connector_id, id),
    FOREIGN KEY (main_connector_id, report_id) REFERENCES disturbance_report (main_connector_id, id)
);
CREATE INDEX disturbance_form_sending_by_report ON disturbance_form_sending (main_connector_id, link_id, report_id);

ALTER TABLE disturbance_form_link ENABLE ROW LEVEL SECURITY;
ALTER TABLE disturbance_form_sending ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON disturbance_form_link USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON disturbance_form_sending USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));

-- Nobody reads a secret's digest but the function that looks a link up.
GRANT INSERT ON disturbance_form_link TO kanta_service;
GRANT SELECT (id, main_connector_id, tenancy_id, name, made_by, made_at, revoked_by, revoked_at, version)
   ON disturbance_form_link TO kanta_service;
GRANT UPDATE (revoked_by, revoked_at, version) ON disturbance_form_link TO kanta_service;
GRANT SELECT, INSERT ON disturbance_form_sending TO kanta_service;

-- Across realms: whose people a link is for that is not revoked. The secret is random, so its digest may be looked up
-- as it is: who can find one by its timing has found 256 bits.
CREATE FUNCTION disturbance_form_link_find(digest bytea)
    RETURNS TABLE (id uuid, main_connector_id uuid, tenancy_id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT link.id, link.main_connector_id, link.tenancy_id
      FROM public.disturbance_form_link AS link
     WHERE link.secret_sha256 = digest
       AND link.revoked_at IS NULL
$$;
REVOKE ALL ON FUNCTION disturbance_form_link_find FROM PUBLIC;
GRANT EXECUTE ON FUNCTION disturbance_form_link_find TO kanta_service;
