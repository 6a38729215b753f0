"""Webhooks: sent outside any transaction, signed, and settled in one."""

import time
from datetime import datetime
from typing import Final

import structlog
from msgspec.structs import replace

from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import MainConnectorId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.outgoing.errors import NotAnswered
from kanta_tenancy.machinery.outgoing.posting import Answer, Outgoing
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.messages import alarms, judging, signatures
from kanta_tenancy.messages.carrying import carry_out
from kanta_tenancy.messages.judging import Ended, Outcome
from kanta_tenancy.messages.model import Attempt, Claimed, ClosedBecause, Parcel, State
from kanta_tenancy.messages.signatures import Keys
from kanta_tenancy.messages.store import endpoints
from kanta_tenancy.messages.store import messages as store
from kanta_tenancy.messages.working import MayGoOn, always, service

PLACES: Final = 8  # under way at once, to endpoints that answer well and as many to the others
EACH: Final = 2  # of them to one endpoint
_SHOWN: Final = 500  # characters of an answer that the delivery log keeps
USER_AGENT: Final = "kanta-tenancy"
CLOSED: Final = "The endpoint is closed."


_NO_SECRET: Final = "The key that the endpoint's secret came from is not beside the service: make a new secret."  # noqa: S105 -- a sentence

log: Final = structlog.get_logger("kanta_tenancy.work")


class Post(Record, frozen=True, kw_only=True):
    """What webhooks are sent with."""

    keys: Keys
    to_main_connectors: Outgoing  # which may reach what the operator has allowed
    to_tenants: Outgoing  # which reaches the public internet alone

    def to(self, tenancy_id: TenancyId | None) -> Outgoing:
        return self.to_main_connectors if tenancy_id is None else self.to_tenants


async def send(db: Database, clock: Clock, post: Post, *, troubled: bool, may_go_on: MayGoOn = always) -> int:
    """Send every webhook that is due; safe on many instances.

    Args:
        troubled: to endpoints whose last answer was wrong, slow or none, else to the others: two runs beside one
            another, so that endpoints that are away hold up only one another.

    Returns:
        How many arrived in this run.
    """

    async def claim(places: int) -> list[Claimed]:
        async with db.unscoped() as connection:
            return await store.claim_webhooks(connection, now=clock.now(), batch=places, each=EACH, troubled=troubled)

    async def do(claimed: Claimed) -> int:
        ended = await send_one(db, clock, post, claimed)
        return int(ended is not None and ended.verdict.state is State.SENT)

    return await carry_out(claim, do, places=PLACES, may_go_on=may_go_on)


async def send_one(db: Database, clock: Clock, post: Post, claimed: Claimed) -> Ended | None:
    """Send one webhook that was claimed and write down how it went; None when somebody else was faster."""
    caller = service(claimed.main_connector_id)
    async with db.transaction(caller) as tx:
        parcel = await store.parcel(tx, claimed)
    if parcel is None:
        return None
    ended = await attempt(post, clock, parcel, attempts=claimed.attempts)
    async with db.transaction(caller) as tx:
        given_up, closed = await _settle(tx, clock, claimed, parcel, ended)
    _tell_log(claimed.main_connector_id, parcel, ended, given_up=given_up, closed=closed)
    return ended


async def attempt(post: Post, clock: Clock, parcel: Parcel, *, attempts: int) -> Ended:
    """Send a webhook once, and say how that ended."""
    at, began = clock.now(), time.monotonic()
    secrets = _secrets(post.keys, parcel, at)
    if secrets is None:
        return _failed(parcel, attempts, at, clock.now(), outcome=Outcome.NO_SECRET, detail=_NO_SECRET)
    headers = signatures.headers(parcel.event_id, parcel.payload, secrets, at=at) | {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
    }
    try:
        answer = await post.to(parcel.tenancy_id).post(parcel.url, parcel.payload.encode(), headers)
    except NotAnswered as trouble:
        took_ms = round((time.monotonic() - began) * 1000)
        return _failed(
            parcel, attempts, at, clock.now(), outcome=trouble.trouble, detail=trouble.detail, took_ms=took_ms
        )
    return _answered(parcel, attempts, at, clock.now(), answer)


