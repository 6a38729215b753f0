-- Certificates of conformity, the files that show them, and the warnings before they end.
-- Read by kanta_tenancy/systems/store/certificates.py; what rows are stands with each.

-- name: insert
-- Write a certificate; no row comes back.
INSERT INTO conformity_certificate (id, system_id, main_connector_id, kind, issuer, number, granted_on, last_day,
                                    recorded_at, stands_since, turns)
VALUES (:id, :system_id, :main_connector_id, :kind, :issuer, :number, :granted_on, :last_day, :recorded_at,
        :stands_since, :turns);

-- name: save
-- Write whether a certificate stands, and that it was withdrawn.
UPDATE conformity_certificate
   SET stands_since = :stands_since, turns = :turns, withdrawn_at = :withdrawn_at,
       withdrawn_because = :withdrawn_because
 WHERE main_connector_id = :main_connector_id
   AND id = :id;

-- name: ending
-- A page of the certificates that stand and end before a day, by last day, with the system of each; rows are
-- EndingCertificate. The longest page is written out so that one plan serves every page.
SELECT page.id, page.system_id, system.name AS system, system.state, page.kind, page.issuer, page.number,
       page.granted_on, page.last_day, page.stands_since, page.turns,
       ARRAY(SELECT days_left FROM conformity_warning AS warning WHERE warning.certificate_id = page.id) AS warned
  FROM (SELECT id, system_id, kind, issuer, number, granted_on, last_day, stands_since, turns
          FROM conformity_certificate
         WHERE main_connector_id = :main_connector_id
           AND stands_since IS NOT NULL
           AND last_day < :before
           AND (last_day, id) > (:after_day, :after_id)
         ORDER BY last_day, id
         LIMIT 201) AS page
 CROSS JOIN LATERAL (
       SELECT name, state
         FROM information_system
        WHERE main_connector_id = :main_connector_id
          AND information_system.id = page.system_id
        LIMIT 1) AS system
 ORDER BY page.last_day, page.id
 LIMIT :count;

-- name: standing
-- One certificate that stands and ends; rows are EndingCertificate.
SELECT certificate.id, certificate.system_id, system.name AS system, system.state, certificate.kind, certificate.issuer,
       certificate.number, certificate.granted_on, certificate.last_day, certificate.stands_since, certificate.turns,
       ARRAY(SELECT days_left FROM conformity_warning AS warning
              WHERE warning.certificate_id = certificate.id) AS warned
  FROM conformity_certificate AS certificate
  JOIN information_system AS system
    ON system.main_connector_id = certificate.main_connector_id AND system.id = certificate.system_id
 WHERE certificate.main_connector_id = :main_connector_id
   AND certificate.id = :certificate_id
   AND certificate.stands_since IS NOT NULL
   AND certificate.last_day IS NOT NULL;

-- name: add_warning
-- Write that a warning was given, or overtaken; no row comes back.
INSERT INTO conformity_warning (certificate_id, days_left, main_connector_id, due_at, decided_at, outcome, people)
VALUES (:certificate_id, :days_left, :main_connector_id, :due_at, :decided_at, :outcome, :people);

-- name: warnings
-- Every warning that was given of a certificate, or overtaken, in their order; rows are Warned.
SELECT days_left, due_at, decided_at, outcome, people
  FROM conformity_warning
 WHERE main_connector_id = :main_connector_id
   AND certificate_id = :certificate_id
 ORDER BY days_left DESC;

-- name: add_document
-- Keep the file that shows a certificate; no row comes back.
INSERT INTO conformity_document (certificate_id, main_connector_id, name, media_type, size, sha256, content, added_at)
VALUES (:certificate_id, :main_connector_id, :name, :media_type, :size, :sha256, :content, :added_at);

-- name: document
-- The file that shows a certificate, without its bytes; rows are Document.
SELECT name, media_type, size, sha256, added_at
  FROM conformity_document
 WHERE main_connector_id = :main_connector_id
   AND certificate_id = :certificate_id;

-- name: content
-- Its bytes; rows are DocumentContent.
SELECT content
  FROM conformity_document
 WHERE main_connector_id = :main_connector_id
   AND certificate_id = :certificate_id;
