"""Mails: gathered from notices, handed to the mail server outside any transaction, and settled in one."""

import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime
from typing import Final

import structlog
from msgspec.structs import asdict

from kanta_tenancy import parties
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import MainConnectorId, new_id
from kanta_tenancy.machinery.outgoing.smtp import Mailer, NotSent, Stage
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.messages import alarms, enclosing, gathering, judging, letters
from kanta_tenancy.messages.carrying import carry_out
from kanta_tenancy.messages.judging import Ended, Outcome
from kanta_tenancy.messages.model import Attempt, Claimed, Files, Letter, MessageId, NoticeId, State, Told, Waiting
from kanta_tenancy.messages.store import messages as store
from kanta_tenancy.messages.store import notices
from kanta_tenancy.messages.working import MayGoOn, always, service

PLACES: Final = 4  # connections to the mail server at once, for mails never tried and as many for the others
_BATCH: Final = 5_000  # notices of one realm in one transaction

log: Final = structlog.get_logger("kanta_tenancy.work")


# Which of some waiting notices, each of which says what it is about, ask for what is over.
Outdated = Callable[[Transaction, Sequence[Waiting]], Awaitable[Collection[NoticeId]]]


async def gather(db: Database, clock: Clock, *, outdated: Outdated | None = None) -> int:
    """Put every notice that is due into a mail, one mail for each person; safe on many instances.

    Args:
        outdated: those are withdrawn instead; nobody is asked in the morning for what was done in the night.

    Returns:
        How many notices this run put into mails.
    """
    async with db.unscoped() as connection:
        realms = await notices.due_realms(connection, now=clock.now())
    return sum([await _gather(db, realm, clock.now(), outdated) for realm in realms])


async def no_files(_: Transaction, __: str) -> None:
    """Know of no file, where no room keeps any."""


async def send(
    db: Database, clock: Clock, mailer: Mailer, *, again: bool, files: Files = no_files, may_go_on: MayGoOn = always
) -> int:
    """Hand every mail that is due to the mail server; safe on many instances.

    Args:
        again: those that were tried before, else those that never were: two runs beside one another, so that mails
            that go wrong hold up no others.
        files: gives the bytes of what notices have attached.

    Returns:
        How many the server took in this run.
    """

    async def claim(places: int) -> list[Claimed]:
        async with db.unscoped() as connection:
            return await store.claim_mails(connection, now=clock.now(), batch=places, again=again)

    async def do(claimed: Claimed) -> int:
        return await _send_one(db, clock, mailer, files, claimed)

    return await carry_out(claim, do, places=PLACES, may_go_on=may_go_on)


async def _gather(db: Database, realm: MainConnectorId, now: datetime, outdated: Outdated | None) -> int:
    async with db.transaction(service(realm)) as tx:
        if not await notices.gathers_alone(tx):
            return 0  # another instance is at it
        waiting = await notices.waiting(tx, now=now, batch=_BATCH)
        if outdated is not None:
            waiting = await _without(tx, waiting, outdated)
        there = await store.open_mails(tx, sorted({one.email.lower() for one in waiting if not one.urgent}))
        gathered = gathering.gather(waiting, there, new_id=lambda: MessageId(new_id()))
        await store.add_mails(tx, gathered.new, at=now)
        return await notices.take(tx, gathered.taken)


async def _without(tx: Transaction, waiting: list[Waiting], outdated: Outdated) -> list[Waiting]:
    over = frozenset(await outdated(tx, [one for one in waiting if one.about is not None]))
    if over:
        await notices.withdraw(tx, over)
    return [one for one in waiting if one.id not in over]


async def _send_one(db: Database, clock: Clock, mailer: Mailer, files: Files, claimed: Claimed) -> int:
    caller = service(claimed.main_connector_id)
    async with db.transaction(caller) as tx:
        letter = await _letter(tx, files, claimed)
    if letter is None:  # somebody else was faster
        return 0
    ended = await attempt(mailer, clock, letter, attempts=claimed.attempts)
    at = clock.now()
    given_up = ended.verdict.state is State.DEAD
    async with db.transaction(caller) as tx:
        ours = await store.settle(tx, claimed, ended.verdict, at=at, may_have_arrived=ended.may_have_arrived)
        await store.add_attempt(tx, letter.id, ended.attempt)
        if ours and given_up:
            await alarms.tell_of_mail(tx, letter, ended.attempt.detail, at=at)
    if ours and given_up:
        log.error(
            "message given up",
            channel="mail",
            message_id=str(letter.id),
            main_connector_id=str(claimed.main_connector_id),
            outcome=ended.attempt.outcome,
        )
    return int(ours and ended.verdict.state is State.SENT)


async def _letter(tx: Transaction, files: Files, claimed: Claimed) -> Letter | None:
    envelope = await store.envelope(tx, claimed)
    if envelope is None:
        return None
    realm = await parties.main_connector(tx)
    told = await notices.of_message(tx, envelope.id)
    carried = await _carried(tx, files, envelope.id, told)
    return Letter(**asdict(envelope), main_connector=realm.name, notices=told, files=carried)


async def _carried(tx: Transaction, files: Files, message_id: MessageId, told: Sequence[Told]) -> dict[str, bytes]:
    """Read what a mail carries. What is gone or altered does not hold it up: it says that the file is missing."""
    found: dict[str, bytes] = {}
    for one in enclosing.carried(told):
        content = await files(tx, one.of)
        if content is not None and enclosing.is_whole(one, content):
            found[one.of] = content
        else:
            log.error("file of a mail is not what was kept", message_id=str(message_id), file=one.of)
    return found


async def attempt(mailer: Mailer, clock: Clock, letter: Letter, *, attempts: int) -> Ended:
    """Hand a mail to the server once, and say how that ended."""
    at, began = clock.now(), time.monotonic()
    try:
        content = letters.compose(letter, sender=mailer.server.sender)
        reply = await mailer.send(letters.deliverable(letter.email), content)
    except letters.UnfitAddress:
        refused = NotSent(Stage.RECIPIENT, "The address cannot stand in a mail.", code=553)
        return _failed(refused, letter, attempts=attempts, at=at, now=clock.now(), took_ms=_since(began))
    except NotSent as refused:
        return _failed(refused, letter, attempts=attempts, at=at, now=clock.now(), took_ms=_since(began))
    done = Attempt(at=at, took_ms=_since(began), outcome=Outcome.SENT, status=_code(reply), detail=reply)
    return Ended(attempt=done, verdict=judging.sent(clock.now()))


def _failed(refused: NotSent, letter: Letter, *, attempts: int, at: datetime, now: datetime, took_ms: int) -> Ended:
    detail = f"{refused.stage}: {refused.reply}"
    done = Attempt(at=at, took_ms=took_ms, outcome=_outcome(refused), status=refused.code, detail=detail)
    if refused.is_final:
        verdict = judging.dead(now, detail)
    else:
        verdict = judging.mail_later(letter.id, attempts=attempts, since=letter.since, at=now, error=detail)
    return Ended(attempt=done, verdict=verdict, may_have_arrived=refused.may_have_arrived)


def _outcome(refused: NotSent) -> Outcome:
    if refused.is_final:
        return Outcome.RECIPIENT_REFUSED
    if refused.may_have_arrived:
        return Outcome.UNKNOWN_END
    about_this_mail = refused.stage in {Stage.RECIPIENT, Stage.CONTENT} and refused.code is not None
    return Outcome.LATER if about_this_mail else Outcome.SERVER_TROUBLE


def _code(reply: str) -> int | None:
    code = reply.partition(" ")[0]
    return int(code) if code.isdecimal() else None


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
