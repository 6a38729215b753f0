"""Mandates are put down, and ended: by each party for its own people, by the main connector for both."""

from datetime import date
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy import parties
from kanta_tenancy.agreements import history
from kanta_tenancy.agreements.exhibits import store as exhibits
from kanta_tenancy.agreements.mandates import store
from kanta_tenancy.agreements.mandates.errors import MandateChanged, MandateOver, MandateRefused
from kanta_tenancy.agreements.mandates.model import Mandate, MandateGround, NewMandate
from kanta_tenancy.agreements.model import Party, party_of
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import OrganisationId, TenancyId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties import wording


async def put_down(tx: Transaction, clock: Clock, said: NewMandate) -> Mandate:
    """Put down that somebody may sign for a party; the main connector may for both, and the mandate tells who did.

    Raises:
        TenancyNotFound, ExhibitNotFound: there is no such tenancy, or it has no such file.
        MandateRefused: it says something that cannot be.
    """
    by = party_of(tx.scope)
    fit = _examined(said, by, tx.scope.tenancy_id)
    at = clock.now()
    mandate = Mandate(
        id=new_id(),
        tenancy_id=fit.tenancy_id,
        organisation_id=await _organisation(tx, fit, day_in_finland(at)),
        party=fit.party,
        person=fit.person,
        ground=fit.ground,
        words=fit.words,
        exhibit_id=fit.exhibit_id,
        valid_from=fit.valid_from,
        valid_until=fit.valid_until,
        recorded_at=at,
        recorded_by=by,
        version=1,
    )
    await store.add(tx, mandate)
    act = history.occurred(
        "mandate.recorded", mandate.id, tenancy_id=mandate.tenancy_id, at=at, party=mandate.party.value,
        ground=mandate.ground.value, since=mandate.valid_from.isoformat(), by=by.value,
        until=None if mandate.valid_until is None else mandate.valid_until.isoformat(),
    )  # fmt: skip
    await record(tx, act)
    return mandate


async def end(
    tx: Transaction, clock: Clock, *, mandate_id: UUID, version: int, on: date | None, because: str
) -> Mandate:
    """Put down, once, that a mandate does not hold any more, and why. What was signed by it before stays signed.

    Args:
        on: the first day on which it does not hold; today when it is left out.

    Raises:
        MandateNotFound, MandateChanged: there is none, or not at that version any more.
        MandateOver: it was ended already.
        MandateRefused: it is the other party's, its day is to come or before it began, or no reason is told.
    """
    before = await store.find(tx, mandate_id)
    by = party_of(tx.scope)
    if before.version != version:
        raise MandateChanged(f"the mandate is at version {before.version}", version=before.version)
    if before.ended_on is not None:
        raise MandateOver(f"it was ended on {before.ended_on}")
    at = clock.now()
    today = day_in_finland(at)
    look = wording.Examination()
    reason = look.text("because", wording.name, because, clause="K21")
    day = today if on is None else on
    if by is Party.TENANT and before.party is not by:
        look.note("", "a tenant ends mandates of its own people", clause="K21")
    if day > today:
        look.note("on", "it is still to come: a mandate is ended from today or an earlier day on", clause="K21")
    if day < before.valid_from:
        look.note("on", "the mandate had not begun on that day", clause="K21")
    if look.flaws:
        raise MandateRefused("; ".join(flaw.detail for flaw in look.flaws), flaws=tuple(look.flaws))
    after = replace(before, ended_on=day, ended_because=reason, ended_at=at, ended_by=by, version=version + 1)
    await store.save_end(tx, after)
    act = history.occurred(
        "mandate.ended", after.id, tenancy_id=after.tenancy_id, at=at, party=after.party.value, on=day.isoformat(),
        by=by.value,
    )  # fmt: skip
    await record(tx, act)
    return after


def _examined(said: NewMandate, by: Party, own: TenancyId | None) -> NewMandate:
    look = wording.Examination()
    fit = replace(
        said,
        tenancy_id=said.tenancy_id or own,
        person=look.text("person", wording.name, said.person, clause="K21"),
        words=look.optional("words", wording.name, said.words, clause="K21"),
    )
    if by is Party.TENANT and fit.party is not by:
        look.note("party", "a tenant puts down mandates of its own people", clause="K21")
    if fit.party is Party.TENANT and fit.tenancy_id is None:
        look.note("tenancy_id", "say which tenant's mandate it is", clause="K21")
    if fit.valid_until is not None and fit.valid_until < fit.valid_from:
        look.note("valid_until", "it is before the day from which the mandate is valid", clause="K21")
    if fit.ground is MandateGround.POWER_OF_ATTORNEY and fit.exhibit_id is None:
        look.note("exhibit_id", "a power of attorney is shown by its document", clause="K21")
    if fit.ground is MandateGround.OTHER and fit.words is None:
        look.note("words", "say in words what the ground is", clause="K21")
    if fit.exhibit_id is not None and fit.tenancy_id is None:
        look.note("exhibit_id", "a file belongs to a tenancy; name the tenancy that the mandate is for", clause="K21")
    if look.flaws:
        raise MandateRefused("; ".join(flaw.detail for flaw in look.flaws), flaws=tuple(look.flaws))
    return fit


async def _organisation(tx: Transaction, said: NewMandate, today: date) -> OrganisationId:
    if said.tenancy_id is None:
        return (await parties.main_connector(tx)).organisation_id
    await parties.check_tenancy(tx, said.tenancy_id)
    await exhibits.check(tx, said.exhibit_id, said.tenancy_id)
    both = await parties.the_parties(tx, said.tenancy_id, on_day=today)
    return (both.main_connector if said.party is Party.MAIN_CONNECTOR else both.tenant).organisation_id
