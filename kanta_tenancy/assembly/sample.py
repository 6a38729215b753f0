"""The sample that `run` begins with: a main connector, its tenants, and a first agreement that is in force."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

import msgspec

from kanta_tenancy.agreements.model import Party
from kanta_tenancy.agreements.models.actions import NEWEST, OURS
from kanta_tenancy.assembly.atomic_file import write_whole
from kanta_tenancy.assembly.demo_input import DemoInput, SaidTenant, sample_input
from kanta_tenancy.assembly.desk import account
from kanta_tenancy.assembly.sample_agreement import Side, in_force
from kanta_tenancy.assembly.sample_keys import (
    ACCESS_KEYS,
    SIGNING_KEYS,
    AccessKeys,
    Holder,
    keep_access_keys,
    kept_access_keys,
    signing_keys,
)
from kanta_tenancy.kernel.acting import Actor, ActorKind, Caller
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.x509.sample_authority import Signer
from kanta_tenancy.parties import Role, desk_work
from kanta_tenancy.parties.access import authenticate
from kanta_tenancy.parties.errors import ImportRefused
from kanta_tenancy.parties.granting import USUAL_LIFE
from kanta_tenancy.parties.imports.importing import import_parties
from kanta_tenancy.parties.model import MainConnector

DOCUMENT: Final = "first-agreement.docx"
SYSTEM: Final = "sample"  # the system that the sample's access keys belong to
# Two of the tenants have keys: the first has an agreement in force, the second none, so that a reader can make it.
WITH_KEYS: Final = 2
MAIN_CONNECTOR_SIGNER: Final = "main-connector"
TENANT_SIGNERS: Final = ("first-tenant", "second-tenant")


class Sample(Record, frozen=True, kw_only=True):
    """What there is to try out."""

    keys: AccessKeys
    reference: str  # of the first agreement
    in_force_on: date | None
    home: Path

    def told(self) -> list[str]:
        """Return the lines that `run` shows."""
        first, second = self.keys.tenants
        day = "" if self.in_force_on is None else f", in force since {self.in_force_on}"
        return [
            "",
            f"Main connector: {self.keys.main_connector.name}",
            f"   {self.keys.main_connector.key}",
            f"Tenant: {first.name} (agreement {self.reference}{day})",
            f"   {first.key}",
            f"Tenant: {second.name} (no agreement yet)",
            f"   {second.key}",
            f"These keys are in {self.home / ACCESS_KEYS} too, those to sign with in {self.home / SIGNING_KEYS}.",
            f"The first agreement, signed by both: {self.home / DOCUMENT}",
        ]


class _HereDesk:
    """An operator's desk at a database that is open already."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self.clock = clock
        self.operator = Actor(kind=ActorKind.OPERATOR, name=account())
        self._db = db

    @asynccontextmanager
    async def database(self) -> AsyncGenerator[Database]:
        yield self._db


async def welcome(db: Database, clock: Clock, home: Path) -> list[str]:
    return (await load_sample(db, clock, home)).told()


async def load_sample(db: Database, clock: Clock, home: Path) -> Sample:
    """Make the sample, or find what an earlier run made of it; safe after a run that was killed halfway.

    Args:
        home: where keys and the first agreement's document are kept.
    """
    said = sample_input()
    desk = _HereDesk(db, clock)
    realm = await _realm(desk, db, said)
    keys, callers = await _access(desk, db, home, realm, said)
    signers = _signers(said)
    credentials = signing_keys(home, signers, clock)
    main_connector, tenant = callers[0], callers[1]
    agreement, docx = await in_force(
        db,
        clock,
        said.tenants[0].agreement.draft(OURS, NEWEST),
        _tenancy(tenant),
        {
            Party.MAIN_CONNECTOR: Side(caller=main_connector, credential=credentials[MAIN_CONNECTOR_SIGNER]),
            Party.TENANT: Side(caller=tenant, credential=credentials[TENANT_SIGNERS[0]]),
        },
    )
    write_whole(home / DOCUMENT, docx)
    return Sample(keys=keys, reference=agreement.reference, in_force_on=agreement.in_force_on, home=home)


async def _realm(desk: _HereDesk, db: Database, said: DemoInput) -> MainConnector:
    """Return the sample's realm; its parties came in one transaction with it, so where it is, they are."""
    own = said.main_connector.business_id
    if not any(one.business_id == own for one in await desk_work.realms(db)):
        done = await import_parties(db, desk.clock, desk.operator, parties_file(said), main_connector=own)
        if not done.changed:
            flaws = tuple(Flaw(field=row.field, detail=row.reason) for row in done.bad_rows)
            raise ImportRefused("the sample cannot be brought in", flaws=flaws)
    return await desk_work.realm(db, own)


def parties_file(said: DemoInput) -> bytes:
    """Return the parties as `organisations import` takes them."""
    organisations: list[dict[str, Any]] = [msgspec.to_builtins(said.main_connector) | {"role": Role.MAIN_CONNECTOR}]
    for tenant in said.tenants:
        fields = msgspec.to_builtins(tenant)
        del fields["agreement"]
        organisations.append(fields | {"role": Role.TENANT})
    return msgspec.json.encode({"organisations": organisations})


async def _access(
    desk: _HereDesk, db: Database, home: Path, realm: MainConnector, said: DemoInput
) -> tuple[AccessKeys, Sequence[Caller]]:
    """Return keys that open, main connector's first, and who calls with them; new ones when the kept do not."""
    kept = kept_access_keys(home)
    if kept is not None:
        found = [await authenticate(db, desk.clock, holder.key) for holder in (kept.main_connector, *kept.tenants)]
        callers = [caller for caller in found if caller is not None and caller.scope.main_connector_id == realm.id]
        if [caller.scope.tenancy_id is None for caller in callers] == [True] + [False] * WITH_KEYS:
            return kept, callers
    made = AccessKeys(
        main_connector=await _holder(desk, realm, realm.name, realm.business_id),
        tenants=tuple([await _holder(desk, realm, one.name, one.business_id) for one in said.tenants[:WITH_KEYS]]),
    )
    keep_access_keys(home, made)
    opened = [await authenticate(db, desk.clock, holder.key) for holder in (made.main_connector, *made.tenants)]
    return made, [caller for caller in opened if caller is not None]


async def _holder(desk: _HereDesk, realm: MainConnector, name: str, business_id: str) -> Holder:
    asked = desk_work.KeyAsked(
        main_connector=realm.business_id,
        organisation=business_id,
        contact=None,
        system=SYSTEM,
        permissions=None,
        life=USUAL_LIFE,
    )
    _, token = await desk_work.create(desk, asked)
    return Holder(name=name, business_id=business_id, key=token.text)


def _signers(said: DemoInput) -> dict[str, Signer]:
    signers = {MAIN_CONNECTOR_SIGNER: _signer(said.tenants[0], Party.MAIN_CONNECTOR, said.main_connector.name)}
    for file, tenant in zip(TENANT_SIGNERS, said.tenants, strict=False):
        signers[file] = _signer(tenant, Party.TENANT, tenant.name)
    return signers


def _signer(tenant: SaidTenant, party: Party, organisation: str) -> Signer:
    who = next(one for one in tenant.agreement.signatories if one.party is party)
    return Signer(name=who.name, organisation=organisation)


def _tenancy(tenant: Caller) -> TenancyId:
    if tenant.scope.tenancy_id is None:
        raise LookupError("the sample's first tenant is no tenant")
    return tenant.scope.tenancy_id
