"""A realm with people and certificates to warn them of. Say only what matters to the test."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from kanta_tenancy import promises
from kanta_tenancy.assembly import promised
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.certificates.inventory.model import CertificateChanged
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.calendar import HELSINKI
from kanta_tenancy.kernel.identifiers import ContactId, new_id
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.postgres.journal import Act, record
from kanta_tenancy.messages import mailing
from kanta_tenancy.parties import Function
from tests.certificates.inventory.examples import der
from tests.conftest import FrozenClock
from tests.parties.examples import named, owner_of

DAY = timedelta(days=1)
MARCH_2 = date(2026, 3, 2)

INSERT = """
INSERT INTO certificate (id, main_connector_id, content, sha256, kind, profile, subject, common_name, not_before,
                         not_after, third_left_at, authority, seen, state, state_since, version, first_seen_at,
                         responsible_id, deputy_id, tenancy_id)
VALUES ($1, $2, $3, encode(sha256($3), 'hex'), $4, $5, $6, $7, $8, $9, $10, $11, '{}', 'in_use', $12, 1, $12, $13, $14,
        $15)
"""
# What people say of a certificate.
CHANGE = {
    "responsible_id": "UPDATE certificate SET responsible_id = $1 WHERE id = $2",
    "deputy_id": "UPDATE certificate SET deputy_id = $1 WHERE id = $2",
    "kind": "UPDATE certificate SET kind = $1 WHERE id = $2",
    "state": "UPDATE certificate SET state = $1 WHERE id = $2",
    "state_because": "UPDATE certificate SET state_because = $1 WHERE id = $2",
    "snoozed": "UPDATE certificate SET snoozed_until = $1, snoozed_because = 'It takes time' WHERE id = $2",
}


def morning(day: date, hour: int = 6, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=HELSINKI).astimezone(UTC)


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), HELSINKI).astimezone(UTC)


class Watch:
    """A realm whose certificates are watched, as its main connector sees it, and what passing time does there."""

    def __init__(self, database: Database, owner: asyncpg.Connection, clock: FrozenClock, caller: Caller) -> None:
        self.database = database
        self.owner = owner
        self.clock = clock
        self.caller = caller

    @property
    def realm(self) -> UUID:
        return self.caller.scope.main_connector_id

    async def person(self, name: str, function: Function = Function.FEES, **said: Any) -> ContactId:
        """Name a contact of the main connector; its address is its name."""
        own = await owner_of(self.database, self.caller)
        email = f"{name.lower()}@example.org"
        said = {"name": f"{name} Esimerkki", "email": email, "function": function} | said
        return (await named(self.database, self.clock, self.caller, own, **said)).id

    async def certificate(
        self, last_day: date, name: str = "resepti.example.org", days: float = 365, **said: Any
    ) -> UUID:
        """Have a certificate that ends at noon of its last day come into the inventory."""
        not_after = said.pop("not_after", noon(last_day))
        lifetime = timedelta(days=days)
        certificate_id = new_id()
        content = der(name, starts=not_after - lifetime, lasts=lifetime)
        given = {
            "kind": "server",
            "profile": "dvv-server",
            "authority": False,
            "responsible_id": None,
            "deputy_id": None,
            "tenancy_id": None,
        } | said
        await self.owner.execute(
            INSERT,
            certificate_id,
            self.realm,
            content,
            given["kind"],
            given["profile"],
            f"CN={name}",
            name,
            not_after - lifetime,
            not_after,
            not_after - lifetime / 3,
            given["authority"],
            self.clock.now(),
            given["responsible_id"],
            given["deputy_id"],
            given["tenancy_id"],
        )
        await self.say("certificate.arrived", certificate_ids=[str(certificate_id)])
        return certificate_id

    async def changed(self, certificate_id: UUID, **columns: Any) -> None:
        """Have something else said of a certificate."""
        for name, value in columns.items():
            await self.owner.execute(CHANGE[name], value, certificate_id)
        async with self.database.transaction(self.caller) as tx:
            at = self.clock.now()
            told = CertificateChanged(certificate_id=certificate_id, done="described", at=at)
            act = Act(action="certificate.described", subject=f"certificate/{certificate_id}", at=at)
            await record(tx, act, announce=told)

    async def say(self, kind: str, **body: Any) -> None:
        """Have a message go out that a room below would send."""
        await self.owner.execute(
            "INSERT INTO outbox (id, main_connector_id, kind, body, at, next_at)"
            " VALUES ($1, $2, $3, $4::jsonb, $5, $5)",
            new_id(),
            self.realm,
            kind,
            msgspec.json.encode(body | {"at": self.clock.now()}).decode(),
            self.clock.now(),
        )

    async def hear(self) -> None:
        await outbox.carry_on(self.database, self.clock, SUBSCRIBERS)

    async def work(self) -> None:
        """Do what an instance does each second, until nothing is left to do."""
        await self.hear()
        while await promised.pay(self.database, self.clock):
            pass
        await self.hear()

    async def live(self, until: date, step: int = 1) -> None:
        """Let mornings pass, and what is due between them."""
        day = self.clock.now().astimezone(HELSINKI).date()
        await self.work()
        while day < until:
            day += step * DAY
            for hour in (6, 12, 18):
                self.clock.at = max(self.clock.now(), morning(day, hour))
                await self.work()

    async def warnings(self, certificate_id: UUID) -> list[tuple[int, str]]:
        """Return the levels that were put down of a certificate, in their order, with what became of each."""
        rows = await self.owner.fetch(
            "SELECT level, state FROM certificate_warning WHERE certificate_id = $1 ORDER BY due_on, level DESC",
            certificate_id,
        )
        return [(row["level"], row["state"]) for row in rows]

    async def open(self, certificate_id: UUID) -> int | None:
        return next((level for level, state in await self.warnings(certificate_id) if state == "open"), None)

    async def told(self) -> list[tuple[str, str, int]]:
        """Return every digest: on which day, to whom, of how many certificates."""
        rows = await self.owner.fetch(
            "SELECT (told_at AT TIME ZONE 'Europe/Helsinki')::date AS on_day, email, certificates"
            "  FROM certificate_digest JOIN contact ON contact.id = contact_id ORDER BY told_at, email"
        )
        return [(row["on_day"].isoformat(), row["email"].partition("@")[0], row["certificates"]) for row in rows]

    async def mails(self) -> list[str]:
        """Gather what is due into mails, and return to whom they go."""
        await mailing.gather(self.database, self.clock)
        return [row["email"] for row in await self.owner.fetch("SELECT email FROM message ORDER BY made_at, email")]

    async def text(self, language: str = "en") -> Sequence[str]:
        """Return what the newest notice says: its subject, then its lines."""
        row = await self.owner.fetchrow("SELECT subject, lines FROM notice ORDER BY told_at DESC, id DESC LIMIT 1")
        subject, lines = msgspec.json.decode(row["subject"]), msgspec.json.decode(row["lines"])
        return [subject[language], *(line[language] for line in lines)]

    async def ledger(self, kind: str, *states: promises.State) -> list[promises.Promise]:
        async with self.database.transaction(self.caller) as tx:
            wanted = promises.Wanted(kind=kind, states=states or tuple(promises.State))
            return await promises.page(tx, wanted, after=None, count=99)

    async def amiss(self) -> list[promises.Finding]:
        async with self.database.transaction(self.caller) as tx:
            found = await promises.audit(tx, self.clock.now(), promised.EXPECTATIONS)
        return [one for one in found if one.what in promises.AMISS]
