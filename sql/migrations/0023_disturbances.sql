-- why:   disturbances: reports, what they are in law, who must be told and was, who was called, what tenants are told
--        (docs/capabilities/disturbances.md; K4.1a to K4.2); keys get disturbances.read, .report and .manage
-- locks: access_key while its few rows are checked against the longer list of a tenant's permissions
SET LOCAL lock_timeout = '3s';

-- One row for each event. What it is in law is in its answers; whom it hits, in those who are told.
CREATE TABLE disturbance (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,                    -- who reported it first; null: the main connector
    kind              text        NOT NULL CHECK (kind IN ('disturbance', 'maintenance')),
    state             text        NOT NULL CHECK (state IN (
        'reported', 'acknowledged', 'over', 'dismissed', 'joined', 'planned', 'cancelled')),
    title             text        CHECK (length(title) BETWEEN 1 AND 200),    -- as the main connector calls it
    since             timestamptz NOT NULL,    -- when it began, as reported; of maintenance, when it begins
    until             timestamptz CHECK (until >= since),    -- of maintenance, when it ends as planned; else when it ended
    system_id         uuid,
    service           text        CHECK (length(service) BETWEEN 1 AND 40),    -- a key of the catalogue
    joined_to         uuid,
    reported_at       timestamptz NOT NULL,
    detected_at       timestamptz NOT NULL,    -- what time limits in hours are counted from
    aware_at          timestamptz,             -- when the main connector became aware of a breach of its data
    acknowledged_at   timestamptz,
    acknowledged_by   text,
    unreached_at      timestamptz,             -- since when nobody is left to be called
    because           text        CHECK (length(because) BETWEEN 1 AND 2000),    -- why it was dismissed or cancelled
    version           integer     NOT NULL CHECK (version >= 1),
    UNIQUE (main_connector_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    FOREIGN KEY (main_connector_id, system_id) REFERENCES information_system (main_connector_id, id),
    FOREIGN KEY (main_connector_id, joined_to) REFERENCES disturbance (main_connector_id, id),
    CONSTRAINT disturbance_joined_to_another CHECK ((state = 'joined') = (joined_to IS NOT NULL) AND joined_to <> id),
    CONSTRAINT disturbance_acknowledged_by_somebody CHECK ((acknowledged_at IS NULL) = (acknowledged_by IS NULL))
);
CREATE INDEX disturbance_by_time ON disturbance (main_connector_id, id);
-- What is open; in a healthy realm there are few.
CREATE INDEX disturbance_open ON disturbance (main_connector_id, id)
    WHERE state IN ('reported', 'acknowledged', 'planned');
CREATE INDEX disturbance_unreached ON disturbance (unreached_at) WHERE unreached_at IS NOT NULL AND state = 'reported';

-- Whose it is too: who reported it, and who was told of it.
CREATE TABLE disturbance_party (
    main_connector_id uuid        NOT NULL,
    disturbance_id    uuid        NOT NULL,
    tenancy_id        uuid        NOT NULL,
    reported          boolean     NOT NULL,
    PRIMARY KEY (main_connector_id, disturbance_id, tenancy_id),
    FOREIGN KEY (main_connector_id, disturbance_id) REFERENCES disturbance (main_connector_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id)
);
CREATE INDEX disturbance_party_by_tenancy ON disturbance_party (main_connector_id, tenancy_id, disturbance_id);

-- What somebody said. Never edited; what is known better later is another report, or an answer.
CREATE TABLE disturbance_report (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    disturbance_id    uuid        NOT NULL,
    tenancy_id        uuid,
    holder            uuid        NOT NULL GENERATED ALWAYS AS (coalesce(tenancy_id, main_connector_id)) STORED,
    content_sha256    bytea       NOT NULL CHECK (length(content_sha256) = 32),
    what              text        NOT NULL CHECK (length(what) BETWEEN 1 AND 4000),
    since             timestamptz NOT NULL,
    ongoing           boolean     NOT NULL,
    system_id         uuid,
    service           text,
    place             text        NOT NULL CHECK (place IN ('ours', 'kanta', 'network', 'unknown')),
    patient_safety    text        NOT NULL CHECK (patient_safety IN ('yes', 'no', 'unknown')),
    data_protection   text        NOT NULL CHECK (data_protection IN ('yes', 'no', 'unknown')),
    symptom           text        CHECK (length(symptom) BETWEEN 1 AND 2000),
    tried             text        CHECK (length(tried) BETWEEN 1 AND 2000),
    message_ids       text[]      NOT NULL CHECK (cardinality(message_ids) <= 50),
    units_hit         integer     CHECK (units_hit >= 0),
    users_hit         integer     CHECK (users_hit >= 0),
    contact           text        CHECK (length(contact) BETWEEN 1 AND 200),    -- whom to ask, and how
    reported_by       text        NOT NULL,    -- as the journal names who acts
    reported_at       timestamptz NOT NULL,
    UNIQUE (main_connector_id, id),
    FOREIGN KEY (main_connector_id, disturbance_id) REFERENCES disturbance (main_connector_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id)
);
CREATE INDEX disturbance_report_by_content ON disturbance_report (main_connector_id, holder, content_sha256, reported_at);
CREATE INDEX disturbance_report_by_disturbance ON disturbance_report (main_connector_id, disturbance_id, id);

-- Files that show something; never edited.
CREATE TABLE disturbance_attachment (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    report_id         uuid        NOT NULL,
    tenancy_id        uuid,
    name              text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    media_type        text        NOT NULL,    -- as its own bytes say
    size              integer     NOT NULL,
    sha256            text        NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    content           bytea       NOT NULL,
    added_at          timestamptz NOT NULL,
    FOREIGN KEY (main_connector_id, report_id) REFERENCES disturbance_report (main_connector_id, id)
);
ALTER TABLE disturbance_attachment ALTER COLUMN content SET STORAGE EXTERNAL;
CREATE INDEX disturbance_attachment_by_report ON disturbance_attachment (main_connector_id, report_id, id);

-- What was answered to each question, by whom, when; the latest counts. Only ever added.
CREATE TABLE disturbance_answer (
    id                uuid        PRIMARY KEY,    -- in the order in which they were given
    main_connector_id uuid        NOT NULL,
    disturbance_id    uuid        NOT NULL,
    fact              text        NOT NULL CHECK (length(fact) BETWEEN 1 AND 40),    -- a key of data/facts.toml
    answer            text        NOT NULL CHECK (answer IN ('yes', 'no', 'unknown')),
    basis             text        NOT NULL CHECK (basis IN ('report', 'person')),    -- drawn from a report, or said
    reason            text        CHECK (length(reason) BETWEEN 1 AND 2000),
    answered_by       text        NOT NULL,
    answered_at       timestamptz NOT NULL,
    FOREIGN KEY (main_connector_id, disturbance_id) REFERENCES disturbance (main_connector_id, id)
);
CREATE INDEX disturbance_answer_by_fact ON disturbance_answer (main_connector_id, disturbance_id, fact, id);

-- Who must tell whom. A change of what was told is another row of the same rule, in the next round.
CREATE TABLE disturbance_duty (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    disturbance_id    uuid        NOT NULL,
    tenancy_id        uuid,                    -- whose duty it is; null: the main connector's
    holder            uuid        NOT NULL GENERATED ALWAYS AS (coalesce(tenancy_id, main_connector_id)) STORED,
    rule              text        NOT NULL CHECK (length(rule) BETWEEN 1 AND 60),    -- a key of data/duties
    round             integer     NOT NULL CHECK (round >= 1),
    tries             integer     NOT NULL CHECK (tries >= 1),    -- one more each time that it did not arrive
    purpose           text        NOT NULL CHECK (purpose IN ('first', 'change', 'cancellation')),
    addressee         text        NOT NULL CHECK (length(addressee) BETWEEN 1 AND 60),
    source            text        NOT NULL CHECK (length(source) BETWEEN 1 AND 40),
    counted_from      timestamptz NOT NULL,
    due_at            timestamptz NOT NULL,
    explanation       jsonb       NOT NULL,
    state             text        NOT NULL CHECK (state IN (
        'pending', 'sent', 'acknowledged', 'failed', 'not_needed')),
    channel           text        CHECK (channel IN ('service', 'mail', 'phone', 'form')),
    note              text        CHECK (length(note) BETWEEN 1 AND 2000),    -- what was said to whom, or why not
    settled_by        text,
    state_at          timestamptz NOT NULL,
    made_at           timestamptz NOT NULL,
    version           integer     NOT NULL CHECK (version >= 1),
    CONSTRAINT disturbance_duty_once UNIQUE (main_connector_id, disturbance_id, holder, rule, round),
    FOREIGN KEY (main_connector_id, disturbance_id) REFERENCES disturbance (main_connector_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    CONSTRAINT disturbance_duty_not_needed_because CHECK (state NOT IN ('failed', 'not_needed') OR note IS NOT NULL)
);
-- What is still to be told, for the audit and the list of what is open.
CREATE INDEX disturbance_duty_open ON disturbance_duty (main_connector_id, id) WHERE state IN ('pending', 'failed');

-- Who was called, one after the other, until somebody acknowledged. Only ever added.
CREATE TABLE disturbance_call (
    main_connector_id uuid        NOT NULL,
    disturbance_id    uuid        NOT NULL,
    number            integer     NOT NULL CHECK (number >= 1),
    contact_id        uuid,                    -- null: nobody was left, so every administrator was called
    people            integer     NOT NULL CHECK (people >= 0),
    called_at         timestamptz NOT NULL,
    PRIMARY KEY (main_connector_id, disturbance_id, number),
    FOREIGN KEY (main_connector_id, disturbance_id) REFERENCES disturbance (main_connector_id, id)
);

-- What tenants were told of it, and when.
CREATE TABLE disturbance_status (
    id                uuid        PRIMARY KEY,
    main_connector_id uuid        NOT NULL,
    disturbance_id    uuid        NOT NULL,
    number            integer     NOT NULL CHECK (number >= 1),
    phase             text        NOT NULL CHECK (phase IN ('planned', 'ongoing', 'over', 'cancelled')),
    text              jsonb,                   -- what the main connector adds, by language
    published_at      timestamptz NOT NULL,
    published_by      text        NOT NULL,
    UNIQUE (main_connector_id, id),
    CONSTRAINT disturbance_status_number UNIQUE (main_connector_id, disturbance_id, number),
    FOREIGN KEY (main_connector_id, disturbance_id) REFERENCES disturbance (main_connector_id, id)
);
CREATE INDEX disturbance_status_latest ON disturbance_status (main_connector_id, published_at, id);

-- Which tenants a status is for, and when their people were told.
CREATE TABLE disturbance_recipient (
    main_connector_id uuid        NOT NULL,
    status_id         uuid        NOT NULL,
    tenancy_id        uuid        NOT NULL,
    told_at           timestamptz,
    people            integer     CHECK (people >= 0),
    PRIMARY KEY (main_connector_id, status_id, tenancy_id),
    FOREIGN KEY (main_connector_id, status_id) REFERENCES disturbance_status (main_connector_id, id),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id),
    CHECK ((told_at IS NULL) = (people IS NULL))
);
CREATE INDEX disturbance_recipient_waiting ON disturbance_recipient (main_connector_id, status_id, tenancy_id)
    WHERE told_at IS NULL;

-- Whom the main connector has named for reports, in which order, and when they can be called.
CREATE TABLE disturbance_roster (
    main_connector_id uuid        PRIMARY KEY REFERENCES main_connector,
    people            jsonb       NOT NULL,    -- contact_id and hours of each, in the order in which they are called
    version           integer     NOT NULL CHECK (version >= 1),
    changed_at        timestamptz NOT NULL
);

-- What a party itself says: whether Act 124/2025 covers it; and how the main connector reaches an authority.
CREATE TABLE disturbance_own_word (
    main_connector_id uuid        NOT NULL REFERENCES main_connector,
    tenancy_id        uuid,
    holder            uuid        NOT NULL GENERATED ALWAYS AS (coalesce(tenancy_id, main_connector_id)) STORED,
    about             text        NOT NULL CHECK (length(about) BETWEEN 1 AND 60),    -- nis2, or an authority's key
    word              jsonb       NOT NULL,
    said_by           text        NOT NULL,
    said_at           timestamptz NOT NULL,
    version           integer     NOT NULL CHECK (version >= 1),
    PRIMARY KEY (main_connector_id, holder, about),
    FOREIGN KEY (main_connector_id, tenancy_id) REFERENCES tenancy (main_connector_id, tenancy_id)
);

ALTER TABLE disturbance ENABLE ROW LEVEL SECURITY;
ALTER TABLE disturbance_party ENABLE ROW LEVEL SECURITY;
ALTER TABLE disturbance_report ENABLE ROW LEVEL SECURITY;
ALTER TABLE disturbance_attachment ENABLE ROW LEVEL SECURITY;
ALTER TABLE disturbance_answer ENABLE ROW LEVEL SECURITY;
ALTER TABLE disturbance_duty ENABLE ROW LEVEL SECURITY;
ALTER TABLE disturbance_call ENABLE ROW LEVEL SECURITY;
ALTER TABLE disturbance_status ENABLE ROW LEVEL SECURITY;
ALTER TABLE disturbance_recipient ENABLE ROW LEVEL SECURITY;
ALTER TABLE disturbance_roster ENABLE ROW LEVEL SECURITY;
ALTER TABLE disturbance_own_word ENABLE ROW LEVEL SECURITY;

CREATE POLICY scope ON disturbance_party USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
-- A tenant sees what it reported or was told of. Which that is is found once for each statement.
CREATE POLICY scope ON disturbance USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm())
         OR id IN (SELECT party.disturbance_id FROM disturbance_party AS party
                    WHERE party.main_connector_id = (SELECT scope_main_connector())
                      AND party.tenancy_id = (SELECT scope_tenancy()))));
