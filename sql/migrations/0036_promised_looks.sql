-- why:   the yearly look into Soteri is promised (docs/capabilities/agreements.md; K1.2); reminders of offers come in the
--        mail of their day, and a reminder of what is done by then is not told (docs/capabilities/messages.md); a past day of
--        a tenancy shows what the parties were called then; a campaign is written anew while it is a draft
-- locks: outbox and rescission while an index over few of their rows is built; notice for the moment in which a column is
--        added; reminders of offers that are owed, until the end
SET LOCAL lock_timeout = '3s';

-- What was looked up before this is made known once more, for each party, so that its next look is promised.
INSERT INTO outbox (id, main_connector_id, tenancy_id, kind, body, at, next_at)
SELECT gen_random_uuid(), main_connector_id, tenancy_id, 'soteri_evidence.changed',
       jsonb_build_object('type', 'soteri_evidence.changed', 'evidence_id', id, 'organisation_id', organisation_id,
                          'at', now()), now(), now()
  FROM (SELECT DISTINCT ON (main_connector_id, organisation_id) main_connector_id, organisation_id, tenancy_id, id
          FROM soteri_evidence
         ORDER BY main_connector_id, organisation_id, id DESC) AS newest;

-- A reminder of an offer was put down at nine, after the mail of the day; it is now before that.
UPDATE promise
   SET due_at = due_at - interval '2 hours', version = version + 1
 WHERE kind = 'campaign.reminder'
   AND state = 'owed';

-- A notice may name what it is about while it waits, such as a promise; when that is over, the notice is withdrawn.
ALTER TABLE notice ADD COLUMN about text CHECK (length(about) BETWEEN 1 AND 200);

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
                               subject, lines, facts, urgent, told_at, due_at, about)
    SELECT one.id, of_main_connector, one.tenancy_id, one.key, one.contact_id, one.name, one.email, one.language,
           one.topic, one.subject, one.lines, one.facts, one.urgent, happened_at, one.due_at, one.about
      FROM jsonb_to_recordset(told) AS one (id uuid, tenancy_id uuid, key text, contact_id uuid, name text, email text,
                                            language text, topic text, subject jsonb, lines jsonb, facts jsonb,
                                            urgent boolean, due_at timestamptz, about text)
    ON CONFLICT (main_connector_id, key) DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;

-- Withdraw notices of the scope's realm; what a mail has taken stays.
CREATE FUNCTION notice_withdraw(ids uuid[]) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH gone AS (
        DELETE FROM public.notice
         WHERE id = ANY (ids)
           AND main_connector_id = public.scope_main_connector()
           AND public.scope_is_whole_realm()
           AND message_id IS NULL
        RETURNING 1)
    SELECT count(*) FROM gone
$$;

-- What both parties of a tenancy were called on a day, for whoever holds the tenancy; before the first name that is known,
-- by that one.
CREATE FUNCTION party_names(of_tenancy uuid, on_day date) RETURNS TABLE (role text, organisation_id uuid, name text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    SELECT side.role, party.id, coalesce(called.name, party.name)
      FROM public.tenancy
      JOIN public.main_connector AS realm ON realm.main_connector_id = tenancy.main_connector_id
     CROSS JOIN LATERAL (VALUES ('main_connector', realm.organisation_id),
                                ('tenant', tenancy.organisation_id)) AS side (role, organisation_id)
      JOIN public.organisation AS party ON party.id = side.organisation_id
      LEFT JOIN LATERAL (
           SELECT known.name
             FROM public.organisation_name AS known
            WHERE known.organisation_id = party.id
            ORDER BY known.since > on_day, CASE WHEN known.since <= on_day THEN known.since END DESC, known.since
            LIMIT 1) AS called ON true
     WHERE tenancy.tenancy_id = of_tenancy
       AND tenancy.main_connector_id = public.scope_main_connector()
       AND (public.scope_is_whole_realm() OR tenancy.tenancy_id = public.scope_tenancy())
$$;
REVOKE ALL ON FUNCTION notice_withdraw, party_names FROM PUBLIC;
GRANT EXECUTE ON FUNCTION notice_withdraw, party_names TO kanta_service;

-- A campaign that was not started can be written anew.
GRANT UPDATE (name, model, model_version, signatories, services, registers, cohorts, remind_after, sign_with_own_key)
   ON campaign TO kanta_service;
CREATE FUNCTION campaign_refuse_change() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'campaign %: what it says does not change once it was started', OLD.id
        USING CONSTRAINT = 'campaign_frozen';
END
$$;
CREATE TRIGGER campaign_frozen BEFORE UPDATE ON campaign FOR EACH ROW
    WHEN (OLD.status <> 'draft' AND (
          OLD.name, OLD.model, OLD.model_version, OLD.signatories, OLD.services, OLD.registers, OLD.cohorts,
          OLD.remind_after, OLD.sign_with_own_key)
          IS DISTINCT FROM (
          NEW.name, NEW.model, NEW.model_version, NEW.signatories, NEW.services, NEW.registers, NEW.cohorts,
          NEW.remind_after, NEW.sign_with_own_key))
    EXECUTE FUNCTION campaign_refuse_change();

-- What was given up, for whoever has it handed on again.
CREATE INDEX outbox_dead ON outbox (main_connector_id, at, id) WHERE state = 'dead';

-- Rescissions of which a tenant is told in writing: the audit looks whether each was promised.
CREATE INDEX rescission_confirmed ON rescission (main_connector_id, id) WHERE confirmed_at IS NOT NULL;
