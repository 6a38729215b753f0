-- why:   the register of personal data breaches: reports, what each controller says and does, the 72 hours, help asked of
--        the other party (docs/capabilities/breaches.md; K4.2, K14); keys get breaches.read and breaches.write
-- locks: access_key while its few rows are checked against the longer list of a tenant's permissions
SET LOCAL lock_timeout = '3s';

-- What somebody found. Never edited: what is known better later is said of the breach.
CREATE TABLE breach_report (
    id                  uuid        PRIMARY KEY,
    main_connector_id   uuid        NOT NULL REFERENCES main_connector,
    tenancy_id          uuid,                    -- who found it; null: the main connector
    holder              uuid        NOT NULL GENERATED ALWAYS AS (coalesce(tenancy_id, main_connector_id)) STORED,
    title               text        NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    what                text        NOT NULL CHECK (length(what) BETWEEN 1 AND 4000),
    found_at            timestamptz NOT NULL,
    began_at            timestamptz,
    place               text        CHECK (length(place) BETWEEN 1 AND 200),
    suspected           boolean     NOT NULL,    -- not certain yet that it is one
    damage              text[]      NOT NULL
                        CHECK (damage <@ ARRAY['confidentiality', 'integrity', 'availability'] AND damage <> '{}'),
    concerned           jsonb       NOT NULL,    -- of which registers, of whose service, on whose behalf
    disturbance_id      uuid,                    -- of which it is a part
    reported_by         text        NOT NULL,
    reported_at         timestamptz NOT NULL,
    UNIQUE (main_connector_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    FOREIGN KEY (main_connector_id, disturbance_id) REFERENCES disturbance (main_connector_id, id)
);
CREATE INDEX breach_report_by_holder ON breach_report (main_connector_id, holder, id);
CREATE INDEX breach_report_by_disturbance ON breach_report (main_connector_id, disturbance_id, id)
    WHERE disturbance_id IS NOT NULL;

-- A breach in one party's register. What stands of it follows from its entries; the columns are there for lists.
CREATE TABLE breach (
    id                  uuid        PRIMARY KEY,
    main_connector_id   uuid        NOT NULL,
    tenancy_id          uuid,                    -- whose register it stands in; null: the main connector's
    holder              uuid        NOT NULL GENERATED ALWAYS AS (coalesce(tenancy_id, main_connector_id)) STORED,
    report_id           uuid        NOT NULL,
    title               text        NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    found_at            timestamptz NOT NULL,
    recorded_at         timestamptz NOT NULL,
    state               text        NOT NULL CHECK (state IN ('suspected', 'confirmed', 'dismissed', 'closed')),
    part                text        NOT NULL CHECK (part IN ('controller', 'joint_controller', 'finder')),
    risk                text        CHECK (risk IN ('unlikely', 'risk', 'high')),    -- null: not decided
    aware_at            timestamptz,             -- since when its controller knows; null: it is none
    authority_due_at    timestamptz,             -- while the authority is to be notified
    version             integer     NOT NULL CHECK (version >= 1),    -- how many entries it has
    UNIQUE (main_connector_id, id),
    UNIQUE (main_connector_id, id, holder),
    CONSTRAINT breach_once UNIQUE (main_connector_id, report_id, holder),
    FOREIGN KEY (main_connector_id, report_id) REFERENCES breach_report (main_connector_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    CONSTRAINT breach_has_a_deadline_once_its_controller_knows CHECK (authority_due_at IS NULL OR aware_at IS NOT NULL)
);
CREATE INDEX breach_by_holder ON breach (main_connector_id, holder, id);
CREATE INDEX breach_open ON breach (main_connector_id, id) WHERE state IN ('suspected', 'confirmed');
CREATE INDEX breach_open_by_holder ON breach (main_connector_id, holder, id) WHERE state IN ('suspected', 'confirmed');
CREATE INDEX breach_by_finding ON breach (main_connector_id, holder, found_at, id);

-- What was said of a breach, one thing after the other. A correction is another entry.
CREATE TABLE breach_entry (
    main_connector_id   uuid        NOT NULL,
    breach_id           uuid        NOT NULL,
    number              integer     NOT NULL CHECK (number >= 1),
    holder              uuid        NOT NULL,
    said                jsonb       NOT NULL CHECK (said ->> 'type' IN (
        'concerning', 'awareness', 'decision', 'statement', 'telling', 'correction', 'movement')),
    said_by             text        NOT NULL,
    said_at             timestamptz NOT NULL,
    PRIMARY KEY (main_connector_id, breach_id, number),
    FOREIGN KEY (main_connector_id, breach_id, holder) REFERENCES breach (main_connector_id, id, holder)
);

-- Of what people were reminded, and what a more urgent reminder overtook.
CREATE TABLE breach_reminder (
    main_connector_id   uuid        NOT NULL,
    breach_id           uuid        NOT NULL,
    turn                smallint    NOT NULL CHECK (turn >= 1),     -- which time the authority is to be notified
    hours               smallint    NOT NULL CHECK (hours >= 0),    -- since awareness
    holder              uuid        NOT NULL,
    due_at              timestamptz NOT NULL,
    decided_at          timestamptz NOT NULL,
    told                boolean     NOT NULL,
    people              integer     NOT NULL CHECK (people >= 0),
    PRIMARY KEY (main_connector_id, breach_id, turn, hours),
    FOREIGN KEY (main_connector_id, breach_id, holder) REFERENCES breach (main_connector_id, id, holder)
);

-- Help with a breach, asked of the other party: by a tenant of the main connector, or the other way round.
CREATE TABLE breach_help (
    id                  uuid        PRIMARY KEY,
    main_connector_id   uuid        NOT NULL,
    tenancy_id          uuid        NOT NULL,    -- the tenant of the two
    breach_id           uuid        NOT NULL,    -- a breach in the register of who asks
    breach_holder       uuid        NOT NULL,
    asked_by_tenant     boolean     NOT NULL,
    question            text        NOT NULL CHECK (length(question) BETWEEN 1 AND 4000),
    wanted_by           timestamptz NOT NULL,
    asked_by            text        NOT NULL,
    asked_at            timestamptz NOT NULL,
    state               text        NOT NULL CHECK (state IN ('asked', 'answered', 'taken_back')),
    state_at            timestamptz NOT NULL,
    because             text        CHECK (length(because) BETWEEN 1 AND 2000),    -- why it was taken back
    version             integer     NOT NULL CHECK (version >= 1),
    UNIQUE (main_connector_id, id, tenancy_id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    FOREIGN KEY (main_connector_id, breach_id, breach_holder) REFERENCES breach (main_connector_id, id, holder),
    CONSTRAINT breach_help_is_asked_by_whose_breach_it_is CHECK (asked_by_tenant = (breach_holder = tenancy_id)),
    CONSTRAINT breach_help_taken_back_has_its_reason CHECK ((state = 'taken_back') = (because IS NOT NULL))
);
CREATE INDEX breach_help_by_tenancy ON breach_help (main_connector_id, tenancy_id, id);
CREATE INDEX breach_help_open ON breach_help (main_connector_id, id) WHERE state = 'asked';
CREATE INDEX breach_help_by_time ON breach_help (main_connector_id, id);
CREATE INDEX breach_help_by_breach ON breach_help (main_connector_id, breach_id, id);

CREATE TABLE breach_help_answer (
    main_connector_id   uuid        NOT NULL,
    help_id             uuid        NOT NULL,
    number              integer     NOT NULL CHECK (number >= 1),
    tenancy_id          uuid        NOT NULL,
    answer              text        NOT NULL CHECK (length(answer) BETWEEN 1 AND 4000),
    is_final            boolean     NOT NULL,
    answered_by         text        NOT NULL,
    answered_at         timestamptz NOT NULL,
    PRIMARY KEY (main_connector_id, help_id, number),
    FOREIGN KEY (main_connector_id, help_id, tenancy_id) REFERENCES breach_help (main_connector_id, id, tenancy_id)
);

-- Nothing of the register is deleted, and what was said is never edited, whatever the program says.
CREATE FUNCTION breach_refuse_loss() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION '% of %: nothing is lost of the register of breaches', TG_OP, TG_TABLE_NAME
        USING CONSTRAINT = 'breach_register';
END
$$;
CREATE TRIGGER breach_report_stays BEFORE UPDATE OR DELETE ON breach_report FOR EACH ROW
    EXECUTE FUNCTION breach_refuse_loss();
CREATE TRIGGER breach_entry_stays BEFORE UPDATE OR DELETE ON breach_entry FOR EACH ROW
    EXECUTE FUNCTION breach_refuse_loss();
CREATE TRIGGER breach_reminder_stays BEFORE UPDATE OR DELETE ON breach_reminder FOR EACH ROW
    EXECUTE FUNCTION breach_refuse_loss();
CREATE TRIGGER breach_help_answer_stays BEFORE UPDATE OR DELETE ON breach_help_answer FOR EACH ROW
    EXECUTE FUNCTION breach_refuse_loss();
CREATE TRIGGER breach_stays BEFORE DELETE ON breach FOR EACH ROW
    EXECUTE FUNCTION breach_refuse_loss();
CREATE TRIGGER breach_help_stays BEFORE DELETE ON breach_help FOR EACH ROW
    EXECUTE FUNCTION breach_refuse_loss();
CREATE TRIGGER breach_report_is_not_emptied BEFORE TRUNCATE ON breach_report
    EXECUTE FUNCTION breach_refuse_loss();
CREATE TRIGGER breach_is_not_emptied BEFORE TRUNCATE ON breach
    EXECUTE FUNCTION breach_refuse_loss();
CREATE TRIGGER breach_entry_is_not_emptied BEFORE TRUNCATE ON breach_entry
    EXECUTE FUNCTION breach_refuse_loss();
CREATE TRIGGER breach_reminder_is_not_emptied BEFORE TRUNCATE ON breach_reminder
    EXECUTE FUNCTION breach_refuse_loss();
CREATE TRIGGER breach_help_is_not_emptied BEFORE TRUNCATE ON breach_help
    EXECUTE FUNCTION breach_refuse_loss();
CREATE TRIGGER breach_help_answer_is_not_emptied BEFORE TRUNCATE ON breach_help_answer
    EXECUTE FUNCTION breach_refuse_loss();

-- A request for help that was answered or taken back stays so.
CREATE FUNCTION breach_help_refuse_move() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'help % is %; that is final', OLD.id, OLD.state USING CONSTRAINT = 'breach_help_settled';
END
$$;
CREATE TRIGGER breach_help_settled BEFORE UPDATE ON breach_help FOR EACH ROW
    WHEN (OLD.state <> 'asked')
    EXECUTE FUNCTION breach_help_refuse_move();

ALTER TABLE breach_report ENABLE ROW LEVEL SECURITY;
ALTER TABLE breach ENABLE ROW LEVEL SECURITY;
ALTER TABLE breach_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE breach_reminder ENABLE ROW LEVEL SECURITY;
ALTER TABLE breach_help ENABLE ROW LEVEL SECURITY;
ALTER TABLE breach_help_answer ENABLE ROW LEVEL SECURITY;

-- A tenant sees what it reported, what stands in its own register, and help that it asks or is asked for.
CREATE POLICY scope ON breach_report USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON breach USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON breach_entry USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR holder = (SELECT scope_tenancy())));
CREATE POLICY scope ON breach_reminder USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR holder = (SELECT scope_tenancy())));
CREATE POLICY scope ON breach_help USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON breach_help_answer USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));

GRANT SELECT, INSERT ON breach_report, breach, breach_entry, breach_reminder, breach_help, breach_help_answer
   TO kanta_service;
GRANT UPDATE (state, part, risk, aware_at, authority_due_at, version) ON breach TO kanta_service;
GRANT UPDATE (state, state_at, because, version) ON breach_help TO kanta_service;

-- What a tenant's key may allow grew.
ALTER TABLE access_key
    DROP CONSTRAINT access_key_of_a_tenant,
    ADD CONSTRAINT access_key_of_a_tenant CHECK (tenancy_id IS NULL OR permissions <@ ARRAY[
        'parties.read', 'parties.write', 'agreements.read', 'agreements.sign', 'agreements.end', 'keys.manage',
        'journal.read', 'promises.read', 'promises.keep', 'messages.read', 'messages.manage', 'calendar.manage',
        'trust.read', 'systems.read', 'certificates.read', 'renewals.read', 'renewals.answer', 'renewals.manage',
        'disturbances.read', 'disturbances.report', 'breaches.read', 'breaches.write']);
