"""A realm with people and certificates to warn them of. Say only what matters to the test."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from kanta_tenancy import promises
from kanta_tenancy.assembly import promised
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.certificates.findings import note, open_ones
from kanta_tenancy.certificates.inventory import intake, reading
from kanta_tenancy.certificates.inventory.actions import certificates as actions
from kanta_tenancy.certificates.inventory.model import Arrival, Description
from kanta_tenancy.certificates.warnings import owing
from kanta_tenancy.certificates.warnings.model import Digest
from kanta_tenancy.certificates.warnings.store import digests
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.calendar import HELSINKI
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import ContactId, new_id
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.messages import mailing
from kanta_tenancy.parties import Function
from tests.certificates.findings.examples import SERVER as SERVER_ASKED
from tests.certificates.findings.examples import a_finding
from tests.certificates.inventory.examples import AUTHORITY, HANDED_IN, SERVER, der
from tests.conftest import FrozenClock
from tests.parties.examples import named, owner_of

# What passing time does to warnings alone: the watch, which looks at itself too, would tell that days are leapt over.
OURS = {kind: promised.KEEPERS[kind] for kind in (owing.SWEEP, owing.TELL, owing.ESCALATE)}
DAY = timedelta(days=1)
MARCH_2 = date(2026, 3, 2)

INSERT = """
INSERT INTO certificate (id, main_connector_id, content, sha256, kind, profile, subject, common_name, not_before,
                         not_after, third_left_at, authority, seen, state, state_since, version, first_seen_at,
                         responsible_id, deputy_id, tenancy_id)
VALUES ($1, $2, $3, encode(sha256($3), 'hex'), $4, $5, $6, $7, $8, $9, $10, $11, '{}', 'in_use', $12, 1, $12, $13, $14,
        $15)
"""


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
        self,
        last_day: date,
        name: str = "resepti.example.org",
        days: float = 365,
        not_after: datetime | None = None,
        *,
        authority: bool = False,
        **said: Any,
    ) -> UUID:
        """Have a certificate come into the inventory that ends at noon of its last day, and say more of it."""
        ends = not_after or noon(last_day)
        lifetime = timedelta(seconds=int(days * DAY.total_seconds()))
        extensions = AUTHORITY if authority else SERVER
        content = der(name, starts=ends - lifetime, lasts=lifetime, extensions=extensions)
        async with self.database.transaction(self.caller) as tx:
            taken = await intake.take_in(tx, self.clock, HANDED_IN, [Arrival(der=content, place=name)])
        if said:
            await self.described(taken.new[0], **said)
        return taken.new[0]

    async def described(self, certificate_id: UUID, **said: Any) -> None:
        """Say something else of a certificate; the rest stays."""
        async with self.database.transaction(self.caller) as tx:
            known = await reading.certificate(tx, certificate_id)
            kept = {name: getattr(known, name) for name in Description.__struct_fields__}
            new = Description(**kept | said)
            await actions.describe(tx, self.clock, certificate_id, new, version=known.version)

    async def done(self, what: Callable[..., Awaitable[object]], certificate_id: UUID, **said: Any) -> None:
        """Have somebody do something with a certificate."""
        async with self.database.transaction(self.caller) as tx:
            known = await reading.certificate(tx, certificate_id)
            await what(tx, self.clock, certificate_id, version=known.version, **said)

    async def hear(self) -> None:
        await outbox.carry_on(self.database, self.clock, SUBSCRIBERS)

    async def work(self) -> None:
        """Do what an instance does each second, until nothing is left to do."""
        await self.hear()
        while await promises.pay_due(self.database, self.clock, OURS):
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
        return [one for one in found if one.what in promises.AMISS and one.key.partition("/")[0] in OURS]


async def found_amiss(database: Database, clock: Clock, caller: Caller) -> UUID:
    """Have something be amiss with a server."""
    async with database.transaction(caller) as tx:
        await note(tx, clock.now(), [SERVER_ASKED], [a_finding()], family="probe")
        (found,) = await open_ones(tx, family="probe", after=None, count=1)
    return found.id


async def a_digest(database: Database, clock: Clock, caller: Caller) -> Digest:
    """Make a digest, which tells of nothing."""
    own = await owner_of(database, caller)
    person = await named(database, clock, caller, own, email="digest@example.org", function=Function.FEES)
    digest = Digest(id=new_id(), contact_id=person.id, certificates=0, findings=0, urgent=False, told_at=clock.now())
    async with database.transaction(caller) as tx:
        await digests.add(tx, [(digest, (), ())], at=digest.told_at)
    return digest
