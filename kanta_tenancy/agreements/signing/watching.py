"""Whoever signed here is watched: the revocation data of the certificate is kept fresh until it expires."""

import asyncio
from uuid import UUID

from kanta_tenancy import trust
from kanta_tenancy.agreements.store import agreements
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.outbox import Message


async def watch_signer(tx: Transaction, message: Message) -> None:
    """Watch the certificate that an agreement was signed with; subscribes to `agreement.signed`.

    A tenant's act cannot do it, since what is watched is the main connector's. One that leads to nobody who is trusted
    has no authority that could be asked.
    """
    judging = await trust.judging(tx, tx.scope.main_connector_id, message.at)
    if not judging.anchors:
        return
    agreement_id = AgreementId(UUID(str(message.body["agreement_id"])))
    agreement = await agreements.find(tx, agreement_id)
    place = (message.body["party"], message.body["position"])
    signers = {one.certificate_sha256 for one in agreement.signatures if (one.party, one.position) == place}
    if signers == {None}:
        return  # it is on paper
    document = await agreements.newest_document(tx, agreement_id)
    report = await asyncio.to_thread(judging.of, document.content, at=message.at)
    for one in report.signatures:
        if one.fingerprint in signers:
            for path in one.paths:
                if path[0] == one.signer_certificate:
                    await trust.watch(tx, path, at=message.at)
