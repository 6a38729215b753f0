"""Agreements that were signed before this system: brought in with their dates, ended and replaced as others are."""

from datetime import date
from typing import Final
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy import parties
from kanta_tenancy.agreements import history, lifecycle
from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.agreements.endings import actions as endings
from kanta_tenancy.agreements.endings.errors import OccurrenceRefused
from kanta_tenancy.agreements.exhibits import store as exhibits
from kanta_tenancy.agreements.model import Agreement, Earlier
from kanta_tenancy.agreements.store import agreements as store
from kanta_tenancy.agreements.store import life
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.errors import Flaw
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties import wording

FIRST_DAY: Final = date(2010, 1, 1)  # the catalogue of services begins there: an earlier agreement is a slip of the pen


async def bring_in(tx: Transaction, clock: Clock, *, tenancy_id: TenancyId, said: Earlier) -> Agreement:
    """Bring in an agreement that both have signed elsewhere; it is in force.

    Raises:
        TenancyNotFound, ExhibitNotFound: there is no such tenancy, or it has no such file.
        OccurrenceRefused: it says something that cannot be, or its reference is taken.
        AnotherAgreement: the tenancy has one in force at that time.
    """
    await parties.check_tenancy(tx, tenancy_id)
    at = clock.now()
    fit, flaws = examined(said, day_in_finland(at))
    if flaws:
        raise OccurrenceRefused("; ".join(flaw.detail for flaw in flaws), flaws=flaws)
    await exhibits.check(tx, fit.exhibit_id, tenancy_id)
    await life.one_at_a_time(tx, tenancy_id)
    while True:
        new = AgreementId(new_id())
        agreement, event = lifecycle.imported(fit, agreement_id=new, tenancy_id=tenancy_id, at=at)
        if await life.bring_in(tx, agreement):
            break
        if fit.reference is not None:
            flaw = Flaw(field="reference", detail="another agreement has that reference", rule="K20.3")
            raise OccurrenceRefused(flaw.detail, flaws=(flaw,))
    await endings.write_annex(tx, agreement)
    act = history.act("imported", None, agreement, at=at, on=fit.in_force_on.isoformat(), version=fit.model_version)
    await record(tx, act, announce=event)
    return await endings.reckon(tx, agreement, at=at)


async def show(
    tx: Transaction, clock: Clock, *, agreement_id: AgreementId, version: int, exhibit_id: UUID
) -> Agreement:
    """Add the scan or file of an imported agreement, once.

    Raises:
        AgreementNotFound, AgreementChanged: there is none, or not at that version any more.
        ExhibitNotFound: its tenancy has no such file.
        MoveNotAllowed: it was not imported, or its file is there already.
    """
    before = await store.take(tx, agreement_id, version)
    after = lifecycle.show(before, exhibit_id)
    await exhibits.check(tx, exhibit_id, before.tenancy_id)
    await life.save_exhibit(tx, after)
    at = clock.now()
    await endings.owe_end(tx, after, at=at)
    await record(tx, history.act("shown", before, after, at=at, exhibit=str(exhibit_id)))
    return after


def examined(said: Earlier, today: date) -> tuple[Earlier, tuple[Flaw, ...]]:
    """Return it as it will be kept, and everything that is wrong with it."""
    look = wording.Examination()
    version = look.text("version", wording.name, said.model_version, clause="K20.3")
    reference = look.optional("reference", wording.name, said.reference, clause="K20.3")
    if not FIRST_DAY <= said.in_force_on <= today:
        look.note("in_force_on", f"a day from {FIRST_DAY} until today is expected", clause="K20.3")
    if not said.services:
        look.note("services", "at least one Kanta service of its Annex 1 is expected", clause="K1.3")
    if len(set(said.registers)) != len(said.registers):
        look.note("registers", "a register is named more than once", clause="K1.1")
    flaws = (*look.flaws, *catalogue.unknown(said.services, field="services"))
    return replace(said, model_version=version, reference=reference), flaws
