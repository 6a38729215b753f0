-- Signatures, documents and receipts of agreements: written once. How high the level of a signature is may rise
-- (level.sql).
-- Read by kanta_tenancy/agreements/store/agreements.py.

-- name: insert_signature
-- Keep an accepted signature; the table's key lets each signatory sign once.
INSERT INTO agreement_signature (agreement_id, party, position, number, main_connector_id, tenancy_id, signed_at, claimed_at,
                                 certificate_sha256, certificate_subject, manner, mandate_id, signed_on, received_on,
                                 received_by, put_down_by, exhibit_id, level, level_wanted, indication, sub_indication,
                                 trust, revocation)
VALUES (:agreement_id, :party, :position, :number, :main_connector_id, :tenancy_id, :signed_at, :claimed_at,
        :certificate_sha256, :certificate_subject, :manner, :mandate_id, :signed_on, :received_on, :received_by,
        :put_down_by, :exhibit_id, :level, :level_wanted, :indication, :sub_indication, :trust, :revocation);

-- name: insert_later_scan
-- Keep a better scan of a signature on paper, after those that there are.
INSERT INTO later_scan (agreement_id, party, position, number, main_connector_id, tenancy_id, exhibit_id, because, at,
                        put_down_by)
VALUES (:agreement_id, :party, :position, :number, :main_connector_id, :tenancy_id, :exhibit_id, :because, :at,
        :put_down_by);

-- name: insert_document
-- Keep the document with so many signatures, or a later revision of it.
INSERT INTO agreement_document (agreement_id, signatures, revision, main_connector_id, tenancy_id, sha256, content, at)
VALUES (:agreement_id, :signatures, :revision, :main_connector_id, :tenancy_id, :sha256, :content, :at);

-- name: document
-- The newest document of an agreement; rows are Document.
SELECT signatures, revision, sha256, content, at
  FROM agreement_document
 WHERE agreement_id = :agreement_id
 ORDER BY signatures DESC, revision DESC
 LIMIT 1;

-- name: documents
-- Every revision of an agreement's document, the offer first and the newest last; rows are Document.
SELECT signatures, revision, sha256, content, at
  FROM agreement_document
 WHERE agreement_id = :agreement_id
 ORDER BY signatures, revision;

-- name: insert_receipt
-- Say that a party holds its original.
INSERT INTO agreement_receipt (agreement_id, party, main_connector_id, tenancy_id, form, sha256, at)
VALUES (:agreement_id, :party, :main_connector_id, :tenancy_id, :form, :sha256, :at);

-- name: receipts
-- Who holds an original; rows are Receipt.
SELECT receipt.party, receipt.form, receipt.sha256, receipt.at, sealed.seal
  FROM agreement_receipt AS receipt
  LEFT JOIN agreement_receipt_seal AS sealed
    ON sealed.agreement_id = receipt.agreement_id AND sealed.party = receipt.party
 WHERE receipt.agreement_id = :agreement_id
 ORDER BY receipt.party;
