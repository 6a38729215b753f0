"""What a signature lacks of the level that is wanted is added later: owed with its acceptance, kept by asking outside.

The authorities are asked while no transaction is open. What came of it is put into whatever is the newest document by
then, so that a signature that was handed in meanwhile keeps its place.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final

import structlog

from kanta_tenancy import trust
from kanta_tenancy.agreements import history, lifecycle, owing
from kanta_tenancy.agreements.model import Agreement, Document, Signature, Status
from kanta_tenancy.agreements.signing import raising
from kanta_tenancy.agreements.signing.acceptance import line_of
from kanta_tenancy.agreements.signing.raising import Outside
from kanta_tenancy.agreements.store import agreements, levels
from kanta_tenancy.agreements.store.levels import Place
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.errors import CannotUpgrade
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.signing import swapping
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.messages import Notice, readers, tell
from kanta_tenancy.parties import Function
from kanta_tenancy.promises import Errand, Expected, Kept, Later, NotNow, Outcome, Promise, Released
from kanta_tenancy.trust import Judging

PATIENCE: Final = 8  # attempts within twenty minutes, before the administrators are told
AGAIN: Final = timedelta(hours=1)  # after that
SOON: Final = timedelta(minutes=1)  # after a part of it was reached
NOT_RAISED: Final = "agreement.signature_not_raised"
_PAGE: Final = 500

_SUBJECT: Final = Sentence(
    fi="Allekirjoitusta ei saada täydennettyä",
    sv="En underskrift kan inte kompletteras",
    en="A signature cannot be brought to the level that is wanted",
)
_WHAT_TO_DO: Final = Sentence(
    fi="Allekirjoitus on pätevä, mutta se todistaa vähemmän, kun varmenne on vanhentunut. Yritämme tunneittain.",
    sv="Underskriften gäller, men bevisar mindre när certifikatet har löpt ut. Vi försöker varje timme.",
    en="The signature stands, but proves less once its certificate has expired. It is tried again each hour.",
)
_REFERENCE: Final = Sentence(fi="Sopimuksen tunnus", sv="Avtalets referens", en="Agreement reference")
_LEVEL: Final = Sentence(fi="Taso", sv="Nivå", en="Level")
_REASON: Final = Sentence(fi="Syy", sv="Orsak", en="Reason")

log: Final = structlog.get_logger("kanta_tenancy.agreements")


class Found(Record, frozen=True, kw_only=True):
    """What came of asking: another revision of one signature part, or why there is none."""

    wanted: Level
    level: Level
    part: str = ""
    before: bytes = b""
    after: bytes = b""
    reasons: tuple[str, ...] = ()


def upgrade(outside: Outside) -> Errand[Found | None]:
    """Return how the promises `signature.upgrade` are kept."""

    async def ask(db: Database, caller: Caller, clock: Clock, promise: Promise) -> Found | None:
        place = _place(promise)
        async with db.transaction(caller) as tx:
            agreement = await agreements.find(tx, place.agreement_id)
            document = await agreements.newest_document(tx, place.agreement_id)
            judging = await trust.judging(tx, caller.scope.main_connector_id, clock.now())
        signature = _signature(agreement, place)
        wanted = _wanted(signature, judging)
        if agreement.status is Status.WITHDRAWN or wanted is None or signature.level is None:
            return None
        try:
            part = await asyncio.to_thread(_part_of, agreement, place, document.content, clock.now())
            found = await raising.raised(document.content, part, wanted, judging, outside)
        except CannotUpgrade as refusal:
            return Found(wanted=wanted, level=signature.level, reasons=(refusal.detail,))
        before, after = map(swapping.signature_contents, (document.content, found.package))
        return Found(
            wanted=wanted,
            level=found.level,
            part=part,
            before=before[part],
            after=after[part],
            reasons=found.reasons,
        )

    return Errand(ask=ask, keep=keep)


async def keep(tx: Transaction, clock: Clock, promise: Promise, found: Found | None) -> Outcome:
    """Put down what was reached, and say whether more is owed."""
    place, at = _place(promise), clock.now()
    agreement = await agreements.hold(tx, place.agreement_id)
    signature = _signature(agreement, place)
    if found is None or agreement.status is Status.WITHDRAWN or signature.level is None:
        return await _no_longer(tx, agreement, place, at)
    rose = found.level is not signature.level and found.level.reaches(signature.level)
    if rose:
        await _rise(tx, agreement, place, found, at)
    if found.level.reaches(found.wanted):
        await levels.want(tx, place, found.wanted)
        return Kept(result={"level": found.level.value})
    if rose:
        return Later(due_at=at + SOON)
    told = " ".join(found.reasons)
    if promise.attempts < PATIENCE:
        raise NotNow(told)
    log.warning("signature not raised", agreement=str(agreement.id), wanted=found.wanted.value, reason=told)
    await _tell(tx, agreement, found, told, at)
    return Later(due_at=at + AGAIN)


async def upgrades_expected(tx: Transaction, _: datetime) -> AsyncIterator[Expected]:
    """Say which upgrades there should be: one for each signature below the level that is wanted."""
    after: Place | None = None
    while page := await levels.owed(tx, after=after, count=_PAGE):
        for one in page:
            key = owing.raising_key(one.agreement_id, one.party, one.position)
            yield Expected(key=key, subject=f"agreement/{one.agreement_id}")
        after = page[-1]


async def _no_longer(tx: Transaction, agreement: Agreement, place: Place, at: datetime) -> Outcome:
    if agreement.status is Status.WITHDRAWN:
        return Released(because="the agreement was withdrawn")
    judging = await trust.judging(tx, tx.scope.main_connector_id, at)
    if _wanted(_signature(agreement, place), judging) is not None:
        return Later(due_at=at + SOON)  # the main connector has changed its mind meanwhile
    await levels.want(tx, place, judging.policy.level)
    return Released(because="the main connector wants no higher level any more")


async def _rise(tx: Transaction, agreement: Agreement, place: Place, found: Found, at: datetime) -> None:
    """Put another revision of a signature into the newest document, and keep that as its newest revision."""
    newest = await agreements.newest_document(tx, agreement.id)
    if swapping.signature_contents(newest.content)[found.part] != found.before:
        raise NotNow("The signature was changed meanwhile.")
    docx = await asyncio.to_thread(_verified, newest.content, found, at)
    after, told = lifecycle.raise_signature(agreement, found.level, party=place.party, position=place.position, at=at)
    sha256 = hashlib.sha256(docx).hexdigest()
    document = Document(signatures=newest.signatures, revision=newest.revision + 1, sha256=sha256, content=docx, at=at)
    await levels.put_down(tx, after, place, found.level, document)
    said = {"party": place.party.value, "position": place.position, "level": found.level.value}
    act = history.act("signature_raised", agreement, after, at=at, document=sha256, instead_of=newest.sha256, **said)
    await record(tx, act, announce=told)


def _verified(docx: bytes, found: Found, at: datetime) -> bytes:
    raised = swapping.swapped(docx, {found.part: found.after})
    report = verify(raised, at=at)
    if report.verdict is Verdict.INVALID:
        raise NotNow(f"The document would not stand: {report.reasons[0].detail}")
    return raised


def _place(promise: Promise) -> Place:
    agreement_id, party, position = owing.raised_of(promise.key)
    return Place(agreement_id=agreement_id, party=party, position=position)


def _signature(agreement: Agreement, place: Place) -> Signature:
    return next(one for one in agreement.signatures if (one.party, one.position) == (place.party, place.position))


def _wanted(signature: Signature, judging: Judging) -> Level | None:
    """Return to which level a signature is to come: what was wanted, or less when less is wanted now."""
    if signature.level is None or signature.level_wanted is None:
        return None
    wanted = min(signature.level_wanted, judging.policy.level, key=list(Level).index)
    return None if signature.level.reaches(wanted) and wanted is not signature.level_wanted else wanted


def _part_of(agreement: Agreement, place: Place, docx: bytes, at: datetime) -> str:
    """Return the part that holds a signature: the one that is on its signatory's line."""
    lines = {who.line for who in agreement.signatories if (who.party, who.position) == (place.party, place.position)}
    parts = [one.part for one in verify(docx, at=at).signatures if line_of(one) in lines]
    if len(parts) != 1:
        raise CannotUpgrade("The document has no such signature.")
    return parts[0]


async def _tell(tx: Transaction, agreement: Agreement, found: Found, reason: str, at: datetime) -> None:
    """Tell the administrators that a level cannot be reached: once a day for each agreement."""
    people = await readers(tx, (Function.ADMINISTRATOR,), tenancy_id=None, at=at)
    day = day_in_finland(at)
    notices = [
        Notice(
            key=f"{NOT_RAISED}/{agreement.id}/{day}/{reader.contact_id}",
            to=reader,
            topic=NOT_RAISED,
            subject=_SUBJECT,
            lines=(_WHAT_TO_DO,),
            facts=((_REFERENCE, agreement.reference), (_LEVEL, found.wanted.value), (_REASON, reason)),
            tenancy_id=None,
        )
        for reader in people
    ]
    await tell(tx, at, notices)
