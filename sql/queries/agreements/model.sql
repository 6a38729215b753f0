-- The main connector's own model agreements, frozen when they were imported.
-- Read by kanta_tenancy/agreements/models/store.py.

-- name: insert
-- Freeze a template; its name, version and language are taken once.
INSERT INTO agreement_model (id, main_connector_id, name, version, language, content, content_sha256, clauses, imported_at)
VALUES (:id, :main_connector_id, :name, :version, :language, :content, :content_sha256, :clauses, :imported_at);

-- name: listed
-- Every frozen template of the realm, without its file; rows are FrozenModel.
SELECT name, version, language, content_sha256, clauses, imported_at
  FROM agreement_model
 ORDER BY name, version, language;

-- name: file
-- The file of one template; rows are ModelFile.
SELECT content, content_sha256
  FROM agreement_model
 WHERE name = :name
   AND version = :version
   AND language = :language;

-- name: languages
-- The languages in which the realm has a template of its own; rows are InLanguage.
SELECT language
  FROM agreement_model
 WHERE name = :name
   AND version = :version;
