-- why:   a warning that is put down is in one index for people less: what is open was in the index of the list and in that of
--        what nobody was told of, now it is in either (docs/decisions/0031-certificates-are-swept-in-windows.md)
-- locks: certificate_warning while two indexes over what is open are built
SET LOCAL lock_timeout = '3s';

DROP INDEX certificate_warning_open;
DROP INDEX certificate_warning_untold;
-- The list, the most urgent first, merges the two; the first alone is what is to be told.
CREATE INDEX certificate_warning_untold ON certificate_warning (main_connector_id, ends_on, certificate_id)
    WHERE state = 'open' AND told_at IS NULL;
CREATE INDEX certificate_warning_told ON certificate_warning (main_connector_id, ends_on, certificate_id)
    WHERE state = 'open' AND told_at IS NOT NULL;
