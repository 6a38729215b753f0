from datetime import UTC, date, datetime
from typing import Any

import pytest

from kanta_tenancy.agreements import reading
from kanta_tenancy.agreements.annex import reading as annex_reading
from kanta_tenancy.agreements.drafting import actions
from kanta_tenancy.agreements.exhibits import actions as exhibits
from kanta_tenancy.agreements.exhibits.model import Exhibit
from kanta_tenancy.agreements.mandates import actions as mandates
from kanta_tenancy.agreements.mandates.model import Mandate, MandateGround, NewMandate
from kanta_tenancy.agreements.model import Agreement, Draft, Party, Signatory
from kanta_tenancy.agreements.models.rendering import line_id
from kanta_tenancy.agreements.signing import actions as signing
from kanta_tenancy.agreements.signing import papers
from kanta_tenancy.agreements.signing.acceptance import Ground
from kanta_tenancy.agreements.signing.on_paper import SaidOnPaper
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.credentials import Credential
from tests.agreements.examples import a_draft, a_signatory
from tests.parties.examples import Tenant, a_realm, a_tenant, looked, owner_of

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
AUTHORITY = sample_authority.found("Esimerkki", at=BEGINS)
LISTS = sample_authority.empty_lists(AUTHORITY, at=BEGINS)


def a_credential(name: str, at: datetime = BEGINS) -> Credential:
    signer = sample_authority.Signer(name=name, organisation="Esimerkki Oy")
    return sample_authority.issue(AUTHORITY, signer, at=at)


class Desk:
    """A main connector and a tenant of it, both shown to be in Soteri, and what they do with agreements."""

    def __init__(self, database, clock, main_connector: Caller, tenant: Tenant) -> None:
        self.database = database
        self.clock = clock
        self.main_connector = main_connector
        self.tenant = tenant

    async def draft(self, said: Draft | None = None) -> Agreement:
        async with self.database.transaction(self.main_connector) as tx:
            return await actions.draft(tx, self.clock, tenancy_id=self.tenant.tenancy.id, said=said or a_draft())

    async def offer(self, draft: Agreement) -> Agreement:
        async with self.database.transaction(self.main_connector) as tx:
            plan = await actions.plan_offer(tx, self.clock, agreement_id=draft.id, version=draft.version)
        async with self.database.transaction(self.main_connector) as tx:
            return await actions.offer(tx, self.clock, plan)

    async def offered(self, said: Draft | None = None) -> Agreement:
        return await self.offer(await self.draft(said))

    def caller(self, party: Party) -> Caller:
        return self.main_connector if party is Party.MAIN_CONNECTOR else self.tenant.caller

    async def ground(self, agreement: Agreement, party: Party) -> Ground:
        async with self.database.transaction(self.caller(party)) as tx:
            return await signing.ground(tx, self.clock, agreement_id=agreement.id, version=agreement.version)

    async def hand_in(self, agreement: Agreement, party: Party, docx: bytes) -> Agreement:
        caller = self.caller(party)
        ground = await self.ground(agreement, party)
        accepted = signing.handed_in(ground, docx, caller.scope, at=self.clock.now())
        async with self.database.transaction(caller) as tx:
            return await signing.add_signature(tx, agreement_id=agreement.id, accepted=accepted)

    async def signed_copy(self, agreement: Agreement, who: Signatory) -> bytes:
        ground = await self.ground(agreement, who.party)
        return signed_on_line(ground.docx, who, self.clock.now())

    async def sign(self, agreement: Agreement, who: Signatory) -> Agreement:
        return await self.hand_in(agreement, who.party, await self.signed_copy(agreement, who))

    async def sign_on_paper(
        self, agreement: Agreement, who: Signatory, by: Party | None = None, **said: Any
    ) -> Agreement:
        """Put down that somebody has signed by hand today; `by` the main connector unless it is said."""
        side = by or Party.MAIN_CONNECTOR
        scan = said.pop("scan", None) or await self.exhibit(side)
        today = day_in_finland(self.clock.now())
        paper = {"signed_on": today, "received_by": "Eino Esimerkki", "exhibit_id": scan.id} | said
        async with self.database.transaction(self.caller(side)) as tx:
            return await papers.put_down(
                tx,
                self.clock,
                agreement_id=agreement.id,
                version=agreement.version,
                said=SaidOnPaper(party=who.party, position=who.position, **paper),
            )

    async def mandate(self, party: Party, by: Party | None = None, **said: Any) -> Mandate:
        """Put down a mandate of the person who signs first for a party in every example."""
        new = {
            "party": party,
            "tenancy_id": self.tenant.tenancy.id,
            "person": a_signatory(party).name,
            "ground": MandateGround.TRADE_REGISTER,
            "valid_from": date(2026, 1, 1),
        } | said
        async with self.database.transaction(self.caller(by or Party.MAIN_CONNECTOR)) as tx:
            return await mandates.put_down(tx, self.clock, NewMandate(**new))

    async def end_mandate(self, mandate: Mandate, by: Party | None = None, on: date | None = None) -> Mandate:
        async with self.database.transaction(self.caller(by or Party.MAIN_CONNECTOR)) as tx:
            return await mandates.end(
                tx, self.clock, mandate_id=mandate.id, version=mandate.version, on=on, because="She has left"
            )

    async def sign_all(self, agreement: Agreement) -> Agreement:
        for who in agreement.signatories:
            agreement = await self.sign(agreement, who)
        return agreement

    async def in_force(self, said: Draft | None = None) -> Agreement:
        return await self.sign_all(await self.offered(said))

    async def read(self, agreement: Agreement) -> Agreement:
        """Read it as it is now; both parties see the same."""
        async with self.database.transaction(self.tenant.caller) as tx:
            seen = await reading.one(tx, agreement.id)
        async with self.database.transaction(self.main_connector) as tx:
            assert await reading.one(tx, agreement.id) == seen
        return seen

    async def services_on(self, day: date) -> tuple[str, ...]:
        async with self.database.transaction(self.tenant.caller) as tx:
            found = await annex_reading.services_on(tx, self.tenant.tenancy.id, day)
        return () if found is None else found.services

    async def exhibit(self, party: Party, content: bytes = b"%PDF-1.7\n%%EOF\n", name: str = "scan.pdf") -> Exhibit:
        async with self.database.transaction(self.caller(party)) as tx:
            return await exhibits.add(tx, self.clock, tenancy_id=self.tenant.tenancy.id, name=name, content=content)

    async def another_tenant(self, serial: int) -> Tenant:
        """Make a tenant of the same main connector that is shown to be in Soteri too."""
        tenant = await a_tenant(self.database, self.clock, self.main_connector, serial)
        await looked(self.database, self.clock, self.main_connector, tenant.organisation.id)
        return tenant


def signed_on_line(docx: bytes, who: Signatory, at: datetime) -> bytes:
    line = next(line for line in signature_lines(docx) if line.setup_id == line_id(who.line))
    return sign(docx, a_credential(who.name, at), at=at, line=line)


@pytest.fixture
async def desk(database, clock) -> Desk:
    main_connector = await a_realm(database, clock)
    tenant = await a_tenant(database, clock, main_connector)
    for organisation_id in (await owner_of(database, main_connector), tenant.organisation.id):
        await looked(database, clock, main_connector, organisation_id)
    return Desk(database, clock, main_connector, tenant)
