-- why:   reports that are in flight together are written by one statement for all of them, not by seven for each: to
--        begin and end those was most of what a report cost; and keys are looked up for all that call at the same time
--        (docs/decisions/0035; K4.1a)
-- locks: none
SET LOCAL lock_timeout = '3s';

DROP FUNCTION disturbance_take_in_each(jsonb, integer);
DROP FUNCTION disturbance_take_in;

-- Put entries at the ends of their chains, as record_act() does with one. Heads are locked in one order, so that two of
-- these never wait for each other. Nobody but functions of the owner calls it: they see to it whose chain an entry is for.
CREATE FUNCTION record_acts(of_realms uuid[], of_tenancies uuid[], happened_at timestamptz[], entry_texts text[])
    RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    act         record;
    of_chain    uuid;
    last_number bigint;
    last_digest bytea;
    places      bigint[] := '{}';    -- where among the arguments the entries stand that were sealed
    numbers     bigint[] := '{}';
    seals       bytea[] := '{}';
BEGIN
    INSERT INTO public.journal_head (chain, main_connector_id, tenancy_id, sequence, digest)
    SELECT made.chain, made.realm, made.tenancy_id, 0, sha256(uuid_send(made.chain))
      FROM (SELECT DISTINCT coalesce(tenancy_id, realm) AS chain, realm, tenancy_id
              FROM unnest(of_realms, of_tenancies) AS each (realm, tenancy_id)) AS made
     WHERE NOT EXISTS (SELECT FROM public.journal_head AS head WHERE head.chain = made.chain)
        ON CONFLICT (chain) DO NOTHING;
    FOR act IN
        SELECT head.chain, head.sequence, head.digest, made.entry, made.place
          FROM (SELECT held.chain, held.sequence, held.digest
                  FROM public.journal_head AS held
                 WHERE held.chain IN (SELECT coalesce(tenancy_id, realm)
                                        FROM unnest(of_realms, of_tenancies) AS each (realm, tenancy_id))
                 ORDER BY held.chain
                   FOR UPDATE) AS head
          JOIN unnest(of_realms, of_tenancies, entry_texts) WITH ORDINALITY AS made (realm, tenancy_id, entry, place)
            ON coalesce(made.tenancy_id, made.realm) = head.chain
         ORDER BY head.chain, made.place
    LOOP
        IF act.chain IS DISTINCT FROM of_chain THEN
            of_chain := act.chain;
            last_number := act.sequence;
            last_digest := act.digest;
        END IF;
        last_number := last_number + 1;
        last_digest := sha256(last_digest || int8send(last_number) || convert_to(act.entry, 'UTF8'));
        places := places || act.place;
        numbers := numbers || last_number;
        seals := seals || last_digest;
    END LOOP;
    WITH sealed AS MATERIALIZED (
        SELECT coalesce(of_tenancies[place], of_realms[place]) AS chain, sequence, digest, place
          FROM unnest(numbers, seals, places) AS each (sequence, digest, place)),
    entered AS (
        INSERT INTO public.journal_entry (chain, sequence, main_connector_id, tenancy_id, at, entry, digest)
        SELECT chain, sequence, of_realms[place], of_tenancies[place], happened_at[place], entry_texts[place], digest
          FROM sealed)
    UPDATE public.journal_head AS head
       SET sequence = last.sequence, digest = last.digest
      FROM (SELECT DISTINCT ON (chain) chain, sequence, digest FROM sealed ORDER BY chain, sequence DESC) AS last
     WHERE head.chain = last.chain;
END
$$;

-- Open ones of the same system or service that the main connector, or one tenant of it, sees, newest first: the same event,
-- perhaps. The same rows as disturbance_similar() finds under row-level security, for reports of several scopes at once.
CREATE FUNCTION disturbance_similar_for(
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
       FROM public.disturbance_party AS party
       JOIN public.disturbance AS seen ON seen.main_connector_id = party.main_connector_id
                                      AND seen.id = party.disturbance_id
      WHERE party.main_connector_id = of_main_connector
        AND party.tenancy_id = of_tenancy
        AND seen.state IN ('reported', 'acknowledged', 'planned')
        AND seen.id <> other_than
        AND (seen.system_id = of_system OR seen.service = of_service)
      ORDER BY party.disturbance_id DESC
      LIMIT most)
$$;

-- Take in reports that came at the same time, with all that follows from each at once: the disturbance that it opens or
-- joins, what was drawn from it, duties and promises, journal and message; and find what is similar to each. The same
-- content of the same holder within a while is one report: then nothing is written. What is open already is looked for as
-- the database stood before, so those that are in flight together are not offered to each other.
--
-- Within a scope it takes in that scope's reports only. Where none is set the service answers for the scope of each, as it
-- does whenever it sets one: it knows it from the key that the report came with. Reports bring rows that only the main
-- connector may see, and of more than one scope, so this is the owner's function.
--
-- Locks are taken in one order, so that two of these never wait for each other: those of contents, then of chains.
--
-- To plan these statements takes longer than to run them, so that is done once for a connection, whatever comes. In a storm
-- the tables were small then: each row is looked for by an index from the beginning, and the newest of a tenant's
-- disturbances are read in their order, not all of them.
CREATE FUNCTION disturbance_take_in(
    reports json, answers json, explanations json, duties json, promises json, most_similar integer
) RETURNS TABLE (number integer, disturbance_id uuid, report_id uuid, repeated boolean, similar_ones jsonb)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
    SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_bitmapscan = off
