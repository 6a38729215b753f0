-- Mandates of those who sign, and which of them the signatories of an offer sign by.
-- Read by kanta_tenancy/agreements/mandates/store.py; rows are kanta_tenancy.agreements.mandates.model.Mandate unless
-- it says otherwise.

-- name: insert
-- Keep what was put down.
INSERT INTO mandate (id, main_connector_id, tenancy_id, organisation_id, party, person, ground, words, exhibit_id,
                     valid_from, valid_until, recorded_at, recorded_by, version)
VALUES (:id, :main_connector_id, :tenancy_id, :organisation_id, :party, :person, :ground, :words, :exhibit_id,
        :valid_from, :valid_until, :recorded_at, :recorded_by, :version);

-- name: find
-- One of them.
SELECT id, tenancy_id, organisation_id, party, person, ground, words, exhibit_id, valid_from, valid_until, recorded_at,
       recorded_by, ended_on, ended_because, ended_at, ended_by, version
  FROM mandate
 WHERE id = :mandate_id;

-- name: hold
-- One of them, which is not ended before the transaction is.
SELECT id, tenancy_id, organisation_id, party, person, ground, words, exhibit_id, valid_from, valid_until, recorded_at,
       recorded_by, ended_on, ended_because, ended_at, ended_by, version
  FROM mandate
 WHERE id = :mandate_id
   FOR SHARE;

-- name: these
-- Several by their ids, which are not ended before the transaction is.
SELECT id, tenancy_id, organisation_id, party, person, ground, words, exhibit_id, valid_from, valid_until, recorded_at,
       recorded_by, ended_on, ended_because, ended_at, ended_by, version
  FROM mandate
 WHERE main_connector_id = :main_connector_id
   AND id = ANY (:mandate_ids::uuid[])
 ORDER BY id
   FOR SHARE;

-- name: newest
-- A page of a realm's, newest first, after an identifier; of one tenancy or of all. The longest page is written out, as
-- in agreement.sql.
SELECT id, tenancy_id, organisation_id, party, person, ground, words, exhibit_id, valid_from, valid_until, recorded_at,
       recorded_by, ended_on, ended_because, ended_at, ended_by, version
  FROM (SELECT *
          FROM mandate
         WHERE main_connector_id = :main_connector_id
           AND (:tenancy_id::uuid IS NULL OR tenancy_id = :tenancy_id)
           AND id < :before
         ORDER BY id DESC
         LIMIT 201) AS page
 ORDER BY id DESC
 LIMIT :count;

-- name: save_end
-- Write that one does not hold any more; no row means a lost update.
UPDATE mandate
   SET ended_on = :ended_on, ended_because = :ended_because, ended_at = :ended_at, ended_by = :ended_by,
       version = :version
 WHERE id = :id
   AND version = :version - 1
RETURNING id, tenancy_id, organisation_id, party, person, ground, words, exhibit_id, valid_from, valid_until,
          recorded_at, recorded_by, ended_on, ended_because, ended_at, ended_by, version;

-- name: insert_use
-- Say by which mandate a signatory of an offer signs.
INSERT INTO signatory_mandate (id, main_connector_id, tenancy_id, agreement_id, party, position, mandate_id)
VALUES (:id, :main_connector_id, :tenancy_id, :agreement_id, :party, :position, :mandate_id);

-- name: running_out
-- Mandates whose last day comes until a day, or has come, by which somebody is still to sign; soonest first; rows are
-- RunsOut.
SELECT used.id, used.mandate_id, used.agreement_id, agreement.reference, used.tenancy_id, used.party,
       least(mandate.valid_until, mandate.ended_on - 1) AS last_day
  FROM mandate
  JOIN signatory_mandate AS used ON used.mandate_id = mandate.id
  JOIN agreement ON agreement.id = used.agreement_id
   AND agreement.main_connector_id = used.main_connector_id
 WHERE mandate.main_connector_id = :main_connector_id
   AND (:tenancy_id::uuid IS NULL OR used.tenancy_id = :tenancy_id)
   AND least(mandate.valid_until, mandate.ended_on - 1) <= :until
   AND (least(mandate.valid_until, mandate.ended_on - 1), used.id) > (:after_day, :after_id)
   AND agreement.status IN ('offered', 'partly_signed')
   AND NOT EXISTS (SELECT FROM agreement_signature AS signature
                    WHERE signature.agreement_id = used.agreement_id
                      AND signature.party = used.party
                      AND signature.position = used.position)
 ORDER BY least(mandate.valid_until, mandate.ended_on - 1), used.id
 LIMIT :count;
