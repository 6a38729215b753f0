-- why:   disturbances are closed with cause and remedy, and leave follow-ups and faults that are tracked until they are
--        done; figures of a month (docs/capabilities/disturbances.md, docs/capabilities/follow-ups.md; K4.1c, K19)
-- locks: disturbance while its rows are checked against the longer list of states, disturbance_duty while the
--        times of telling are filled in; both have few rows, in the thousands
SET LOCAL lock_timeout = '3s';

ALTER TABLE disturbance
    DROP CONSTRAINT disturbance_state_check,
    ADD COLUMN closed_at timestamptz,
    ADD COLUMN closed_by text,
    ADD CONSTRAINT disturbance_state_check CHECK (state IN (
        'reported', 'acknowledged', 'over', 'closed', 'dismissed', 'joined', 'planned', 'cancelled')),
    ADD CONSTRAINT disturbance_closed_by_somebody CHECK (
        (state = 'closed') = (closed_at IS NOT NULL) AND (closed_at IS NULL) = (closed_by IS NULL));

-- When somebody was told. What is acknowledged later moves state_at on, and this stays. What a report told by itself has
-- none: it was told when the duty was made.
ALTER TABLE disturbance_duty ADD COLUMN told_at timestamptz;
UPDATE disturbance_duty
   SET told_at = state_at
 WHERE state IN ('sent', 'acknowledged')
   AND addressee NOT IN ('named_person', 'main_connector');

-- What was found out: the cause, the remedy, and new facts for which it was opened again. Only ever added; the latest counts.
CREATE TABLE disturbance_finding (
    id                uuid        PRIMARY KEY,    -- in the order in which they were said
    main_connector_id uuid        NOT NULL,
    disturbance_id    uuid        NOT NULL,
    kind              text        NOT NULL CHECK (kind IN ('cause', 'remedy', 'new_facts')),
    cause             text        CHECK (length(cause) BETWEEN 1 AND 40),    -- the class of it
    text              text        NOT NULL CHECK (length(text) BETWEEN 1 AND 4000),
    said_by           text        NOT NULL,
    said_at           timestamptz NOT NULL,
    FOREIGN KEY (main_connector_id, disturbance_id) REFERENCES disturbance (main_connector_id, id),
    CONSTRAINT disturbance_finding_cause_has_its_class CHECK ((kind = 'cause') = (cause IS NOT NULL))
);
CREATE INDEX disturbance_finding_by_disturbance ON disturbance_finding (main_connector_id, disturbance_id, id);

-- What other rooms have open that keeps a disturbance from being closed, such as a breach in the main connector's register.
CREATE TABLE disturbance_hold (
    main_connector_id uuid        NOT NULL,
    disturbance_id    uuid        NOT NULL,
    key               text        NOT NULL CHECK (length(key) BETWEEN 1 AND 100),
    because           jsonb       NOT NULL,    -- in three languages
    placed_at         timestamptz NOT NULL,
    released_at       timestamptz,
    PRIMARY KEY (main_connector_id, disturbance_id, key),
    FOREIGN KEY (main_connector_id, disturbance_id) REFERENCES disturbance (main_connector_id, id)
);
INSERT INTO disturbance_hold (main_connector_id, disturbance_id, key, because, placed_at)
SELECT breach.main_connector_id, report.disturbance_id, 'breach/' || breach.id,
       '{"fi": "Tietoturvaloukkaus on omassa rekisterissä avoinna.", "sv": "En personuppgiftsincident är öppen i det egna registret.", "en": "A personal data breach is open in the own register."}',
       now()
  FROM breach
  JOIN breach_report AS report ON report.main_connector_id = breach.main_connector_id AND report.id = breach.report_id
 WHERE breach.tenancy_id IS NULL
   AND breach.state IN ('suspected', 'confirmed')
   AND report.disturbance_id IS NOT NULL;