AS $$
#variable_conflict use_column
DECLARE
    one     record;
    realms  uuid[] := '{}';    -- of those that are new
    tenants uuid[] := '{}';
    times   timestamptz[] := '{}';
    entries text[] := '{}';
BEGIN
    IF public.scope_main_connector() IS NOT NULL
       AND EXISTS (SELECT FROM json_to_recordset(reports) AS row (main_connector_id uuid, tenancy_id uuid)
                    WHERE row.main_connector_id IS DISTINCT FROM public.scope_main_connector()
                       OR NOT (public.scope_is_whole_realm()
                               OR coalesce(row.tenancy_id = public.scope_tenancy(), false))) THEN
        RAISE insufficient_privilege USING MESSAGE = 'a report is taken in within the scope that it came from';
    END IF;
    PERFORM pg_advisory_xact_lock(content.lock)
       FROM (SELECT DISTINCT hashtextextended(coalesce(row.tenancy_id, row.main_connector_id) || row.content_sha256, 24)
                    AS lock
               FROM json_to_recordset(reports) AS row (main_connector_id uuid, tenancy_id uuid, content_sha256 text)
              ORDER BY 1) AS content;
    FOR one IN
    WITH said AS MATERIALIZED (
        SELECT row.*, decode(row.content_sha256, 'hex') AS digest, coalesce(row.tenancy_id, row.main_connector_id) AS holder
          FROM json_to_recordset(reports) AS row (
               number integer, id uuid, main_connector_id uuid, disturbance_id uuid, opens boolean, tenancy_id uuid,
               content_sha256 text, what text, since timestamptz, ongoing boolean, system_id uuid, service text, place text,
               patient_safety text, data_protection text, symptom text, tried text, message_ids text[], units_hit integer,
               users_hit integer, contact text, reported_by text, at timestamptz, same_within interval,
               entry text, message_id uuid, message_kind text, message_body jsonb)),
    standing AS MATERIALIZED (    -- the report that each is: its own, one that came before, or the first of the same here
        SELECT said.*,
               before.id IS NULL AND first_value(said.number) OVER same = said.number AS is_new,
               coalesce(before.id, first_value(said.id) OVER same) AS stands,
               coalesce(before.disturbance_id, first_value(said.disturbance_id) OVER same) AS stands_for
          FROM said
          LEFT JOIN LATERAL (
               SELECT kept.id, kept.disturbance_id
                 FROM public.disturbance_report AS kept
                WHERE kept.main_connector_id = said.main_connector_id
                  AND kept.holder = said.holder
                  AND kept.content_sha256 = said.digest
                  AND kept.reported_at > said.at - said.same_within
                ORDER BY kept.reported_at
                LIMIT 1) AS before ON true
        WINDOW same AS (PARTITION BY said.main_connector_id, said.holder, said.digest ORDER BY said.number)),
    fresh AS MATERIALIZED (SELECT * FROM standing WHERE is_new),
    opened AS (
        INSERT INTO public.disturbance (id, main_connector_id, tenancy_id, kind, state, since, system_id, service,
                                        reported_at, detected_at, version)
        SELECT disturbance_id, main_connector_id, tenancy_id, 'disturbance', 'reported', since, system_id, service, at, at, 1
          FROM fresh
         WHERE opens),
    concerned AS (
        INSERT INTO public.disturbance_party (main_connector_id, disturbance_id, tenancy_id, reported)
        SELECT DISTINCT main_connector_id, disturbance_id, tenancy_id, true
          FROM fresh
         WHERE tenancy_id IS NOT NULL
            ON CONFLICT (main_connector_id, disturbance_id, tenancy_id) DO UPDATE SET reported = true),
    reported AS (
        INSERT INTO public.disturbance_report (
               id, main_connector_id, disturbance_id, tenancy_id, content_sha256, what, since, ongoing, system_id, service,
               place, patient_safety, data_protection, symptom, tried, message_ids, units_hit, users_hit, contact,
               reported_by, reported_at)
        SELECT id, main_connector_id, disturbance_id, tenancy_id, digest, what, since, ongoing, system_id, service,
               place, patient_safety, data_protection, symptom, tried, message_ids, units_hit, users_hit, contact,
               reported_by, at
          FROM fresh),
    answered AS (
        INSERT INTO public.disturbance_answer (id, main_connector_id, disturbance_id, fact, answer, basis, reason,
                                               answered_by, answered_at)
        SELECT row.id, fresh.main_connector_id, fresh.disturbance_id, row.fact, row.answer, 'report', row.reason,
               fresh.reported_by, fresh.at
          FROM json_to_recordset(answers) AS row (report integer, id uuid, fact text, answer text, reason text)
          JOIN fresh ON fresh.number = row.report),
    owed AS (
        INSERT INTO public.disturbance_duty (
               id, main_connector_id, disturbance_id, tenancy_id, rule, round, tries, purpose, addressee, source,
               counted_from, due_at, explanation, state, channel, note, settled_by, state_at, made_at, version)
        SELECT row.id, fresh.main_connector_id, fresh.disturbance_id, row.tenancy_id, row.rule, 1, 1, 'first',
               row.addressee, row.source, row.counted_from, row.due_at, why.explanation, row.state, row.channel, row.note,
               row.settled_by, fresh.at, fresh.at, 1
          FROM json_to_recordset(duties) AS row (
               report integer, id uuid, tenancy_id uuid, rule text, addressee text, source text, counted_from timestamptz,
               due_at timestamptz, explained integer, state text, channel text, note text, settled_by text)
          JOIN fresh ON fresh.number = row.report
          JOIN json_to_recordset(explanations) AS why (number integer, explanation jsonb) ON why.number = row.explained
            ON CONFLICT ON CONSTRAINT disturbance_duty_once DO NOTHING
        RETURNING id, explanation),
    promised AS (
        INSERT INTO public.promise (id, main_connector_id, tenancy_id, key, kind, subject, owner, due_at, rule, title,
                                    facts, explanation, made_at)
        SELECT row.id, fresh.main_connector_id, row.tenancy_id, row.key, row.kind, row.subject, row.owner, row.due_at,
               row.rule, row.title, row.facts, CASE WHEN row.explained THEN owed.explanation END, fresh.at
          FROM json_to_recordset(promises) AS row (
               report integer, id uuid, tenancy_id uuid, key text, kind text, subject text, owner text, due_at timestamptz,
               rule text, title jsonb, facts jsonb, duty uuid, explained boolean)
          JOIN fresh ON fresh.number = row.report
          LEFT JOIN owed ON owed.id = row.duty
         WHERE row.duty IS NULL
            OR owed.id IS NOT NULL    -- nobody promises a duty that was there before
            ON CONFLICT ON CONSTRAINT promise_key DO NOTHING),
    announced AS (
        INSERT INTO public.outbox (id, main_connector_id, tenancy_id, kind, body, at, next_at)
        SELECT message_id, main_connector_id, tenancy_id, message_kind, message_body, at, at
          FROM fresh)
    SELECT standing.number, standing.stands, standing.stands_for, standing.is_new, standing.main_connector_id,
           standing.tenancy_id, standing.at, standing.entry, open.ones
      FROM standing
      LEFT JOIN LATERAL (
           SELECT jsonb_agg(jsonb_build_object(
                      'id', found.id, 'state', found.state, 'title', found.title, 'since', found.since,
                      'system_id', found.system_id, 'service', found.service) ORDER BY found.id DESC) AS ones
             FROM public.disturbance_similar_for(
                  standing.main_connector_id, standing.tenancy_id, standing.stands_for, standing.system_id,
                  standing.service, most_similar) AS found
            WHERE standing.system_id IS NOT NULL
               OR standing.service IS NOT NULL) AS open ON true
     ORDER BY standing.number
    LOOP
        number := one.number;
        disturbance_id := one.stands_for;
        report_id := one.stands;
        repeated := NOT one.is_new;
        similar_ones := coalesce(one.ones, '[]');
        RETURN NEXT;
        IF one.is_new THEN
            realms := realms || one.main_connector_id;
            tenants := tenants || one.tenancy_id;
            times := times || one.at;
            entries := entries || one.entry;
        END IF;
    END LOOP;
    IF cardinality(realms) > 0 THEN
        PERFORM public.record_acts(realms, tenants, times, entries);
    END IF;
