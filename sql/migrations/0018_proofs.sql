-- why:   receipts of originals are sealed, so that a party can show its own without the database; and the seal on the
--        manifest of a proof bundle is kept, so that the same content gives the same bundle for ever
-- locks: none held by a running service (new tables)
SET LOCAL lock_timeout = '3s';

-- The service's seal on a receipt; made by an instance that has the seal's keys, soon after the receipt.
CREATE TABLE agreement_receipt_seal (
    agreement_id      uuid        NOT NULL,
    party             text        NOT NULL,
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid        NOT NULL,
    seal              text        NOT NULL,
    sealed_at         timestamptz NOT NULL,
    PRIMARY KEY (agreement_id, party),
    FOREIGN KEY (agreement_id, party) REFERENCES agreement_receipt (agreement_id, party),
    FOREIGN KEY (main_connector_id, tenancy_id, agreement_id) REFERENCES agreement (main_connector_id, tenancy_id, id)
);

-- The service's seal on the manifest of a proof bundle.
CREATE TABLE proof_seal (
    agreement_id      uuid        NOT NULL,
    manifest_sha256   text        NOT NULL CHECK (manifest_sha256 ~ '^[0-9a-f]{64}$'),
    main_connector_id uuid        NOT NULL,
    tenancy_id        uuid        NOT NULL,
    seal              text        NOT NULL,
    sealed_at         timestamptz NOT NULL,
    PRIMARY KEY (agreement_id, manifest_sha256),
    FOREIGN KEY (main_connector_id, tenancy_id, agreement_id) REFERENCES agreement (main_connector_id, tenancy_id, id)
);

ALTER TABLE agreement_receipt_seal ENABLE ROW LEVEL SECURITY;
ALTER TABLE proof_seal ENABLE ROW LEVEL SECURITY;

CREATE POLICY scope ON agreement_receipt_seal USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY scope ON proof_seal USING (
    main_connector_id = (SELECT scope_main_connector())
    AND ((SELECT scope_is_whole_realm()) OR tenancy_id = (SELECT scope_tenancy())));
CREATE POLICY main_connector_adds ON agreement_receipt_seal AS RESTRICTIVE FOR INSERT
    WITH CHECK ((SELECT scope_is_whole_realm()));

-- Only ever added.
GRANT SELECT, INSERT ON agreement_receipt_seal, proof_seal TO kanta_service;