-- What is left to do: actions after a disturbance, and faults to be corrected (clause 19). `owner` does it or mends it.
CREATE TABLE disturbance_follow_up (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,                    -- whom it concerns, who sees it too; null: the main connector alone
    kind              text        NOT NULL CHECK (kind IN ('action', 'fault')),
    disturbance_id    uuid,                    -- of which it is left; a fault can be without one
    system_id         uuid,
    owner             text        NOT NULL CHECK (owner IN (
        'main_connector', 'tenant', 'producer', 'manufacturer', 'kela', 'other')),
    contact_id        uuid,                    -- the person at the party that sees to it
    what              text        NOT NULL CHECK (length(what) BETWEEN 1 AND 2000),
    due_on            date        NOT NULL,    -- in Finland, until its end
    noticed_at        timestamptz NOT NULL,
    reported_by       text        NOT NULL,
    reported_at       timestamptz NOT NULL,
    state             text        NOT NULL CHECK (state IN ('open', 'done', 'dropped')),
    note              text        CHECK (length(note) BETWEEN 1 AND 2000),    -- what shows it; why not; why again
    settled_by        text,
    state_at          timestamptz NOT NULL,
    round             integer     NOT NULL CHECK (round >= 1),    -- one more each time that it is owed anew
    told_at           timestamptz,             -- when the tenant was last told how it stands
    version           integer     NOT NULL CHECK (version >= 1),
    UNIQUE (main_connector_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    FOREIGN KEY (main_connector_id, disturbance_id) REFERENCES disturbance (main_connector_id, id),
    FOREIGN KEY (main_connector_id, system_id) REFERENCES information_system (main_connector_id, id),
    CONSTRAINT disturbance_follow_up_of_a_tenant CHECK (owner <> 'tenant' OR tenancy_id IS NOT NULL),
    CONSTRAINT disturbance_follow_up_after_something CHECK (kind = 'fault' OR disturbance_id IS NOT NULL),
    CONSTRAINT disturbance_follow_up_shown CHECK (state = 'open' OR (note IS NOT NULL AND settled_by IS NOT NULL))
);
-- What is open, the earliest due first: of all, and of one tenant.
CREATE INDEX disturbance_follow_up_open ON disturbance_follow_up (main_connector_id, kind, due_on, id)
    WHERE state = 'open';
CREATE INDEX disturbance_follow_up_open_of_tenant ON disturbance_follow_up (main_connector_id, tenancy_id, kind, due_on, id)
    WHERE state = 'open';
-- Whatever its state, the newest first.
CREATE INDEX disturbance_follow_up_by_time ON disturbance_follow_up (main_connector_id, kind, id);
CREATE INDEX disturbance_follow_up_of_tenant ON disturbance_follow_up (main_connector_id, tenancy_id, kind, id);
CREATE INDEX disturbance_follow_up_of_disturbance ON disturbance_follow_up (main_connector_id, disturbance_id, id)
    WHERE disturbance_id IS NOT NULL;

ALTER TABLE disturbance_finding ENABLE ROW LEVEL SECURITY;
ALTER TABLE disturbance_hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE disturbance_follow_up ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON disturbance_finding USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON disturbance_hold USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON disturbance_follow_up USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
-- A tenant reports faults for the main connector to see to, and settles what is its own to do; the rest it reads.
CREATE POLICY tenant_reports_faults ON disturbance_follow_up AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()) OR (kind = 'fault' AND owner = 'main_connector'));
CREATE POLICY tenant_settles_its_own ON disturbance_follow_up AS RESTRICTIVE FOR UPDATE
    USING ((SELECT scope_is_whole_realm()) OR owner = 'tenant');

GRANT SELECT, INSERT ON disturbance_finding, disturbance_hold, disturbance_follow_up TO kanta_service;
GRANT UPDATE (closed_at, closed_by) ON disturbance TO kanta_service;
GRANT UPDATE (told_at) ON disturbance_duty TO kanta_service;
GRANT UPDATE (because, placed_at, released_at) ON disturbance_hold TO kanta_service;
GRANT UPDATE (owner, contact_id, what, due_on, state, note, settled_by, state_at, round, told_at, version)
   ON disturbance_follow_up TO kanta_service;
