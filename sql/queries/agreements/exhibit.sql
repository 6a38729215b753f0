-- Files that show something; only ever added.
-- Read by kanta_tenancy/agreements/exhibits/store.py; rows are kanta_tenancy.agreements.exhibits.model.Exhibit.

-- name: insert
-- Keep a file.
INSERT INTO exhibit (id, main_connector_id, tenancy_id, name, media_type, size, sha256, content, brought_by, added_at)
VALUES (:id, :main_connector_id, :tenancy_id, :name, :media_type, :size, :sha256, :content, :brought_by, :added_at);

-- name: find
-- One file without its bytes.
SELECT id, tenancy_id, name, media_type, size, sha256, brought_by, added_at
  FROM exhibit
 WHERE id = :exhibit_id;

-- name: content
-- The bytes of one file; rows are ExhibitContent.
SELECT content
  FROM exhibit
 WHERE id = :exhibit_id;
