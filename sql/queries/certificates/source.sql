-- Sources of certificates, and where each has which.
-- Read by kanta_tenancy/certificates/inventory/store/sources.py; rows are
-- kanta_tenancy.certificates.inventory.model.Source unless it says otherwise.

-- name: open
-- Hold the source of a name until the transaction ends, made when there is none.
INSERT INTO certificate_source (id, main_connector_id, kind, name, read_every_hours, last_tried_at, created_at)
VALUES (:id, :main_connector_id, :kind, :name, :read_every_hours, :at, :at)
    ON CONFLICT (main_connector_id, kind, name) WHERE ended_at IS NULL
    DO UPDATE SET last_tried_at = EXCLUDED.last_tried_at,
                  read_every_hours = coalesce(EXCLUDED.read_every_hours, certificate_source.read_every_hours)
RETURNING id, kind, name, read_every_hours, last_tried_at, last_read_at, trouble, certificates, ended_at, version,
          created_at;

-- name: save
-- Write a later state of a source that the transaction holds; no row comes back.
UPDATE certificate_source
   SET read_every_hours = :read_every_hours, last_read_at = :last_read_at, trouble = :trouble,
       certificates = :certificates, ended_at = :ended_at, version = :version
 WHERE main_connector_id = :main_connector_id
   AND id = :source_id;

-- name: add_places
-- Say where a source has certificates; those places where it was known to have them stay. Rows are Added.
INSERT INTO certificate_place (id, main_connector_id, certificate_id, source_id, place, since)
SELECT new.id, :main_connector_id, new.certificate_id, :source_id, new.place, :at
  FROM unnest(:ids::uuid[], :certificate_ids::uuid[], :places::text[]) AS new (id, certificate_id, place)
    ON CONFLICT (source_id, place, certificate_id) WHERE until IS NULL DO NOTHING
RETURNING certificate_id, NOT EXISTS (SELECT
                                        FROM certificate_place AS other
                                       WHERE other.main_connector_id = :main_connector_id
                                         AND other.certificate_id = certificate_place.certificate_id
                                         AND other.source_id = :source_id
                                         AND other.until IS NULL) AS first;

-- name: add_other_places
-- Say where a source that the transaction holds has certificates, beside the places that it was read to have; no row
-- comes back.
INSERT INTO certificate_place (id, main_connector_id, certificate_id, source_id, place, since)
SELECT new.id, :main_connector_id, new.certificate_id, :source_id, new.place, :at
  FROM unnest(:ids::uuid[], :certificate_ids::uuid[], :places::text[]) AS new (id, certificate_id, place);

-- name: places_still
-- Where a source has certificates; rows are Still.
SELECT id, certificate_id, place
  FROM certificate_place
 WHERE source_id = :source_id
   AND until IS NULL;

-- name: end_places
-- Say that a source has certificates no more where it had them; no row comes back.
UPDATE certificate_place
   SET until = :at
 WHERE id = ANY (:ids::uuid[])
   AND until IS NULL;

-- name: places_of
-- Where a certificate is and was, the oldest first; rows are Place.
SELECT place.source_id, source.kind AS source_kind, source.name AS source, place.place, place.since, place.until
  FROM certificate_place AS place
  JOIN certificate_source AS source ON source.id = place.source_id
 WHERE place.main_connector_id = :main_connector_id
   AND place.certificate_id = :certificate_id
 ORDER BY place.since, place.id;

-- name: page
-- A page of the sources that somebody reads still, by their id.
SELECT id, kind, name, read_every_hours, last_tried_at, last_read_at, trouble, certificates, ended_at, version, created_at
  FROM certificate_source
 WHERE main_connector_id = :main_connector_id
   AND ended_at IS NULL
   AND id > :after
 ORDER BY id
 LIMIT :count;

-- name: lock
-- Hold one source until the transaction ends, and read it.
SELECT id, kind, name, read_every_hours, last_tried_at, last_read_at, trouble, certificates, ended_at, version, created_at
  FROM certificate_source
 WHERE main_connector_id = :main_connector_id
   AND id = :source_id
   FOR UPDATE;
