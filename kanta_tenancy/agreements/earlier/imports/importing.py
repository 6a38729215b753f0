"""Bringing a file of earlier agreements into a realm: all of it or, when that is asked for, its good rows."""

from collections import Counter
from collections.abc import Mapping, Sequence

from kanta_tenancy.agreements.earlier import actions as earlier
from kanta_tenancy.agreements.earlier.imports.examining import Good, examine
from kanta_tenancy.agreements.earlier.imports.reading import read
from kanta_tenancy.agreements.model import Origin
from kanta_tenancy.agreements.store import life
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.parties import BadRow, with_business_ids


class Imported(Record, frozen=True, kw_only=True):
    """What an import did, or would do."""

    changed: bool  # false: a dry run, or bad rows that nobody accepted to leave out
    agreements: int
    already_there: int
    bad_rows: tuple[BadRow, ...]


async def import_agreements(
    tx: Transaction, clock: Clock, content: bytes, *, dry_run: bool, accept_good_rows: bool
) -> Imported:
    """Bring in a file's agreements; one that is there already is left as it is, so a file can be brought in again.

    Nothing is changed by a dry run, nor while any row is bad unless the good ones are accepted without it.

    Raises:
        ImportRefused: the file cannot be read.
        AnotherAgreement: somebody else put one in force at the same time.
    """
    rows, bad = read(content)
    good: list[Good] = []
    for row in rows:
        fit, flaws = examine(row, day_in_finland(clock.now()))
        bad += flaws
        if fit is not None:
            good.append(fit)
    found = await with_business_ids(tx, [one.business_id for one in good])
    tenancies = {one.business_id: one.tenancy_id for one in found if one.tenancy_id is not None}
    new, there, unknown = await _compared(tx, good, tenancies)
    bad += unknown
    changed = not dry_run and (accept_good_rows or not bad)
    if changed:
        for one in new:
            await earlier.bring_in(tx, clock, tenancy_id=tenancies[one.business_id], said=one.said)
    return Imported(
        changed=changed,
        agreements=len(new),
        already_there=there,
        bad_rows=tuple(sorted(bad, key=lambda row: (row.line, row.row, row.field))),
    )


async def _compared(
    tx: Transaction, good: Sequence[Good], tenancies: Mapping[str, TenancyId]
) -> tuple[list[Good], int, list[BadRow]]:
    """Return the rows that are new, how many are there already, and those that the realm knows otherwise."""
    in_force = {one.tenancy_id: one for one in await life.in_force_of(tx, set(tenancies.values()))}
    named = [one.said.reference for one in good if one.said.reference is not None]
    taken = await life.taken(tx, named)
    times, references = Counter(one.business_id for one in good), Counter(named)
    new: list[Good] = []
    bad: list[BadRow] = []
    there = 0
    for one in good:
        tenancy_id = tenancies.get(one.business_id)
        known = None if tenancy_id is None else in_force.get(tenancy_id)
        reference = one.said.reference
        if tenancy_id is None:
            bad.append(one.row.bad("business_id", "it is no tenant here: import organisations first"))
        elif times[one.business_id] > 1:
            bad.append(one.row.bad("business_id", "the file has several agreements of this tenant"))
        elif known is not None and _is_same(known, one):
            there += 1
        elif known is not None:
            bad.append(one.row.bad("business_id", "the tenant has another agreement in force"))
        elif reference is not None and (reference in taken or references[reference] > 1):
            bad.append(one.row.bad("reference", "another agreement has that reference"))
        else:
            new.append(one)
    return new, there, bad


def _is_same(known: life.InForce, one: Good) -> bool:
    said = (one.said.model_version, one.said.in_force_on)
    return known.origin is Origin.IMPORTED and (known.model_version, known.in_force_on) == said
