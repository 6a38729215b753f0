"""Bringing a file into a realm: all of it or, when that is asked for, its good rows."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from typing import Final

import asyncpg

from kanta_tenancy.kernel.acting import Actor, Caller, Scope
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.identifiers import MainConnectorId, OrganisationId, new_id
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Database, Transaction
from kanta_tenancy.parties import wording
from kanta_tenancy.parties.actions.contacts import name_contact
from kanta_tenancy.parties.actions.evidence import record_evidence
from kanta_tenancy.parties.actions.organisations import found_realm, register_organisation
from kanta_tenancy.parties.actions.tenancies import open_tenancy
from kanta_tenancy.parties.errors import ImportRefused, OrganisationExists, TenancyExists
from kanta_tenancy.parties.imports.examining import Good, examine
from kanta_tenancy.parties.imports.planning import Known, Plan, Step, plan
from kanta_tenancy.parties.imports.reading import read
from kanta_tenancy.parties.imports.rows import BadRow, Sheet
from kanta_tenancy.parties.model import Contact, MainConnector, Permission, Role, SoteriEvidence
from kanta_tenancy.parties.store import contacts, evidence, organisations, tenancies

_RETRIES: Final = 3
# What comes of somebody who registers the same over the API meanwhile; the next attempt finds it there.
_MET_THE_API: Final = (asyncpg.DeadlockDetectedError, OrganisationExists, TenancyExists)


class Imported(Record, frozen=True, kw_only=True):
    """What an import did, or would do."""

    main_connector: str  # business id
    changed: bool  # false: a dry run, or bad rows that nobody accepted to leave out
    organisations: int
    tenancies: int
    contacts: int
    evidence: int
    already_there: int
    bad_rows: tuple[BadRow, ...]
    warnings: tuple[BadRow, ...]  # odd, but taken


async def import_parties(
    db: Database,
    clock: Clock,
    actor: Actor,
    content: bytes,
    *,
    main_connector: str | None = None,
    dry_run: bool = False,
    accept_good_rows: bool = False,
) -> Imported:
    """Bring a file's organisations into a realm, in one transaction; what is there already is left as it is.

    Nothing is changed by a dry run, nor while any row is bad unless the good ones are accepted without it.

    Args:
        main_connector: the business id of the realm's owner; not needed when the file names it, or when there is
            one realm only. A realm that is not there yet is made from the file's row for its owner.

    Raises:
        ImportRefused: the file cannot be read, or it cannot be said for which realm it is.
        DomainError: others registered the same at the same time, again and again.
    """
    good, bad = _examined(read(content), day_in_finland(clock.now()))
    async with db.unscoped() as connection:
        realms = await organisations.main_connectors(connection)
    owner = _owner(good, bad, main_connector, realms)
    realm = next((one for one in realms if one.business_id == owner), None)
    scope = Scope(main_connector_id=MainConnectorId(new_id()) if realm is None else realm.id)
    caller = Caller(scope=scope, actor=actor, permissions=frozenset(Permission))

    async def attempt() -> Imported:
        async with db.transaction(caller) as tx:
            await organisations.one_at_a_time(tx)
            planned = plan(good, await _known(tx, good), owner)
            flaws = [*bad, *planned.bad]
            has_realm = realm is not None or any(_makes_realm(step, owner) for step in planned.steps)
            if not has_realm and not flaws:
                raise ImportRefused(f"{owner} has no realm yet, and the file has no row for it as main_connector")
            changes = has_realm and not dry_run and (accept_good_rows or not flaws)
            if changes:
                for step in planned.steps:
                    await _do(tx, clock, step, makes_realm=realm is None and _makes_realm(step, owner))
        return _report(owner, planned, good, flaws, changed=changes)

    for _ in range(_RETRIES):
        with suppress(*_MET_THE_API):
            return await attempt()
    return await attempt()


def _examined(sheet: Sheet, today: date) -> tuple[list[Good], list[BadRow]]:
    unread = frozenset(row.row for row in sheet.bad)
    good: list[Good] = []
    bad = list(sheet.bad)
    for entry in sheet.entries:
        sound, flaws = examine(entry, today, unread)
        bad += flaws
        if sound is not None:
            good.append(sound)
    return good, bad


def _owner(good: Iterable[Good], bad: Iterable[BadRow], said: str | None, realms: Sequence[MainConnector]) -> str:
    if said is not None:
        try:
            return wording.business_id(said)
        except wording.Unfit as why:
            raise ImportRefused(f"the main connector's business id: {why}") from why
    named = {one.new.business_id for one in good if one.role is Role.MAIN_CONNECTOR}
    owners = named or {one.business_id for one in realms}
    if len(owners) == 1:
        return owners.pop()
    lacking = "the file names several" if named else "there are several" if owners else "none is there or in good rows"
    flaws = tuple(Flaw(field=f"line {row.line}: {row.field}", detail=row.reason) for row in bad)
    raise ImportRefused(f"say for which main connector the file is: {lacking}", flaws=flaws)


async def _known(tx: Transaction, good: Iterable[Good]) -> Known:
    named = [one.new.business_id for one in good]
    found = await organisations.with_business_ids(tx, named)
    ids = [one.id for one in found]
    references = await tenancies.with_references(tx, [one.reference or one.new.business_id for one in good])
    people: dict[OrganisationId, list[Contact]] = {}
    for person in await contacts.of_organisations(tx, ids):
        people.setdefault(person.organisation_id, []).append(person)
    looks: dict[OrganisationId, list[SoteriEvidence]] = {}
    for look in await evidence.of_organisations(tx, ids):
        looks.setdefault(look.organisation_id, []).append(look)
    return Known(
        organisations={one.business_id: one for one in found},
        tenancies={one.organisation_id: one for one in await tenancies.of_organisations(tx, ids)},
        references=frozenset(one.reference for one in references),
        contacts=people,
        evidence=looks,
    )


def _makes_realm(step: Step, owner: str) -> bool:
    return step.role is Role.MAIN_CONNECTOR and step.new.business_id == owner


async def _do(tx: Transaction, clock: Clock, step: Step, *, makes_realm: bool) -> None:
    organisation_id = step.existing
    if makes_realm:
        organisation_id = (await found_realm(tx, clock, step.new)).id
    elif organisation_id is None:
        organisation_id = (await register_organisation(tx, clock, step.new)).id
    if step.open_tenancy:
        await open_tenancy(tx, clock, organisation_id, reference=step.reference)
    for person in step.contacts:
        await name_contact(tx, clock, organisation_id, person)
    for look in step.evidence:
        await record_evidence(tx, clock, organisation_id, look)


def _report(owner: str, planned: Plan, good: Iterable[Good], bad: Iterable[BadRow], *, changed: bool) -> Imported:
    spoilt = {row.row for row in bad}
    doubts = [(one.part, wording.doubt_about_oid(one.new.oid, one.new.business_id)) for one in good]
    return Imported(
        main_connector=owner,
        changed=changed,
        organisations=sum(step.existing is None for step in planned.steps),
        tenancies=sum(step.open_tenancy for step in planned.steps),
        contacts=sum(len(step.contacts) for step in planned.steps),
        evidence=sum(len(step.evidence) for step in planned.steps),
        already_there=sum(step.already_there for step in planned.steps),
        bad_rows=tuple(sorted(bad, key=lambda row: (row.row, row.field, row.reason))),
        warnings=tuple(
            part.bad(doubt.field, doubt.detail) for part, doubt in doubts if doubt and part.row not in spoilt
        ),
    )
