"""Bringing a file of systems into a realm: all of it or, when that is asked for, its good rows."""

from collections.abc import Sequence
from uuid import UUID

from kanta_tenancy import parties
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.parties import BadRow
from kanta_tenancy.systems.actions import certificates, deployments, systems
from kanta_tenancy.systems.imports.examining import Entry, examine
from kanta_tenancy.systems.imports.planning import Known, Plan, Step, plan
from kanta_tenancy.systems.imports.reading import read
from kanta_tenancy.systems.model import Deployment, InformationSystem
from kanta_tenancy.systems.store import deployments as deployment_store
from kanta_tenancy.systems.store import systems as system_store


class Imported(Record, frozen=True, kw_only=True):
    """What an import did, or would do."""

    changed: bool  # false: a dry run, or bad rows that nobody accepted to leave out
    systems: int
    releases: int
    certificates: int
    deployments: int
    already_there: int
    bad_rows: tuple[BadRow, ...]


async def import_systems(
    tx: Transaction, clock: Clock, content: bytes, *, dry_run: bool, accept_good_rows: bool
) -> Imported:
    """Bring in a file's systems with their versions, certificates and deployments.

    What is there already is left as it is, and what it lacks is added, so a file can be brought in again. Nothing is
    changed by a dry run, nor while any row is bad unless the good ones are accepted without it.

    Raises:
        ImportRefused: the file cannot be read.
        DomainError: somebody else put down the same at the same time.
    """
    rows, bad = read(content)
    entries, flaws = examine(rows, day_in_finland(clock.now()))
    known = await _known(tx, entries)
    planned = plan(entries, known)
    bad += [*flaws, *planned.bad]
    changed = not dry_run and (accept_good_rows or not bad)
    if changed:
        for step in planned.steps:
            await _do(tx, clock, step, known)
    return _report(planned, bad, changed=changed)


async def _known(tx: Transaction, entries: Sequence[Entry]) -> Known:
    found = await system_store.named(tx, [one.said.name for one in entries])
    there: dict[UUID, list[Deployment]] = {}
    for one in await deployment_store.of_systems(tx, list(found.values())):
        there.setdefault(one.system_id, []).append(one)
    tenants = {one.tenant for entry in entries for one in entry.deployments}
    tenancies: dict[str, TenancyId | None] = {
        one.business_id: one.tenancy_id
        for one in await parties.with_business_ids(tx, list(tenants))
        if one.tenancy_id is not None
    }
    own = await parties.main_connector(tx)
    return Known(
        systems={name: await system_store.find(tx, system_id) for name, system_id in found.items()},
        deployments={system_id: tuple(of_system) for system_id, of_system in there.items()},
        tenancies={own.business_id: None, **tenancies},
    )


async def _do(tx: Transaction, clock: Clock, step: Step, known: Known) -> None:
    system = step.existing or await _registered(tx, clock, step.entry)
    for release in step.releases:
        system = await systems.add_release(tx, clock, system.id, release.said, version=system.version)
    for certificate in step.certificates:
        system = await certificates.record_certificate(tx, clock, system.id, certificate.said, version=system.version)
    for one in step.deployments:
        await deployments.deploy(
            tx,
            clock,
            system_id=system.id,
            service=one.service,
            tenancy_id=known.tenancies[one.tenant],
            since=one.since,
            until=one.until,
        )


async def _registered(tx: Transaction, clock: Clock, entry: Entry) -> InformationSystem:
    system = await systems.register(tx, clock, entry.said)
    if entry.in_use_on is None:
        return system
    return await systems.take_into_use(tx, clock, system.id, version=system.version, on=entry.in_use_on)


def _report(planned: Plan, bad: Sequence[BadRow], *, changed: bool) -> Imported:
    return Imported(
        changed=changed,
        systems=sum(step.existing is None for step in planned.steps),
        releases=sum(len(step.releases) for step in planned.steps),
        certificates=sum(len(step.certificates) for step in planned.steps),
        deployments=sum(len(step.deployments) for step in planned.steps),
        already_there=planned.already_there,
        bad_rows=tuple(sorted(bad, key=lambda row: (row.line, row.row, row.field))),
    )