def _secrets(keys: Keys, parcel: Parcel, at: datetime) -> list[bytes] | None:
    newest = keys.secret(parcel.endpoint_id, parcel.secret_number, parcel.secret_key)
    if newest is None:
        return None
    if parcel.previous_until is None or parcel.previous_until <= at:
        return [newest]
    previous = keys.secret(parcel.endpoint_id, parcel.previous_number or 0, parcel.previous_key or "")
    return [newest] if previous is None else [newest, previous]


def _answered(parcel: Parcel, attempts: int, at: datetime, now: datetime, answer: Answer) -> Ended:
    outcome = judging.of_status(answer.status)
    done = Attempt(at=at, took_ms=answer.took_ms, outcome=outcome, status=answer.status, detail=_beginning(answer.body))
    if outcome is Outcome.SENT:
        return Ended(attempt=done, verdict=judging.sent(now))
    verdict = judging.webhook_later(
        parcel.id, attempts=attempts, at=now, error=f"{outcome}: {answer.status}", retry_after=answer.retry_after
    )
    return Ended(attempt=done, verdict=verdict)


def _failed(
    parcel: Parcel, attempts: int, at: datetime, now: datetime, *, outcome: str, detail: str, took_ms: int = 0
) -> Ended:
    done = Attempt(at=at, took_ms=took_ms, outcome=outcome, status=None, detail=detail)
    verdict = judging.webhook_later(parcel.id, attempts=attempts, at=now, error=f"{outcome}: {detail}")
    return Ended(attempt=done, verdict=verdict)


async def _settle(tx: Transaction, clock: Clock, claimed: Claimed, parcel: Parcel, ended: Ended) -> tuple[bool, bool]:
    """Write how an attempt ended; return whether the message was given up, and whether its endpoint was closed."""
    at, done = clock.now(), ended.attempt
    fine = done.outcome == Outcome.SENT and done.took_ms <= judging.SLOW_MS
    # The endpoint comes before its messages, as for whoever closes it, so that no two wait for one another.
    gone = await endpoints.note_answer(tx, parcel.endpoint_id, troubled=not fine, gone=done.outcome == Outcome.GONE)
    ours = await store.settle(tx, claimed, ended.verdict, at=at)
    await store.add_attempt(tx, parcel.id, done, tenancy_id=parcel.tenancy_id)
    if gone >= judging.GONE_IN_A_ROW:
        return False, await _close(tx, parcel, at)
    given_up = ours and ended.verdict.state is State.DEAD
    if given_up:
        await alarms.tell_of_webhook(tx, parcel, done.detail, at=at)
    return given_up, False


async def _close(tx: Transaction, parcel: Parcel, at: datetime) -> bool:
    held = await endpoints.take(tx, parcel.endpoint_id, None)
    if held.closed_at is not None:
        return False
    closed = await endpoints.save(
        tx, replace(held, closed_at=at, closed_because=ClosedBecause.GONE, version=held.version + 1)
    )
    await store.end_of_endpoint(tx, closed.id, at=at, error=CLOSED)
    await alarms.tell_of_closed(tx, parcel, version=closed.version, at=at)
    return True


def _tell_log(realm: MainConnectorId, parcel: Parcel, ended: Ended, *, given_up: bool, closed: bool) -> None:
    said = {"message_id": str(parcel.id), "main_connector_id": str(realm)}
    if given_up:
        log.error("message given up", channel="webhook", outcome=str(ended.attempt.outcome), **said)
    if closed:
        log.error("webhook endpoint closed", endpoint_id=str(parcel.endpoint_id), **said)


def _beginning(body: bytes) -> str:
    """Return the beginning of an answer as text on one line, for whoever looks for the fault."""
    text = body[: 4 * _SHOWN].decode("utf-8", "replace")
    shown = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(shown.split())[:_SHOWN]
