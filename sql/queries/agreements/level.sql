-- The levels of signatures, and the revisions of documents that come of raising them.
-- Read by kanta_tenancy/agreements/store/levels.py.

-- name: raise
-- Put down that a signature has reached a level; the database lets none sink. Rows are Raised.
UPDATE agreement_signature
   SET level = :level
 WHERE agreement_id = :agreement_id
   AND party = :party
   AND position = :position
RETURNING level;

-- name: want
-- Say to which level a signature is to come, which is another than when it was accepted.
UPDATE agreement_signature
   SET level_wanted = :level
 WHERE agreement_id = :agreement_id
   AND party = :party
   AND position = :position;

-- name: earlier
-- The earlier revisions of a document with so many signatures, newest first: what somebody may have signed; rows are
-- Document.
SELECT signatures, revision, sha256, content, at
  FROM agreement_document
 WHERE agreement_id = :agreement_id
   AND signatures = :signatures
   AND revision < :revision
 ORDER BY revision DESC;

-- name: owed
-- A page of signatures that are to reach a higher level than they have, in their order; rows are Place.
SELECT signature.agreement_id, signature.party, signature.position
  FROM agreement_signature AS signature
  JOIN agreement ON agreement.id = signature.agreement_id
 WHERE signature.main_connector_id = :main_connector_id
   AND (signature.level = 'B' AND signature.level_wanted IN ('T', 'LT')
        OR signature.level = 'T' AND signature.level_wanted = 'LT')
   AND agreement.status <> 'withdrawn'
   AND (signature.agreement_id, signature.party, signature.position) > (:agreement_id, :party, :position::smallint)
 ORDER BY signature.agreement_id, signature.party, signature.position
 LIMIT :count;
