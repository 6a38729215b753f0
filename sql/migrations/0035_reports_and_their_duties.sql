-- why:   a report is taken in with its duties alone, and what it makes the system and people promise follows by its message:
--        in a storm that is half of what was written before the answer; reports that are in flight together can have a
--        transaction each and wait for the disk once; and their journal is written by the statement that writes the rest
--        (docs/decisions/0040; K4.1a)
-- locks: disturbance_report for an instant, while a column without a value is added; disturbance, while an index is dropped
SET LOCAL lock_timeout = '3s';

-- What a report lets one suppose when it opens a disturbance, as it stood then: objects of fact, answer and reason.
ALTER TABLE disturbance_report ADD COLUMN proposes jsonb;

-- Every answer that was given to a question about a disturbance: those that its first report proposes, and all that were
-- given afterwards. An answer with a later id, or of the same id with a later place, is the later one. A tenant sees none.
CREATE VIEW disturbance_given WITH (security_invoker = true) AS
    SELECT id, 0 AS place, main_connector_id, disturbance_id, fact, answer, basis, reason, answered_by, answered_at
      FROM disturbance_answer
     UNION ALL
    SELECT report.id, proposed.place, report.main_connector_id, report.disturbance_id, proposed.fact, proposed.answer,
           'report', proposed.reason, report.reported_by, report.reported_at
      FROM disturbance_report AS report
     CROSS JOIN LATERAL ROWS FROM (
           jsonb_to_recordset(report.proposes) AS (fact text, answer text, reason text)
           ) WITH ORDINALITY AS proposed (fact, answer, reason, place)
     WHERE (SELECT scope_is_whole_realm());
GRANT SELECT ON disturbance_given TO kanta_service;

-- The key of the table has the same columns.
DROP INDEX disturbance_by_time;

DROP FUNCTION disturbance_take_in;
DROP FUNCTION record_acts;

-- The seals of entries that are put at the end of a chain one after the other, as record_act() makes one: each over the
-- seal before it, the first over that of the chain's end.
CREATE FUNCTION journal_seal_next(seal bytea, chain_end bytea, number bigint, entry text) RETURNS bytea
    LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN sha256(coalesce(seal, chain_end) || int8send(number) || convert_to(entry, 'UTF8'));
END
$$;
CREATE AGGREGATE journal_seal(chain_end bytea, number bigint, entry text) (SFUNC = journal_seal_next, STYPE = bytea);

-- Each of a tenant's newest two hundred is looked up by itself until there are enough: a plan that joins two lists would
-- read every open disturbance of the realm, and whoever has none open would read all that it ever had.
CREATE OR REPLACE FUNCTION disturbance_similar_for(
    of_main_connector uuid, of_tenancy uuid, other_than uuid, of_system uuid, of_service text, most integer
) RETURNS SETOF disturbance
    LANGUAGE sql STABLE
AS $$
    (SELECT *
       FROM public.disturbance
      WHERE of_tenancy IS NULL
        AND main_connector_id = of_main_connector
        AND state IN ('reported', 'acknowledged', 'planned')
        AND id <> other_than
        AND (system_id = of_system OR service = of_service)
      ORDER BY id DESC
      LIMIT most)
    UNION ALL
    (SELECT seen.*
       FROM (SELECT newest.main_connector_id, newest.disturbance_id
               FROM public.disturbance_party AS newest
              WHERE newest.main_connector_id = of_main_connector
                AND newest.tenancy_id = of_tenancy
                AND newest.disturbance_id <> other_than
              ORDER BY newest.disturbance_id DESC
              LIMIT 200) AS party
      CROSS JOIN LATERAL (
            SELECT *
              FROM public.disturbance AS one
             WHERE one.main_connector_id = party.main_connector_id
               AND one.id = party.disturbance_id
               AND one.state IN ('reported', 'acknowledged', 'planned')
               AND (one.system_id = of_system OR one.service = of_service)
             LIMIT 1) AS seen
      ORDER BY party.disturbance_id DESC
      LIMIT most)
$$;

