-- why:   whom a duty is to tell can be told by a webhook of theirs, at an endpoint that hears of nothing else
--        (docs/capabilities/disturbances.md, docs/capabilities/messages.md; K4.1b)
-- locks: disturbance_duty and webhook_endpoint while their few rows are checked against the new conditions
SET LOCAL lock_timeout = '3s';

ALTER TABLE disturbance_duty
    DROP CONSTRAINT disturbance_duty_channel_check,
    ADD CONSTRAINT disturbance_duty_channel_check CHECK (channel IN ('service', 'mail', 'phone', 'form', 'webhook'));

-- Whoever is told at such an endpoint is somebody outside: no event of the realm goes there, and no tenant makes one.
ALTER TABLE webhook_endpoint
    ADD CONSTRAINT webhook_endpoint_of_an_addressee CHECK (
        NOT kinds @> ARRAY['disturbance.notice'] OR (cardinality(kinds) = 1 AND tenancy_id IS NULL));
