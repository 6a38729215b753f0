"""Offers of a campaign that the main connector's key signs: owed with the offer, signed by any instance, once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.agreements import lifecycle, owing
from kanta_tenancy.agreements.campaigns import progress
from kanta_tenancy.agreements.drafting.errors import EvidenceMissing
from kanta_tenancy.agreements.errors import AgreementChanged
from kanta_tenancy.agreements.mandates.errors import MandateEnded, MandateExpired, MandateNotBegun
from kanta_tenancy.agreements.model import Agreement, Party, Status
from kanta_tenancy.agreements.signing import actions as signing
from kanta_tenancy.agreements.signing.acceptance import Accepted
from kanta_tenancy.agreements.signing.actions import OwnKey
from kanta_tenancy.agreements.signing.errors import LevelNotReached, SignatureRefused, SigningKeyMissing
from kanta_tenancy.agreements.signing.raising import Outside, reach
from kanta_tenancy.agreements.store import agreements
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.machinery.ooxml.errors import CannotSign
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.promises import Errand, Expected, Kept, NotNow, Outcome, Promise, Released

_OPEN: Final = frozenset({Status.OFFERED, Status.PARTLY_SIGNED})
# Each may be otherwise when it is tried again: a key is put in its place, a look into the register is put down.
_NOT_NOW: Final = (
    AgreementChanged,  # somebody signed, just now
    LevelNotReached,
    SigningKeyMissing,
    CannotSign,
    SignatureRefused,
    EvidenceMissing,
    MandateNotBegun,
    MandateExpired,
    MandateEnded,
)


def signer(own_key: OwnKey, outside: Outside | None = None) -> Errand[Accepted | None]:
    """Return how the promises `campaign.signature` are kept.

    Args:
        own_key: finds the main connector's organisation key beside the service.
        outside: who is asked when a level is required; None: nobody can be.
    """

    async def ask(db: Database, caller: Caller, clock: Clock, promise: Promise) -> Accepted | None:
        agreement_id = _agreement_of(promise)
        try:
            async with db.transaction(caller) as tx:
                agreement = await agreements.find(tx, agreement_id)
                if _is_done(agreement):
                    return None
                on = await signing.ground(tx, clock, agreement_id=agreement_id, version=agreement.version)
            position = next(who.position for who in lifecycle.unsigned(agreement) if who.party is Party.MAIN_CONNECTOR)
            at = clock.now()
            accepted = await asyncio.to_thread(signing.signed_here, on, own_key, caller.scope, position=position, at=at)
            return accepted if outside is None else await reach(accepted, outside, at=at)
        except _NOT_NOW as why:
            raise NotNow(why.detail) from why

    return Errand(ask=ask, keep=_keep)


async def _keep(tx: Transaction, _: Clock, promise: Promise, accepted: Accepted | None) -> Outcome:
    agreement = await agreements.hold(tx, _agreement_of(promise))
    if accepted is None or _is_done(agreement):
        return Released(because="nothing is left for the main connector to sign")
    try:
        await signing.add_signature(tx, agreement_id=agreement.id, accepted=accepted)
    except _NOT_NOW as why:
        raise NotNow(why.detail) from why
    signature = accepted.signature
    return Kept(result={"signed_at": signature.signed_at.isoformat(), "certificate": signature.certificate_sha256})


def _agreement_of(promise: Promise) -> AgreementId:
    return AgreementId(UUID(promise.subject.partition("/")[2]))


def _is_done(agreement: Agreement) -> bool:
    return agreement.status not in _OPEN or not lifecycle.waits_for(agreement, Party.MAIN_CONNECTOR)


async def signatures_expected(tx: Transaction, _: datetime) -> AsyncIterator[Expected]:
    """Say which signatures there should be: one for each offer of such a campaign that the key has not signed."""
    after: AgreementId | None = None
    while found := await progress.unsigned_here(tx, after=after):
        for one in found:
            yield Expected(key=owing.signature_key(one), subject=owing.subject(one), due_at=one.offered_at)
        after = found[-1].id
