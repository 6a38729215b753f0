"""Authorities of signers and of timestamps, over HTTP on loopback, and a main connector that trusts both."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy.agreements import reading
from kanta_tenancy.agreements.model import Agreement, Document, Party, Receipt, Signatory
from kanta_tenancy.agreements.models.rendering import line_id
from kanta_tenancy.agreements.signing import actions as signing
from kanta_tenancy.agreements.signing.acceptance import Accepted
from kanta_tenancy.agreements.signing.raising import reach
from kanta_tenancy.assembly.asking import outside, raise_signatures, ways_out
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.x509.revocation import RevocationData
from kanta_tenancy.machinery.x509.sample_authority import Revoked, SampleAuthority, Signer, issue, revocation_list
from kanta_tenancy.promises import Promise, Wanted, page
from kanta_tenancy.trust import Obligation, TimestampAuthority, fitting
from kanta_tenancy.trust.actions import policies
from kanta_tenancy.trust.model import AnchorKind, Wish
from kanta_tenancy.trust.store import revocation
from tests.agreements.conftest import Desk
from tests.machinery.outgoing.receivers import Received, Receiver
from tests.machinery.timestamping.authorities import stamping
from tests.timestamp_authority import TimestampAuthority as Stamps
from tests.trust.examples import loaded

MINUTE = timedelta(minutes=1)
SETTINGS = read_settings({"KANTA_OUTGOING_ALLOWED": "127.0.0.0/8"})


class World:
    """A desk whose main connector trusts an authority of signers and one of timestamps."""

    def __init__(self, desk: Desk, signers: SampleAuthority, stamps: Stamps) -> None:
        self.desk = desk
        self.signers = signers
        self.stamps = stamps
        self.revoked: tuple[Revoked, ...] = ()
        self.stamping = True
        self.before_stamping: Callable[[], Awaitable[Any]] | None = None
        self._one_by_one = asyncio.Lock()
        self.lists = Receiver(self._give_list)
        self.clocks = Receiver(self._stamp)
        self.outside = outside(ways_out(SETTINGS), desk.clock)

    async def trust(self) -> None:
        desk = self.desk
        issuing, issuer = self.signers.issuing.certificate, self.stamps.issuer
        await loaded(desk.database, desk.clock, desk.main_connector, issuing)
        await loaded(desk.database, desk.clock, desk.main_connector, issuer, kind=AnchorKind.TIMESTAMPS)
        await self.known(self.stamps.lists(), self.stamps.certificate, issuer)

    async def known(self, data: RevocationData, *path: x509.Certificate) -> None:
        """Have something kept about a path, as if it had been asked for."""
        async with self.desk.database.transaction(self.desk.main_connector) as tx:
            await revocation.add(tx, fitting.statements(data, path), at=self.desk.clock.now())

    async def decide(self, level: Level, obligation: Obligation = Obligation.BEST_EFFORT) -> None:
        authority = TimestampAuthority(name="Stamps", url=self.clocks.url("/tsa"))
        wish = Wish(level=level, obligation=obligation, authorities=(authority,))
        async with self.desk.database.transaction(self.desk.main_connector) as tx:
            await policies.decide(tx, self.desk.clock, wish, version=None)

    def signed(self, docx: bytes, who: Signatory) -> bytes:
        line = next(line for line in signature_lines(docx) if line.setup_id == line_id(who.line))
        at = self.desk.clock.now()
        uri = x509.UniformResourceIdentifier(self.lists.url("/ca.crl"))
        points = x509.CRLDistributionPoints([x509.DistributionPoint([uri], None, None, None)])
        signer = Signer(name=who.name, organisation="Esimerkki Oy")
        self.credential = issue(self.signers, signer, at=self.stamps.since, extensions=[(points, False)])
        return sign(docx, self.credential, at=at, line=line)

    async def copy(self, agreement: Agreement, who: Signatory) -> bytes:
        return self.signed((await self.document(agreement)).content, who)

    async def accepted(self, agreement: Agreement, party: Party, docx: bytes) -> Accepted:
        on = await self.desk.ground(agreement, party)
        at = self.desk.clock.now()
        accepted = await asyncio.to_thread(signing.handed_in, on, docx, self.desk.caller(party).scope, at=at)
        return await reach(accepted, self.outside, at=at)

    async def keep(self, agreement: Agreement, accepted: Accepted) -> Agreement:
        caller = self.desk.caller(accepted.signature.party)
        async with self.desk.database.transaction(caller) as tx:
            return await signing.add_signature(tx, agreement_id=agreement.id, accepted=accepted)

    async def hand_in(self, agreement: Agreement, who: Signatory, docx: bytes | None = None) -> Agreement:
        signed = docx or await self.copy(agreement, who)
        return await self.keep(agreement, await self.accepted(agreement, who.party, signed))

    async def both_sign(self) -> Agreement:
        agreement = await self.desk.offered()
        for who in agreement.signatories:
            agreement = await self.hand_in(agreement, who)
        return agreement

    async def pay(self, database: Any = None) -> int:
        return await raise_signatures(database or self.desk.database, self.desk.clock, ways=ways_out(SETTINGS))

    async def now(self, agreement: Agreement) -> Agreement:
        async with self.desk.database.transaction(self.desk.tenant.caller) as tx:
            return await reading.one(tx, agreement.id)

    async def document(self, agreement: Agreement) -> Document:
        async with self.desk.database.transaction(self.desk.tenant.caller) as tx:
            _, document = await reading.document(tx, agreement.id)
        return document

    async def receipts(self, agreement: Agreement) -> tuple[Receipt, ...]:
        async with self.desk.database.transaction(self.desk.tenant.caller) as tx:
            return await reading.receipts(tx, agreement.id)

    async def promised(self) -> list[Promise]:
        async with self.desk.database.transaction(self.desk.main_connector) as tx:
            return await page(tx, Wanted(kind="signature.upgrade"), after=None, count=9)

    def published(self) -> RevocationData:
        """Return what the authority of signers says of revocation now."""
        made = revocation_list(self.signers.issuing, at=self.desk.clock.now() - MINUTE, revoked=self.revoked)
        return RevocationData(crls=(made.public_bytes(Encoding.DER),))

    async def _give_list(self, writer: asyncio.StreamWriter, _: Received) -> None:
        (body,) = self.published().crls
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)

    async def _stamp(self, writer: asyncio.StreamWriter, request: Received) -> None:
        meanwhile, self.before_stamping = self.before_stamping, None
        if meanwhile is not None:
            await meanwhile()
        if self.stamping:
            async with self._one_by_one:
                await stamping(self.stamps)(writer, request)
        else:
            writer.write(b"HTTP/1.1 503 Away\r\nContent-Length: 0\r\n\r\n")
