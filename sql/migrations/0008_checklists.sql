-- why:   an ending has a checklist, whose items are promises, and holds that rooms above place on it
--        (docs/capabilities/endings.md; K20.5)
-- locks: none held by a running service (new tables)
SET LOCAL lock_timeout = '3s';

-- One for each end that became known and needs something done. What has to be done stands in the ledger of promises.
CREATE TABLE checklist (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid        NOT NULL,
    agreement_id      uuid        NOT NULL,
    ground            text        NOT NULL CHECK (ground IN ('notice', 'service_agreement', 'rescission', 'replacement')),
    until             timestamptz NOT NULL,    -- the end that its items were computed from
    delivered_on      date,                    -- of the notice that ends the agreement
    known_at          timestamptz NOT NULL,    -- when an end became known
    reckoned_at       timestamptz NOT NULL,    -- when this one did: it may have moved since
    completed_at      timestamptz,             -- all is kept or released, and nothing holds
    dropped_at        timestamptz,             -- the end fell away, or a later checklist took this one's place
    version           integer     NOT NULL CHECK (version >= 1),
    CONSTRAINT checklist_dropped_is_not_complete CHECK (num_nonnulls(completed_at, dropped_at) < 2),
    FOREIGN KEY (main_connector_id, tenancy_id, agreement_id) REFERENCES agreement (main_connector_id, tenancy_id, id)
);
CREATE UNIQUE INDEX checklist_one ON checklist (agreement_id) WHERE dropped_at IS NULL;
-- The list of endings, and of those that are not complete, soonest end first.
CREATE INDEX checklist_by_end ON checklist (main_connector_id, until, id) WHERE dropped_at IS NULL;
CREATE INDEX checklist_open ON checklist (main_connector_id, until, id)
    WHERE dropped_at IS NULL AND completed_at IS NULL;

CREATE INDEX checklist_by_tenancy ON checklist (main_connector_id, tenancy_id, reckoned_at) WHERE dropped_at IS NULL;

CREATE FUNCTION checklist_refuse_edit() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION '% %: it is over, and does not change', TG_TABLE_NAME, OLD.id USING CONSTRAINT = 'checklist_over';
END
$$;
CREATE TRIGGER checklist_over BEFORE UPDATE ON checklist FOR EACH ROW
    WHEN (OLD.dropped_at IS NOT NULL)
    EXECUTE FUNCTION checklist_refuse_edit();

-- What a room above knows to be open; it keeps an ending from being complete and does not move the end.
CREATE TABLE ending_hold (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid        NOT NULL,
    agreement_id      uuid        NOT NULL,
    key               text        NOT NULL CHECK (length(key) BETWEEN 1 AND 200),    -- the room's own name for it
    because           jsonb       NOT NULL,    -- fi, sv, en
    placed_at         timestamptz NOT NULL,
    released_at       timestamptz,
    FOREIGN KEY (main_connector_id, tenancy_id, agreement_id) REFERENCES agreement (main_connector_id, tenancy_id, id)
);
CREATE UNIQUE INDEX ending_hold_once ON ending_hold (agreement_id, key) WHERE released_at IS NULL;
CREATE TRIGGER ending_hold_over BEFORE UPDATE ON ending_hold FOR EACH ROW
    WHEN (OLD.released_at IS NOT NULL)
    EXECUTE FUNCTION checklist_refuse_edit();

ALTER TABLE checklist ENABLE ROW LEVEL SECURITY;
ALTER TABLE ending_hold ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope ON checklist USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON ending_hold USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));

GRANT SELECT, INSERT ON checklist, ending_hold TO kanta_service;
GRANT UPDATE (ground, until, delivered_on, reckoned_at, completed_at, dropped_at, version) ON checklist TO kanta_service;
GRANT UPDATE (released_at) ON ending_hold TO kanta_service;
