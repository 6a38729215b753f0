-- Seals on receipts: added once, never changed.
-- Read by kanta_tenancy/agreements/receipts/store.py.

-- name: insert
-- Keep the seal on a receipt, unless somebody else was first; no row comes back.
INSERT INTO agreement_receipt_seal (agreement_id, party, main_connector_id, tenancy_id, seal, sealed_at)
VALUES (:agreement_id, :party, :main_connector_id, :tenancy_id, :seal, :sealed_at)
ON CONFLICT (agreement_id, party) DO NOTHING;

-- name: unsealed
-- A page of agreements with a receipt that is not sealed, by identifier; rows are Unsealed.
SELECT DISTINCT receipt.agreement_id, receipt.tenancy_id
  FROM agreement_receipt AS receipt
 WHERE receipt.main_connector_id = :main_connector_id
   AND receipt.agreement_id > :after
   AND NOT EXISTS (SELECT FROM agreement_receipt_seal AS sealed
                    WHERE sealed.agreement_id = receipt.agreement_id
                      AND sealed.party = receipt.party)
 ORDER BY receipt.agreement_id
 LIMIT :count;
