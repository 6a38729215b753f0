-- Documents that the service filled, sealed and keeps: added once, never changed.
-- Read by kanta_tenancy/papers/store.py; rows are kanta_tenancy.papers.model.KeptPaper unless it says otherwise.

-- name: add
-- Keep a document, unless another one says the same already; then no row comes back. Rows are Added.
INSERT INTO paper (id, main_connector_id, tenancy_id, about, language, title, said_sha256, sha256, size, certificate,
                   content, made_by, made_at)
VALUES (:id, :main_connector_id, :tenancy_id, :about, :language, :title, :said_sha256, :sha256, :size, :certificate,
        :content, :made_by, :made_at)
ON CONFLICT ON CONSTRAINT paper_once DO NOTHING
RETURNING id;

-- name: same
-- The document that says this of this in this language.
SELECT id, tenancy_id, about, language, title, said_sha256, sha256, size, certificate, made_by, made_at
  FROM paper
 WHERE main_connector_id = :main_connector_id
   AND about = :about
   AND language = :language
   AND said_sha256 = :said_sha256;

-- name: page
-- A page of the documents about something, newest first.
SELECT id, tenancy_id, about, language, title, said_sha256, sha256, size, certificate, made_by, made_at
  FROM paper
 WHERE main_connector_id = :main_connector_id
   AND about = :about
   AND id < :before
 ORDER BY id DESC
 LIMIT :count;

-- name: find
-- One document about something, with its bytes; rows are PaperWithContent.
SELECT id, tenancy_id, about, language, title, said_sha256, sha256, size, certificate, made_by, made_at, content
  FROM paper
 WHERE main_connector_id = :main_connector_id
   AND about = :about
   AND id = :id;

-- name: kept
-- One document of the scope, with its bytes; rows are PaperWithContent.
SELECT id, tenancy_id, about, language, title, said_sha256, sha256, size, certificate, made_by, made_at, content
  FROM paper
 WHERE main_connector_id = :main_connector_id
   AND id = :id;

-- name: every
-- All documents about these, with their bytes, the oldest first; rows are PaperWithContent.
SELECT id, tenancy_id, about, language, title, said_sha256, sha256, size, certificate, made_by, made_at, content
  FROM paper
 WHERE main_connector_id = :main_connector_id
   AND about = ANY (:abouts::text[])
 ORDER BY id;
