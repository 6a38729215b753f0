"""Service-production agreements of the two parties: their notice period prevails, their end ends the agreement."""

from datetime import date, datetime
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy import parties
from kanta_tenancy.agreements import history
from kanta_tenancy.agreements.endings import actions as endings
from kanta_tenancy.agreements.endings.checklists import following as checklists
from kanta_tenancy.agreements.endings.errors import OccurrenceChanged, OccurrenceRefused
from kanta_tenancy.agreements.endings.model import NewServiceAgreement, ServiceAgreement
from kanta_tenancy.agreements.endings.store import service_agreements as store
from kanta_tenancy.agreements.exhibits import store as exhibits
from kanta_tenancy.agreements.store import life
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties import wording


async def put_down(
    tx: Transaction, clock: Clock, *, tenancy_id: TenancyId, said: NewServiceAgreement
) -> ServiceAgreement:
    """Put down another agreement of the two; what it says bears on theirs at once (K20.2).

    Raises:
        TenancyNotFound, ExhibitNotFound: there is no such tenancy, or it has no such file.
        OccurrenceRefused: it says something that cannot be.
    """
    await parties.check_tenancy(tx, tenancy_id)
    fit = _examined(said)
    await exhibits.check(tx, fit.exhibit_id, tenancy_id)
    at = clock.now()
    kept = ServiceAgreement(
        id=new_id(),
        tenancy_id=tenancy_id,
        recorded_at=at,
        version=1,
        notice_count=None if fit.period is None else fit.period.count,
        notice_unit=None if fit.period is None else fit.period.unit,
        name=fit.name,
        since=fit.since,
        last_day=fit.last_day,
        exhibit_id=fit.exhibit_id,
    )
    await store.add(tx, kept)
    await _bear(tx, "recorded", kept, at)
    return kept


async def change(
    tx: Transaction, clock: Clock, *, service_agreement_id: UUID, version: int, said: NewServiceAgreement
) -> ServiceAgreement:
    """Put down what is known of it now, such as its last day.

    An agreement that has ended because of it stays ended.

    Raises:
        ServiceAgreementNotFound, OccurrenceChanged: there is none, or not at that version any more.
        ExhibitNotFound: the tenancy has no such file.
        OccurrenceRefused: it says something that cannot be.
    """
    before = await store.find(tx, service_agreement_id)
    if before.version != version:
        raise OccurrenceChanged(f"it is at version {before.version}, not {version}", version=before.version)
    fit = _examined(said)
    await exhibits.check(tx, fit.exhibit_id, before.tenancy_id)
    after = replace(
        before,
        name=fit.name,
        since=fit.since,
        last_day=fit.last_day,
        notice_count=None if fit.period is None else fit.period.count,
        notice_unit=None if fit.period is None else fit.period.unit,
        exhibit_id=fit.exhibit_id,
        version=before.version + 1,
    )
    await store.save(tx, after)
    await _bear(tx, "changed", after, clock.now())
    return after


async def _bear(tx: Transaction, action: str, said: ServiceAgreement, at: datetime) -> None:
    """Journal what was put down, and work out anew when the agreement in force ends."""
    agreement = await life.in_force(tx, said.tenancy_id)
    if agreement is not None:
        await checklists.hold(tx, agreement)
    act = history.occurred(
        f"service_agreement.{action}", said.id, tenancy_id=said.tenancy_id, at=at,
        since=said.since.isoformat(), last_day=_iso(said.last_day),
        period=None if said.period is None else f"{said.period.count} {said.period.unit}",
    )  # fmt: skip
    await record(tx, act)
    if agreement is not None and (agreement.in_force_until is None or agreement.in_force_until > at):
        await endings.reckon(tx, agreement, at=at)


def _examined(said: NewServiceAgreement) -> NewServiceAgreement:
    look = wording.Examination()
    name = look.text("name", wording.name, said.name, clause="K20.2")
    if said.last_day is not None and said.last_day < said.since:
        look.note("last_day", "it is before the day from which the agreement holds", clause="K20.2")
    if said.period is not None and said.exhibit_id is None:
        look.note("exhibit_id", "a notice period that prevails is shown by its document", clause="K20.2")
    if look.flaws:
        raise OccurrenceRefused("; ".join(flaw.detail for flaw in look.flaws), flaws=tuple(look.flaws))
    return replace(said, name=name)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