CREATE POLICY scope ON disturbance_report USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON disturbance_attachment USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON disturbance_answer USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON disturbance_duty USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON disturbance_call USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON disturbance_recipient USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON disturbance_status USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm())
         OR id IN (SELECT mine.status_id FROM disturbance_recipient AS mine
                    WHERE mine.main_connector_id = (SELECT scope_main_connector())
                      AND mine.tenancy_id = (SELECT scope_tenancy()))));
CREATE INDEX disturbance_recipient_by_tenancy ON disturbance_recipient (main_connector_id, tenancy_id, status_id);
CREATE POLICY scope ON disturbance_roster USING (
    main_connector_id = (SELECT scope_main_connector()) AND (SELECT scope_is_whole_realm()));
CREATE POLICY scope ON disturbance_own_word USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));

-- A tenant brings files and settles duties of its own; all else is the main connector's, or comes with a report.
CREATE POLICY main_connector_changes ON disturbance AS RESTRICTIVE FOR UPDATE USING ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_adds ON disturbance AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_adds ON disturbance_party AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_adds ON disturbance_duty AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_adds ON disturbance_status AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_adds ON disturbance_recipient AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));
CREATE POLICY main_connector_changes ON disturbance_recipient AS RESTRICTIVE FOR UPDATE
    USING ((SELECT scope_is_whole_realm()));

