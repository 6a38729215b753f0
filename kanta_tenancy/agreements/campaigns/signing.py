"""Offers of a campaign that the main connector's key signs: owed with the offer, signed by any instance, once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.agreements import lifecycle, owing
from kanta_tenancy.agreements.campaigns import progress
from kanta_tenancy.agreements.drafting.errors import EvidenceMissing
from kanta_tenancy.agreements.mandates.errors import MandateEnded, MandateExpired, MandateNotBegun
from kanta_tenancy.agreements.model import Agreement, Party, Status
from kanta_tenancy.agreements.signing import actions as signing
from kanta_tenancy.agreements.signing.actions import OwnKey
from kanta_tenancy.agreements.signing.errors import SignatureRefused, SigningKeyMissing
from kanta_tenancy.agreements.store import agreements
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.machinery.ooxml.errors import CannotSign
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.promises import Expected, Keeper, Kept, NotNow, Outcome, Promise, Released

_OPEN: Final = frozenset({Status.OFFERED, Status.PARTLY_SIGNED})
# Each may be otherwise when it is tried again: a key is put in its place, a look into the register is put down.
_NOT_NOW: Final = (
    SigningKeyMissing,
    CannotSign,
    SignatureRefused,
    EvidenceMissing,
    MandateNotBegun,
    MandateExpired,
    MandateEnded,
)


def signer(own_key: OwnKey) -> Keeper:
    """Return the keeper of `campaign.signature`.

    Args:
        own_key: finds the main connector's organisation key beside the service.
    """

    async def sign(tx: Transaction, clock: Clock, promise: Promise) -> Outcome:
        agreement = await agreements.hold(tx, AgreementId(UUID(promise.subject.partition("/")[2])))
        if agreement.status not in _OPEN or not lifecycle.waits_for(agreement, Party.MAIN_CONNECTOR):
            return Released(because="nothing is left for the main connector to sign")
        try:
            return await _sign(tx, clock, agreement, own_key)
        except _NOT_NOW as why:
            raise NotNow(why.detail) from why

    return sign


async def _sign(tx: Transaction, clock: Clock, agreement: Agreement, own_key: OwnKey) -> Outcome:
    on = await signing.ground(tx, clock, agreement_id=agreement.id, version=agreement.version)
    position = next(who.position for who in lifecycle.unsigned(agreement) if who.party is Party.MAIN_CONNECTOR)
    at = clock.now()
    accepted = await asyncio.to_thread(signing.signed_here, on, own_key, tx.scope, position=position, at=at)
    await signing.add_signature(tx, agreement_id=agreement.id, accepted=accepted)
    return Kept(result={"signed_at": at.isoformat(), "certificate": accepted.signature.certificate_sha256})


async def signatures_expected(tx: Transaction, _: datetime) -> AsyncIterator[Expected]:
    """Say which signatures there should be: one for each offer of such a campaign that the key has not signed."""
    after: AgreementId | None = None
    while found := await progress.unsigned_here(tx, after=after):
        for one in found:
            yield Expected(key=owing.signature_key(one), subject=owing.subject(one), due_at=one.offered_at)
        after = found[-1].id
