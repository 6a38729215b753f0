-- why:   reports that are in flight at the same time are taken in in one transaction, each in the scope that it came from
--        (docs/decisions/0035; K4.1a)
-- locks: none
SET LOCAL lock_timeout = '3s';

-- Open ones of the same system or service that the scope sees, newest first: the same event, perhaps.
CREATE FUNCTION disturbance_similar(
    of_main_connector uuid, other_than uuid, of_system uuid, of_service text, most integer
) RETURNS SETOF disturbance
    LANGUAGE sql STABLE
AS $$
    SELECT *
      FROM public.disturbance
     WHERE main_connector_id = of_main_connector
       AND state IN ('reported', 'acknowledged', 'planned')
       AND id <> other_than
       AND (system_id = of_system OR service = of_service)
     ORDER BY id DESC
     LIMIT most
$$;

-- Take in the reports that came at the same time, each in the scope that it came from, and find what is similar to each.
-- Locks are taken in one order, so that two of these never wait for each other: those of contents, then of chains.
CREATE FUNCTION disturbance_take_in_each(reports jsonb, most_similar integer)
    RETURNS TABLE (number bigint, disturbance_id uuid, report_id uuid, repeated boolean, similar_ones jsonb)
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    one record;
BEGIN
    PERFORM pg_advisory_xact_lock(content.lock)
       FROM (SELECT DISTINCT hashtextextended(
                    coalesce(report ->> 'tenancy_id', report ->> 'main_connector_id')
                    || (report #>> '{said,content_sha256}'), 24) AS lock
               FROM jsonb_array_elements(reports) AS report
              ORDER BY 1) AS content;
    FOR one IN
        SELECT report.*, each.ordinality
          FROM jsonb_array_elements(reports) WITH ORDINALITY AS each,
               jsonb_to_record(each.value) AS report (
                   main_connector_id uuid, tenancy_id uuid, at timestamptz, same_within interval, said jsonb, opens jsonb,
                   answers jsonb, duties jsonb, promises jsonb, entry text, message_id uuid, message_kind text,
                   message_body jsonb)
         ORDER BY coalesce(report.tenancy_id, report.main_connector_id), each.ordinality
    LOOP
        PERFORM set_config('kanta.main_connector', one.main_connector_id::text, true),
                set_config('kanta.tenancy', coalesce(one.tenancy_id::text, '*'), true);
        number := one.ordinality;
        SELECT taken.* INTO STRICT disturbance_id, report_id, repeated
          FROM public.disturbance_take_in(
               one.main_connector_id, one.tenancy_id, one.at, one.same_within, one.said, one.opens, one.answers,
               one.duties, one.promises, one.entry, one.message_id, one.message_kind, one.message_body) AS taken;
        similar_ones := '[]';
        IF one.said ->> 'system_id' IS NOT NULL OR one.said ->> 'service' IS NOT NULL THEN
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                       'id', found.id, 'state', found.state, 'title', found.title, 'since', found.since,
                       'system_id', found.system_id, 'service', found.service)), '[]')
              INTO similar_ones
              FROM public.disturbance_similar(
                   one.main_connector_id, disturbance_id, (one.said ->> 'system_id')::uuid, one.said ->> 'service',
                   most_similar) AS found;
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;

REVOKE ALL ON FUNCTION disturbance_take_in_each, disturbance_similar FROM PUBLIC;
GRANT EXECUTE ON FUNCTION disturbance_take_in_each, disturbance_similar TO kanta_service;
