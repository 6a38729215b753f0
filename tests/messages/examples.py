"""Notices, events and entries to test with. Say only what matters to the test."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.outgoing.allowance import read_allowed
from kanta_tenancy.machinery.outgoing.posting import Outgoing
from kanta_tenancy.machinery.outgoing.smtp import Mailer, Protection
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.postgres.journal import Act, record
from kanta_tenancy.messages import Entry, EventKind, Notice, Recipient, tell
from kanta_tenancy.messages.actions import endpoints
from kanta_tenancy.messages.actions.endpoints import Rules
from kanta_tenancy.messages.delivering import Post
from kanta_tenancy.messages.events import fan_out
from kanta_tenancy.messages.model import Endpoint, SaidEndpoint
from kanta_tenancy.messages.signatures import Keys
from tests.machinery.outgoing.mail_servers import MailRoom, at

KEY = "a key of tests that has more than 32 characters"
KEYS = Keys([KEY])
LOOPBACK = read_allowed("127.0.0.0/8")
KINDS = {
    kind: EventKind(kind=kind, description=f"Something {kind}", for_tenants=for_tenants)
    for kind, for_tenants in (("thing.told", True), ("thing.kept", True), ("thing.hidden", False))
}
RULES = Rules(KINDS, KEYS, LOOPBACK)


class Said(msgspec.Struct, frozen=True, kw_only=True, tag="thing.told"):
    number: int


class Kept(msgspec.Struct, frozen=True, kw_only=True, tag="thing.kept"):
    number: int


class Hidden(msgspec.Struct, frozen=True, kw_only=True, tag="thing.hidden"):
    number: int


def words(text: str) -> Sentence:
    return Sentence(fi=f"{text} suomeksi", sv=f"{text} på svenska", en=f"{text} in English")


def a_person(**said: Any) -> Recipient:
    return Recipient(
        **{"contact_id": None, "name": "Aino Ahola", "email": "aino@example.org", "language": Language.SWEDISH} | said
    )


def a_notice(number: int = 1, **said: Any) -> Notice:
    return Notice(
        **{
            "key": f"thing/{number}",
            "to": a_person(),
            "topic": "thing.ends",
            "subject": words(f"Thing {number} ends"),
            "lines": (words(f"Line of {number}"),),
            "facts": ((words("Day"), "2026-03-31"),),
            "tenancy_id": None,
        }
        | said
    )


async def told(database: Database, clock: Clock, caller: Caller, *notices: Notice) -> int:
    async with database.transaction(caller) as tx:
        return await tell(tx, clock.now(), notices)


def a_mailer(room: MailRoom | int, **said: Any) -> Mailer:
    port = room if isinstance(room, int) else room.port
    return Mailer(at(port, protection=Protection.NONE), **{"command_s": 1.0, "within_s": 2.0} | said)


def a_post(*, within_s: float = 1.0, keys: Keys = KEYS) -> Post:
    """Return what webhooks are sent with, to loopback too; for tenants as well, which the service never lets them."""
    outgoing = Outgoing(allowed=LOOPBACK, within_s=within_s)
    return Post(keys=keys, to_main_connectors=outgoing, to_tenants=outgoing)


async def an_endpoint(
    database: Database, clock: Clock, caller: Caller, url: str, *kinds: str
) -> tuple[Endpoint, bytes]:
    """Make an endpoint; also a tenant's on loopback, which the service refuses."""
    rules = _Lenient(KINDS, KEYS, LOOPBACK)
    async with database.transaction(caller) as tx:
        return await endpoints.make(tx, clock, rules, SaidEndpoint(url=url, kinds=kinds or ("thing.told",)))


class _Lenient(Rules):
    def examined(self, said: SaidEndpoint, **_: object) -> SaidEndpoint:
        return said


async def happened(
    database: Database, clock: Clock, caller: Caller, *events: msgspec.Struct, tenancy_id: TenancyId | None = None
) -> None:
    """Journal acts that are announced, and hand the announcements on."""
    async with database.transaction(caller) as tx:
        for event in events:
            act = Act(action="thing.done", subject="thing/1", at=clock.now(), tenancy_id=tenancy_id)
            await record(tx, act, announce=event)
    await outbox.carry_on(database, clock, dict.fromkeys(KINDS, fan_out(KINDS)))


def an_entry(number: int = 1, **said: Any) -> Entry:
    return Entry(
        **{
            "uid": f"agreement.end/{uuid.UUID(int=number)}",
            "summary": words(f"Agreement {number} ends"),
            "description": words(f"Notice was delivered for {number}"),
            "on": datetime(2026, 3, 31, 21, 0, tzinfo=UTC),
            "rule": "K20.1",
            "changed_at": datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
        }
        | said
    )


def headers_of(received: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in received.items() if name.startswith("webhook-")}
