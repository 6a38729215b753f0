"""What tests do with certificates that are examined. Say only what matters to the test."""

from uuid import UUID

from cryptography import x509

from kanta_tenancy import promises
from kanta_tenancy.certificates import findings
from kanta_tenancy.certificates.chains import auditing, jobs, owing, reading
from kanta_tenancy.certificates.chains.model import Chain, Line, Revocation
from kanta_tenancy.certificates.chains.revoking import ask
from kanta_tenancy.certificates.findings import KeptFinding
from kanta_tenancy.certificates.inventory.actions import certificates as actions
from kanta_tenancy.certificates.inventory.model import SourceNamed, TakenIn
from kanta_tenancy.machinery.outgoing.allowance import read_allowed
from kanta_tenancy.machinery.outgoing.posting import Outgoing
from kanta_tenancy.machinery.revocation.gathering import Gatherer
from tests.certificates.chains.authority import der
from tests.certificates.inventory.examples import HANDED_IN, Inventory


class Examination(Inventory):
    """A realm's inventory, and what comes of examining it."""

    async def have(self, *certificates: x509.Certificate | bytes, source: SourceNamed = HANDED_IN) -> list[UUID]:
        """Take certificates in, have them examined, and return their ids in the same order."""
        ids = await self.hand_in(*certificates, source=source)
        await self.examine()
        return ids

    async def hand_in(self, *certificates: x509.Certificate | bytes, source: SourceNamed = HANDED_IN) -> list[UUID]:
        ders = [one if isinstance(one, bytes) else der(one) for one in certificates]
        taken: TakenIn = await self.taken(*ders, source=source)
        async with self.database.transaction(self.caller) as tx:
            rows = await tx.connection.fetch(
                "SELECT id, content FROM certificate WHERE id = ANY ($1)", [*taken.new, *taken.known]
            )
        by_bytes = {row["content"]: row["id"] for row in rows}
        return [by_bytes[one] for one in ders]

    async def examine(self) -> int:
        """Examine what waits, and what that makes wait, until nothing does."""
        examined = 0
        while done := await jobs.examine_waiting(self.database, self.clock):
            examined += done
            assert examined < 1_000, "examining makes ever more wait"
        return examined

    async def amiss(self, certificate_id: UUID) -> set[str]:
        return {one.rule for one in await self.findings(certificate_id)}

    async def findings(self, certificate_id: UUID) -> list[KeptFinding]:
        async with self.database.transaction(self.caller) as tx:
            return await findings.of_certificates(tx, [certificate_id])

    async def chain(self, certificate_id: UUID) -> Chain:
        async with self.database.transaction(self.caller) as tx:
            return await reading.chain_of(tx, certificate_id)

    async def line(self, certificate_id: UUID) -> Line:
        async with self.database.transaction(self.caller) as tx:
            return await reading.line_of(tx, certificate_id)

    async def retire(self, certificate_id: UUID) -> None:
        version = (await self.read(certificate_id)).version
        async with self.database.transaction(self.caller) as tx:
            await actions.retire(tx, self.clock, certificate_id, because="Not in use any more", version=version)

    async def restore(self, certificate_id: UUID) -> None:
        version = (await self.read(certificate_id)).version
        async with self.database.transaction(self.caller) as tx:
            await actions.restore(tx, self.clock, certificate_id, because="It is in use after all", version=version)

    async def replace(self, certificate_id: UUID, successor_id: UUID) -> None:
        version = (await self.read(certificate_id)).version
        async with self.database.transaction(self.caller) as tx:
            await actions.replace(tx, self.clock, certificate_id, successor_id=successor_id, version=version)

    async def ask(self, *, allowed: str = "127.0.0.1/32") -> int:
        """Have authorities asked about whatever is due, over the network."""
        outgoing = Outgoing(allowed=read_allowed(allowed), without_tls=True, most_read=1_000_000, within_s=5)

        async def fetch(path, known):
            return await Gatherer(outgoing, self.clock).revocation([path], known)

        return await promises.pay_due(self.database, self.clock, {owing.ASK: ask(fetch)})

    async def ask_until(self, until) -> None:
        while self.clock.now() < until:
            self.clock.advance(hours=1)
            await self.ask()

    async def revocation(self, certificate_id: UUID) -> Revocation | None:
        async with self.database.transaction(self.caller) as tx:
            return (await reading.revocation_of(tx, [certificate_id])).get(certificate_id)

    async def owed(self) -> list[promises.Promise]:
        async with self.database.transaction(self.caller) as tx:
            return await promises.page(tx, promises.Wanted(kind=owing.ASK), after=None, count=99)

    async def audited(self) -> list[promises.Finding]:
        async with self.database.transaction(self.caller) as tx:
            return await promises.audit(tx, self.clock.now(), {"questions": auditing.questions_expected})
