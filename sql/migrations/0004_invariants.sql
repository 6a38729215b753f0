-- why:   the nightly job counts what must never be, in every realm, and sees numbers only (docs/jobs.md)
-- locks: none held by a running service (a new function)
SET LOCAL lock_timeout = '3s';

CREATE FUNCTION invariants_broken() RETURNS TABLE (name text, rows bigint)
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
    WITH counted (name, rows) AS (
        SELECT 'message given up', count(*) FROM public.outbox WHERE state = 'dead'
        UNION ALL
        SELECT 'chain that does not end at its head', count(*)
          FROM public.journal_head AS head
         WHERE NOT EXISTS (SELECT FROM public.journal_entry AS entry
                            WHERE entry.chain = head.chain
                              AND entry.sequence = head.sequence
                              AND entry.digest = head.digest)
        UNION ALL
        SELECT 'agreement in force without an original and a receipt for each party', count(*)
          FROM public.agreement
         WHERE status = 'in_force'
           AND (SELECT count(*) FROM public.agreement_receipt AS receipt
                  JOIN public.agreement_document AS document
                    ON document.agreement_id = receipt.agreement_id AND document.sha256 = receipt.sha256
                 WHERE receipt.agreement_id = agreement.id) <> 2
        UNION ALL
        SELECT 'agreement in force that a signatory has not signed', count(*)
          FROM public.agreement
         WHERE status = 'in_force'
           AND (SELECT count(*) FROM public.agreement_signature AS signature
                 WHERE signature.agreement_id = agreement.id) <> jsonb_array_length(signatories)
        UNION ALL
        SELECT 'document whose bytes are not those of its digest', count(*)
          FROM public.agreement_document
         WHERE encode(sha256(content), 'hex') <> sha256
    )
    SELECT counted.name, counted.rows FROM counted WHERE counted.rows > 0
$$;
REVOKE ALL ON FUNCTION invariants_broken FROM PUBLIC;
GRANT EXECUTE ON FUNCTION invariants_broken TO kanta_service;