-- Take in reports that came at the same time, no two of one content or joining one disturbance, each with the disturbance
-- that it opens or joins, its duties, journal and message; and find what is similar to each. Promises, and explanations in
-- full, follow by the message.
-- The same content of the same holder within a while is one report: then nothing is written. One that was taken in before,
-- and is tried again since nobody told so, is no repetition. What is open already is looked for as the database stood
-- before, so those that are in flight together are not offered to each other.
--
-- Within a scope it takes in that scope's reports only. Where none is set the service answers for the scope of each, as it
-- does whenever it sets one: it knows it from the key that the report came with. Reports bring rows that only the main
-- connector may see, and of more than one scope, so this is the owner's function.
--
-- The keys that reports came with were looked up before, perhaps a while ago. Here they are looked at again: what a key
-- that was closed meanwhile reports is not written.
--
-- Locks are taken in one order, so that two of these never wait for each other: those of contents, as they are given, then
-- of what they join or name, as every act has it before its entry in the journal, then of chains. Whoever joins a
-- disturbance holds it, so that what is there already is there for sure.
--
-- To plan these statements takes longer than to run them, so that is done once for a connection, whatever comes. In a storm
-- the tables were small then: each row is looked for by an index from the beginning, and the newest of a tenant's
-- disturbances are read in their order, not all of them.
CREATE FUNCTION disturbance_take_in(
    reports json, duties json, contents bigint[], holders uuid[], named uuid[], keys uuid[], now_is timestamptz,
    on_day date, most_similar integer, OUT taken json
)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
DECLARE
    content  bigint;
    locked   text;
    unheaded boolean;
    closed   boolean;
    any_new  boolean;