END
$$;

REVOKE ALL ON FUNCTION record_acts, disturbance_similar_for, disturbance_take_in FROM PUBLIC;
GRANT EXECUTE ON FUNCTION disturbance_take_in TO kanta_service;

-- Across realms: whom each of these keys belongs to and what its secret's digest is, for all that call at the same time in
-- one round trip. A contact's key is good while the contact is one. A key that is not there has no row.
DROP FUNCTION access_key_find;
CREATE FUNCTION access_keys_find(key_ids uuid[], on_day date)
    RETURNS TABLE (id uuid, main_connector_id uuid, tenancy_id uuid, contact_id uuid, system_name text,
                   permissions text[], secret_sha256 bytea, expires_at timestamptz, revoked_at timestamptz,
                   holder_valid boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT key.id, key.main_connector_id, key.tenancy_id, key.contact_id, key.system_name,
           key.permissions, key.secret_sha256, key.expires_at, key.revoked_at,
           key.contact_id IS NULL
           OR EXISTS (SELECT FROM public.contact AS holder
                       WHERE holder.id = key.contact_id
                         AND daterange(holder.valid_from, holder.valid_until) @> on_day)
      FROM public.access_key AS key
     WHERE key.id = ANY (key_ids)
$$;
REVOKE ALL ON FUNCTION access_keys_find FROM PUBLIC;
GRANT EXECUTE ON FUNCTION access_keys_find TO kanta_service;
