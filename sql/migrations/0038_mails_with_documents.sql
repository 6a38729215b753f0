-- why:   a notice can name a file that some room keeps, such as a sealed document for an addressee, and the mail carries
--        it (docs/capabilities/messages.md; K4.1b); the bytes are read when it is sent and never copied here
-- locks: notice for an instant, to add a column that is empty
SET LOCAL lock_timeout = '3s';

ALTER TABLE notice ADD COLUMN attached jsonb;    -- what keeps it, name in fi, sv, en, type, size, SHA-256; null: nothing

-- As before, with what is attached.
CREATE OR REPLACE FUNCTION notice_tell(of_main_connector uuid, happened_at timestamptz, told jsonb) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    written bigint;
BEGIN
    IF of_main_connector IS DISTINCT FROM public.scope_main_connector()
       OR EXISTS (SELECT FROM jsonb_to_recordset(told) AS one (tenancy_id uuid)
                   WHERE NOT (public.scope_is_whole_realm()
                              OR coalesce(one.tenancy_id = public.scope_tenancy(), false))) THEN
        RAISE insufficient_privilege USING MESSAGE = 'a notice is told in the scope that it is about';
    END IF;
    INSERT INTO public.notice (id, main_connector_id, tenancy_id, key, contact_id, name, email, language, topic,
                               subject, lines, facts, urgent, told_at, due_at, about, attached)
    SELECT one.id, of_main_connector, one.tenancy_id, one.key, one.contact_id, one.name, one.email, one.language,
           one.topic, one.subject, one.lines, one.facts, one.urgent, happened_at, one.due_at, one.about,
           nullif(one.attached, 'null'::jsonb)
      FROM jsonb_to_recordset(told) AS one (id uuid, tenancy_id uuid, key text, contact_id uuid, name text, email text,
                                            language text, topic text, subject jsonb, lines jsonb, facts jsonb,
                                            urgent boolean, due_at timestamptz, about text, attached jsonb)
    ON CONFLICT (main_connector_id, key) DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;