BEGIN
    IF public.scope_main_connector() IS NOT NULL THEN
        IF EXISTS (SELECT FROM json_to_recordset(reports) AS row (main_connector_id uuid, tenancy_id uuid)
                    WHERE row.main_connector_id IS DISTINCT FROM public.scope_main_connector()
                       OR NOT (public.scope_is_whole_realm()
                               OR coalesce(row.tenancy_id = public.scope_tenancy(), false))) THEN
            RAISE insufficient_privilege USING MESSAGE = 'a report is taken in within the scope that it came from';
        END IF;
    END IF;
    FOREACH content IN ARRAY contents LOOP
        locked := pg_advisory_xact_lock(content)::text;    -- an expression: that is cheaper than a statement
    END LOOP;
    IF cardinality(named) > 0 THEN
        PERFORM FROM public.disturbance WHERE id = ANY (named) ORDER BY id FOR NO KEY UPDATE;
        PERFORM FROM public.information_system WHERE id = ANY (named) ORDER BY id FOR KEY SHARE;
        UPDATE public.disturbance_party
           SET reported = true
         WHERE disturbance_id = ANY (named)
           AND tenancy_id = ANY (holders)
           AND NOT reported;
    END IF;
    SELECT EXISTS (SELECT FROM unnest(holders) AS holder
                    WHERE NOT EXISTS (SELECT FROM public.journal_head WHERE chain = holder)),
           EXISTS (SELECT FROM unnest(keys) AS of_reporter
                    WHERE NOT EXISTS (
                          SELECT FROM public.access_key AS key
                           WHERE key.id = of_reporter
                             AND key.revoked_at IS NULL
                             AND key.expires_at > now_is
                             AND key.permissions @> ARRAY['disturbances.report']
                             AND (key.contact_id IS NULL
                                  OR EXISTS (SELECT FROM public.contact AS holder
                                              WHERE holder.id = key.contact_id
                                                AND daterange(holder.valid_from, holder.valid_until) @> on_day))))
      INTO unheaded, closed;
    IF closed THEN
        RAISE 'a report came with a key that is good no more' USING ERRCODE = 'KT001';
    END IF;
    IF unheaded THEN
        INSERT INTO public.journal_head (chain, main_connector_id, tenancy_id, sequence, digest)
        SELECT DISTINCT coalesce(row.tenancy_id, row.main_connector_id), row.main_connector_id, row.tenancy_id, 0,
               sha256(uuid_send(coalesce(row.tenancy_id, row.main_connector_id)))
          FROM json_to_recordset(reports) AS row (main_connector_id uuid, tenancy_id uuid)
         ORDER BY 1
            ON CONFLICT (chain) DO NOTHING;
    END IF;
    WITH said AS MATERIALIZED (
        SELECT row.*, decode(row.content_sha256, 'hex') AS digest, coalesce(row.tenancy_id, row.main_connector_id) AS holder
          FROM json_to_recordset(reports) AS row (
               number integer, id uuid, main_connector_id uuid, disturbance_id uuid, opens boolean, tenancy_id uuid,
               content_sha256 text, what text, since timestamptz, ongoing boolean, system_id uuid, service text, place text,
               patient_safety text, data_protection text, symptom text, tried text, message_ids text[], units_hit integer,
               users_hit integer, contact text, proposes jsonb, reported_by text, at timestamptz, same_within interval,
               entry text, message_id uuid, message_kind text, message_body jsonb)),
    standing AS MATERIALIZED (    -- the report that each is: its own, or one that came before
        SELECT said.*, before.id IS NULL AS is_new, coalesce(before.id, said.id) AS stands,
               coalesce(before.disturbance_id, said.disturbance_id) AS stands_for
          FROM said
          LEFT JOIN LATERAL (
               SELECT kept.id, kept.disturbance_id
                 FROM public.disturbance_report AS kept
                WHERE kept.main_connector_id = said.main_connector_id
                  AND kept.holder = said.holder
                  AND kept.content_sha256 = said.digest
                  AND kept.reported_at > said.at - said.same_within
                ORDER BY kept.reported_at
                LIMIT 1) AS before ON true),
    fresh AS MATERIALIZED (SELECT * FROM standing WHERE is_new),
    opened AS (
        INSERT INTO public.disturbance (id, main_connector_id, tenancy_id, kind, state, since, system_id, service,
                                        reported_at, detected_at, version)
        SELECT disturbance_id, main_connector_id, tenancy_id, 'disturbance', 'reported', since, system_id, service, at, at, 1
          FROM fresh
         WHERE opens),
    concerned AS (
        INSERT INTO public.disturbance_party (main_connector_id, disturbance_id, tenancy_id, reported)
        SELECT main_connector_id, disturbance_id, tenancy_id, true
          FROM fresh
         WHERE tenancy_id IS NOT NULL
           AND (opens
                OR NOT EXISTS (SELECT FROM public.disturbance_party AS there
                                WHERE there.main_connector_id = fresh.main_connector_id
                                  AND there.disturbance_id = fresh.disturbance_id
                                  AND there.tenancy_id = fresh.tenancy_id))),
    reported AS (
        INSERT INTO public.disturbance_report (
               id, main_connector_id, disturbance_id, tenancy_id, content_sha256, what, since, ongoing, system_id, service,
               place, patient_safety, data_protection, symptom, tried, message_ids, units_hit, users_hit, contact,
               proposes, reported_by, reported_at)
        SELECT id, main_connector_id, disturbance_id, tenancy_id, digest, what, since, ongoing, system_id, service,
               place, patient_safety, data_protection, symptom, tried, message_ids, units_hit, users_hit, contact,
               proposes, reported_by, at
          FROM fresh),
    owed AS (
        INSERT INTO public.disturbance_duty (
               id, main_connector_id, disturbance_id, tenancy_id, rule, round, tries, purpose, addressee, source,
               counted_from, due_at, explanation, state, channel, note, settled_by, state_at, made_at, version)
        SELECT row.id, fresh.main_connector_id, fresh.disturbance_id, row.tenancy_id, row.rule, 1, 1, 'first',
               row.addressee, row.source, row.counted_from, row.due_at, row.explanation, row.state, row.channel, row.note,
               row.settled_by, fresh.at, fresh.at, 1
          FROM json_to_recordset(duties) AS row (
               report integer, id uuid, tenancy_id uuid, rule text, addressee text, source text, counted_from timestamptz,
               due_at timestamptz, explanation jsonb, state text, channel text, note text, settled_by text)
          JOIN fresh ON fresh.number = row.report
         WHERE fresh.opens
            OR NOT EXISTS (SELECT FROM public.disturbance_duty AS there
                            WHERE there.main_connector_id = fresh.main_connector_id
                              AND there.disturbance_id = fresh.disturbance_id
                              AND there.holder = coalesce(row.tenancy_id, fresh.main_connector_id)
                              AND there.rule = row.rule
                              AND there.round = 1)),
    announced AS (
        INSERT INTO public.outbox (id, main_connector_id, tenancy_id, kind, body, at, next_at)
        SELECT message_id, main_connector_id, tenancy_id, message_kind, message_body, at, at
          FROM fresh),
    ends AS MATERIALIZED (
        SELECT chain, sequence, digest
          FROM public.journal_head
         WHERE chain IN (SELECT holder FROM fresh)
         ORDER BY chain
           FOR UPDATE),
    numbered AS (
        SELECT fresh.holder, fresh.main_connector_id, fresh.tenancy_id, fresh.at, fresh.entry, ends.digest AS chain_end,
               ends.sequence + row_number() OVER (PARTITION BY fresh.holder ORDER BY fresh.number) AS number
          FROM fresh
          JOIN ends ON ends.chain = fresh.holder),
    sealed AS MATERIALIZED (
        SELECT numbered.*, public.journal_seal(chain_end, number, entry) OVER (PARTITION BY holder ORDER BY number) AS seal
          FROM numbered),
    entered AS (
        INSERT INTO public.journal_entry (chain, sequence, main_connector_id, tenancy_id, at, entry, digest)
        SELECT holder, number, main_connector_id, tenancy_id, at, entry, seal
          FROM sealed),
    ended AS (
        UPDATE public.journal_head AS head
           SET sequence = last.number, digest = last.seal
          FROM (SELECT DISTINCT ON (holder) holder, number, seal FROM sealed ORDER BY holder, number DESC) AS last
         WHERE head.chain = last.holder)
    SELECT json_agg(json_build_object(
               'disturbance_id', standing.stands_for, 'report_id', standing.stands,
               'repeated', standing.stands <> standing.id, 'similar_ones', coalesce(open.ones, '[]'))
               ORDER BY standing.number),
           bool_or(standing.is_new)
      INTO taken, any_new
      FROM standing
      LEFT JOIN LATERAL (
           SELECT json_agg(json_build_object(
                      'id', found.id, 'state', found.state, 'title', found.title, 'since', found.since,
                      'system_id', found.system_id, 'service', found.service) ORDER BY found.id DESC) AS ones
             FROM public.disturbance_similar_for(
                  standing.main_connector_id, standing.tenancy_id, standing.stands_for, standing.system_id,
                  standing.service, most_similar) AS found
            WHERE standing.system_id IS NOT NULL
               OR standing.service IS NOT NULL) AS open ON true;
    IF NOT any_new THEN    -- then nothing waits for the disk, and the report that came before may not be there yet
        PERFORM pg_logical_emit_message(true, 'kanta', '');
    END IF;
