-- Yearly looks into Soteri; what is owed stands among promises.
-- Read by kanta_tenancy/agreements/looks/store.py.

-- name: one_at_a_time
-- Let what is owed of one party's looks be worked out by one transaction after the other; no row comes back.
SELECT pg_advisory_xact_lock(uuid_hash_extended(:organisation_id, 36));
