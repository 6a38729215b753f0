-- why:   the offers of a campaign may be signed by the main connector's key beside the service, as soon as they are made
-- locks: campaign, for an instant (a column with a constant default)
SET LOCAL lock_timeout = '3s';

ALTER TABLE campaign ADD COLUMN sign_with_own_key boolean NOT NULL DEFAULT false;