GRANT SELECT, INSERT ON disturbance, disturbance_party, disturbance_attachment, disturbance_answer, disturbance_duty,
                        disturbance_call, disturbance_status, disturbance_recipient, disturbance_roster,
                        disturbance_own_word TO kanta_service;
GRANT SELECT ON disturbance_report TO kanta_service;    -- written by disturbance_take_in() alone
GRANT UPDATE (state, title, since, until, system_id, service, joined_to, detected_at, aware_at, acknowledged_at,
              acknowledged_by, unreached_at, because, version)
   ON disturbance TO kanta_service;
GRANT UPDATE (reported) ON disturbance_party TO kanta_service;
GRANT UPDATE (tries, counted_from, due_at, explanation, state, channel, note, settled_by, state_at, version)
   ON disturbance_duty TO kanta_service;
GRANT UPDATE (told_at, people) ON disturbance_recipient TO kanta_service;
GRANT UPDATE (people, version, changed_at) ON disturbance_roster TO kanta_service;
GRANT UPDATE (word, said_by, said_at, version) ON disturbance_own_word TO kanta_service;

-- Take one report in, with all that follows from it at once, in one round trip: the disturbance that it opens or joins,
-- what was drawn from it, duties and promises, journal and message. The same content of the same holder within a while
-- is one report: then nothing is written. A tenant's scope can write by this alone what is the main connector's to see.
CREATE FUNCTION disturbance_take_in(
    of_main_connector uuid, of_tenancy uuid, happened_at timestamptz, same_within interval, said jsonb, opens jsonb,
    answers jsonb, duties jsonb, promises jsonb, entry_text text, message_id uuid, message_kind text, message_body jsonb
) RETURNS TABLE (disturbance_id uuid, report_id uuid, repeated boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    digest  bytea := decode(said ->> 'content_sha256', 'hex');
    taken   uuid := coalesce((opens ->> 'id')::uuid, (said ->> 'disturbance_id')::uuid);
    by_whom uuid := coalesce(of_tenancy, of_main_connector);
BEGIN
    IF of_main_connector IS DISTINCT FROM public.scope_main_connector()
       OR NOT (public.scope_is_whole_realm() OR coalesce(of_tenancy = public.scope_tenancy(), false)) THEN
        RAISE insufficient_privilege USING MESSAGE = 'a report is taken in within the scope that it came from';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(by_whom::text || encode(digest, 'hex'), 24));
    RETURN QUERY
        SELECT before.disturbance_id, before.id, true
          FROM public.disturbance_report AS before
         WHERE before.main_connector_id = of_main_connector
           AND before.holder = by_whom
           AND before.content_sha256 = digest
           AND before.reported_at > happened_at - same_within
         ORDER BY before.reported_at
         LIMIT 1;
    IF FOUND THEN
        RETURN;
    END IF;
    IF opens IS NOT NULL THEN
        INSERT INTO public.disturbance (id, main_connector_id, tenancy_id, kind, state, since, system_id, service,
                                        reported_at, detected_at, version)
        VALUES (taken, of_main_connector, of_tenancy, 'disturbance', 'reported',
                (said ->> 'since')::timestamptz, (said ->> 'system_id')::uuid, said ->> 'service', happened_at,
                (opens ->> 'detected_at')::timestamptz, 1);
    END IF;
    IF of_tenancy IS NOT NULL THEN
        INSERT INTO public.disturbance_party (main_connector_id, disturbance_id, tenancy_id, reported)
        VALUES (of_main_connector, taken, of_tenancy, true)
        ON CONFLICT (main_connector_id, disturbance_id, tenancy_id) DO UPDATE SET reported = true;
    END IF;
    INSERT INTO public.disturbance_report (
           id, main_connector_id, disturbance_id, tenancy_id, content_sha256, what, since, ongoing, system_id, service,
           place, patient_safety, data_protection, symptom, tried, message_ids, units_hit, users_hit, contact,
           reported_by, reported_at)
    SELECT row.id, of_main_connector, taken, of_tenancy, digest, row.what, row.since, row.ongoing, row.system_id,
           row.service, row.place, row.patient_safety, row.data_protection, row.symptom, row.tried, row.message_ids,
           row.units_hit, row.users_hit, row.contact, row.reported_by, happened_at
      FROM jsonb_to_record(said) AS row (
           id uuid, what text, since timestamptz, ongoing boolean, system_id uuid, service text, place text,
           patient_safety text, data_protection text, symptom text, tried text, message_ids text[], units_hit integer,
           users_hit integer, contact text, reported_by text);
    INSERT INTO public.disturbance_answer (id, main_connector_id, disturbance_id, fact, answer, basis, reason,
                                           answered_by, answered_at)
    SELECT row.id, of_main_connector, taken, row.fact, row.answer, 'report', row.reason, said ->> 'reported_by',
           happened_at
      FROM jsonb_to_recordset(answers) AS row (id uuid, fact text, answer text, reason text);
    INSERT INTO public.disturbance_duty (
           id, main_connector_id, disturbance_id, tenancy_id, rule, round, tries, purpose, addressee, source, counted_from,
           due_at, explanation, state, channel, note, settled_by, state_at, made_at, version)
    SELECT row.id, of_main_connector, taken, row.tenancy_id, row.rule, 1, 1, 'first', row.addressee, row.source,
           row.counted_from, row.due_at, row.explanation, row.state, row.channel, row.note, row.settled_by, happened_at,
           happened_at, 1
      FROM jsonb_to_recordset(duties) AS row (
           id uuid, tenancy_id uuid, rule text, addressee text, source text, counted_from timestamptz,
           due_at timestamptz, explanation jsonb, state text, channel text, note text, settled_by text)
        ON CONFLICT ON CONSTRAINT disturbance_duty_once DO NOTHING;
    INSERT INTO public.promise (id, main_connector_id, tenancy_id, key, kind, subject, owner, due_at, rule, title, facts,
                                explanation, made_at)
    SELECT row.id, of_main_connector, row.tenancy_id, row.key, row.kind, row.subject, row.owner, row.due_at, row.rule,
           row.title, row.facts, row.explanation, row.made_at
      FROM jsonb_to_recordset(promises) AS row (
           id uuid, tenancy_id uuid, key text, kind text, subject text, owner text, due_at timestamptz, rule text,
           title jsonb, facts jsonb, explanation jsonb, made_at timestamptz)
        ON CONFLICT ON CONSTRAINT promise_key DO NOTHING;
    PERFORM public.record_act(of_main_connector, of_tenancy, happened_at, entry_text, message_id, message_kind,
                              message_body);
    RETURN QUERY SELECT taken, (said ->> 'id')::uuid, false;
END
$$;

-- Across realms, for whoever watches: disturbances that nobody has acknowledged, and those for which nobody is left.
CREATE FUNCTION disturbance_figures() RETURNS TABLE (waiting bigint, unreached bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT count(*), count(*) FILTER (WHERE unreached_at IS NOT NULL)
      FROM public.disturbance
     WHERE state = 'reported'
$$;
REVOKE ALL ON FUNCTION disturbance_take_in, disturbance_figures FROM PUBLIC;
GRANT EXECUTE ON FUNCTION disturbance_take_in, disturbance_figures TO kanta_service;

-- What a tenant's key may allow grew.
ALTER TABLE access_key
    DROP CONSTRAINT access_key_of_a_tenant,
    ADD CONSTRAINT access_key_of_a_tenant CHECK (tenancy_id IS NULL OR permissions <@ ARRAY[
        'parties.read', 'parties.write', 'agreements.read', 'agreements.sign', 'agreements.end', 'keys.manage',
        'journal.read', 'promises.read', 'promises.keep', 'messages.read', 'messages.manage', 'calendar.manage',
        'trust.read', 'systems.read', 'certificates.read', 'disturbances.read', 'disturbances.report']);
