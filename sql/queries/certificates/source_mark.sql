-- Sources of certificates, as the watch looks at them.
-- Read by kanta_tenancy/certificates/watching/store/sources.py; rows are
-- kanta_tenancy.certificates.watching.model.SourceStanding unless it says otherwise.

-- name: page
-- A page of the sources that somebody reads, by id; servers are watched apart.
SELECT source.id, source.kind, source.name, source.read_every_hours, source.last_tried_at, source.last_read_at,
       source.trouble, source.certificates, source.created_at,
       (SELECT most FROM certificate_source_mark AS mark WHERE mark.source_id = source.id) AS most
  FROM certificate_source AS source
 WHERE source.main_connector_id = :main_connector_id
   AND source.id > :after
   AND source.kind IN ('import', 'trust_anchors')
   AND source.ended_at IS NULL
 ORDER BY source.id
 LIMIT :count;

-- name: find
-- One source, whatever it is.
SELECT source.id, source.kind, source.name, source.read_every_hours, source.last_tried_at, source.last_read_at,
       source.trouble, source.certificates, source.created_at,
       (SELECT most FROM certificate_source_mark AS mark WHERE mark.source_id = source.id) AS most
  FROM certificate_source AS source
 WHERE source.main_connector_id = :main_connector_id
   AND source.id = :source_id;

-- name: raise
-- Say that sources had so many certificates; a smaller number than was known changes nothing, and no row comes back.
INSERT INTO certificate_source_mark (source_id, main_connector_id, most)
SELECT id, :main_connector_id, most
  FROM unnest(:ids::uuid[], :most::integer[]) AS seen (id, most)
    ON CONFLICT (source_id) DO UPDATE SET most = excluded.most
                               WHERE certificate_source_mark.most < excluded.most;

-- name: accept
-- Say that a source has as many certificates as it should; no row comes back.
UPDATE certificate_source_mark
   SET most = :most
 WHERE main_connector_id = :main_connector_id
   AND source_id = :source_id;
