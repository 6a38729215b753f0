-- why:   what a disturbance asks about a personal data breach is seen to by the register of breaches once the breach stands
--        in it: nobody is told twice and nobody does it twice (docs/decisions/0037, docs/capabilities/disturbances.md; K4.2);
--        monitoring systems report by what they send anyway (K4.1a)
-- locks: breach while its few rows are filled in; disturbance_duty for an instant, while a column without a value is added
SET LOCAL lock_timeout = '3s';

-- What sees to a duty in the place of whoever owes it, such as breach/0199…; null: nothing does.
ALTER TABLE disturbance_duty ADD COLUMN carried_by text CHECK (length(carried_by) BETWEEN 1 AND 100);
GRANT UPDATE (carried_by) ON disturbance_duty TO kanta_service;

-- How what is asked stands in the room that sees to it. Only ever added; the latest of a carrier, a matter and a holder counts.
CREATE TABLE disturbance_carried (
    id                uuid        PRIMARY KEY,    -- in the order in which they were said
    main_connector_id uuid        NOT NULL,
    disturbance_id    uuid        NOT NULL,
    tenancy_id        uuid,                    -- whose duty; null: the main connector's
    carrier           text        NOT NULL CHECK (length(carrier) BETWEEN 1 AND 100),
    matter            text        NOT NULL CHECK (matter IN ('record', 'controllers', 'authority', 'kela')),
    state             text        NOT NULL CHECK (state IN ('pending', 'sent', 'not_needed')),
    note              text        NOT NULL CHECK (length(note) BETWEEN 1 AND 2000),
    channel           text        CHECK (channel IN ('service', 'mail', 'phone', 'form')),
    counted_from      timestamptz,
    due_at            timestamptz,
    explanation       jsonb,
    said_by           text        NOT NULL,
    said_at           timestamptz NOT NULL,
    FOREIGN KEY (main_connector_id, disturbance_id) REFERENCES disturbance (main_connector_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id)
);
CREATE INDEX disturbance_carried_by_disturbance ON disturbance_carried (main_connector_id, disturbance_id, id);
ALTER TABLE disturbance_carried ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON disturbance_carried USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
GRANT SELECT, INSERT ON disturbance_carried TO kanta_service;

-- Of which disturbance a breach is a part. A tenant whose data it is sees that, whoever reported the breach.
ALTER TABLE breach
    ADD COLUMN disturbance_id uuid,
    ADD FOREIGN KEY (main_connector_id, disturbance_id) REFERENCES disturbance (main_connector_id, id);
UPDATE breach
   SET disturbance_id = report.disturbance_id
  FROM breach_report AS report
 WHERE report.main_connector_id = breach.main_connector_id
   AND report.id = breach.report_id
   AND report.disturbance_id IS NOT NULL;

-- What monitoring systems sent: the same of a group of alerts is one report, however often it comes. Only ever added.
CREATE TABLE disturbance_alert (
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,                    -- whose monitoring system; null: the main connector's
    holder            uuid        NOT NULL GENERATED ALWAYS AS (coalesce(tenancy_id, main_connector_id)) STORED,
    group_sha256      bytea       NOT NULL CHECK (length(group_sha256) = 32),
    content_sha256    bytea       NOT NULL CHECK (length(content_sha256) = 32),
    disturbance_id    uuid        NOT NULL,
    report_id         uuid        NOT NULL,
    taken_at          timestamptz NOT NULL,
    PRIMARY KEY (main_connector_id, holder, group_sha256, content_sha256),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    FOREIGN KEY (main_connector_id, disturbance_id) REFERENCES disturbance (main_connector_id, id),
    FOREIGN KEY (main_connector_id, report_id) REFERENCES disturbance_report (main_connector_id, id)
);
CREATE INDEX disturbance_alert_latest ON disturbance_alert (main_connector_id, holder, group_sha256, taken_at);
ALTER TABLE disturbance_alert ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON disturbance_alert USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
GRANT SELECT, INSERT ON disturbance_alert TO kanta_service;