END
$$;

-- Do so with each of several reports in a transaction of its own, in one round trip. None of them waits for the disk; a
-- last transaction waits for all, since what is flushed is flushed up to it. So whoever is answered has it on the disk.
CREATE PROCEDURE disturbance_take_in_each(
    reports json[], duties json[], contents bigint[], holders uuid[], keys uuid[], now_is timestamptz, on_day date,
    most_similar integer, INOUT taken json
)
    LANGUAGE plpgsql
AS $$
DECLARE
    told json[] := '{}';
BEGIN
    FOR each IN 1 .. cardinality(reports) LOOP
        PERFORM set_config('synchronous_commit', 'off', true);
        told := told || (public.disturbance_take_in(
            reports[each], duties[each], ARRAY[contents[each]], ARRAY[holders[each]], '{}',
            array_remove(ARRAY[keys[each]], NULL), now_is, on_day, most_similar) -> 0);
        COMMIT;
    END LOOP;
    PERFORM pg_logical_emit_message(true, 'kanta', '');
    COMMIT;
    taken := array_to_json(told);
END
$$;

-- Across realms: open disturbances of which a report brought something that nobody has promised, since its message was
-- given up, or was handed to an older program; and whether nobody is called to it.
CREATE FUNCTION disturbance_unfollowed(before timestamptz, most integer)
    RETURNS TABLE (id uuid, main_connector_id uuid, uncalled boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT found.id, found.main_connector_id, found.uncalled
      FROM (SELECT open.id, open.main_connector_id,
                   open.state = 'reported'
                   AND NOT EXISTS (SELECT FROM public.promise AS owed
                                    WHERE owed.main_connector_id = open.main_connector_id
                                      AND owed.key = 'disturbance.call/' || open.id) AS uncalled,
                   EXISTS (SELECT FROM public.disturbance_duty AS duty
                            WHERE duty.main_connector_id = open.main_connector_id
                              AND duty.disturbance_id = open.id
                              AND duty.explanation -> 'steps' = '[]'
                              AND duty.made_at <= before) AS outlined
              FROM public.disturbance AS open
             WHERE open.state IN ('reported', 'acknowledged', 'planned')
               AND open.reported_at <= before) AS found
     WHERE found.uncalled
        OR found.outlined
     LIMIT most
$$;

REVOKE ALL ON FUNCTION journal_seal_next, journal_seal, disturbance_take_in, disturbance_unfollowed FROM PUBLIC;
REVOKE ALL ON PROCEDURE disturbance_take_in_each FROM PUBLIC;
GRANT EXECUTE ON FUNCTION disturbance_take_in, disturbance_unfollowed TO kanta_service;
GRANT EXECUTE ON PROCEDURE disturbance_take_in_each TO kanta_service;
