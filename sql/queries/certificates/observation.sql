-- What watched servers did.
-- Read by kanta_tenancy/certificates/watching/store/observations.py; rows are
-- kanta_tenancy.certificates.watching.model.Observation unless it says otherwise.

-- name: last
-- What a server did last.
SELECT id, stage, trouble, detail, chain, served, protocol, cipher, client_asked, address, first_at, last_at, times
  FROM certificate_observation
 WHERE main_connector_id = :main_connector_id
   AND endpoint_id = :endpoint_id
 ORDER BY id DESC
 LIMIT 1;

-- name: insert
-- Write what a server does otherwise than before; no row comes back.
INSERT INTO certificate_observation (id, main_connector_id, endpoint_id, stage, trouble, detail, chain, served, protocol,
                                     cipher, client_asked, address, first_at, last_at, times)
VALUES (:id, :main_connector_id, :endpoint_id, :stage, :trouble, :detail, :chain, :served, :protocol, :cipher,
        :client_asked, :address, :at, :at, 1);

-- name: again
-- Write that it did the same again; no row comes back.
UPDATE certificate_observation
   SET detail = :detail, address = :address, last_at = greatest(last_at, :at), times = times + 1
 WHERE main_connector_id = :main_connector_id
   AND id = :id;

-- name: page
-- A page of what a server did, newest first.
SELECT id, stage, trouble, detail, chain, served, protocol, cipher, client_asked, address, first_at, last_at, times
  FROM certificate_observation
 WHERE main_connector_id = :main_connector_id
   AND endpoint_id = :endpoint_id
   AND id < :before
 ORDER BY id DESC
 LIMIT :count;
