"""Documents for the addressees of duties: what the teller of a duty knows, filled, sealed and kept."""

from datetime import date
from uuid import UUID

from msgspec.structs import replace

from kanta_tenancy import papers
from kanta_tenancy.disturbances import paper, reading
from kanta_tenancy.disturbances.case import KeptDuty
from kanta_tenancy.disturbances.paper import Addressed, Known
from kanta_tenancy.disturbances.reading import Whole
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.papers import KeptPaper, Paper, PaperWithContent
from kanta_tenancy.seals import SealKeys


async def draw_up(tx: Transaction, clock: Clock, keys: SealKeys | None, duty_id: UUID, language: Language) -> KeptPaper:
    """Draw up the document for a duty's addressee; while nothing has changed, it is the same one.

    Raises:
        DutyNotFound: the scope has none of that id.
        SealNotSetUp, SealKeyUnusable: it cannot be sealed here.
    """
    return await papers.draw_up(tx, clock, keys, await said(tx, clock, await reading.duty(tx, duty_id), language))


async def said(tx: Transaction, clock: Clock, duty: KeptDuty, language: Language) -> Paper:
    """Return what the addressee of a duty is told on paper by what is known now."""
    day = day_in_finland(clock.now())
    whole = _as_its_teller_knows_it(await reading.whole(tx, duty.disturbance_id), duty)
    known = await _known(tx, whole, duty, day)
    to = await reading.addressed(tx, whole.disturbance, duty, day)
    return paper.paper(known, duty, Addressed(authority=to.authority, name=to.name), language)


async def page(tx: Transaction, duty_id: UUID, *, before: UUID | None, count: int) -> list[KeptPaper]:
    """Read a page of the documents that were drawn up for a duty, newest first.

    Raises:
        DutyNotFound: the scope has none of that id.
    """
    duty = await reading.duty(tx, duty_id)
    return await papers.page(tx, paper.about_of(duty), before=before, count=count)


async def one(tx: Transaction, duty_id: UUID, paper_id: UUID) -> PaperWithContent:
    """Read a document that was drawn up for a duty.

    Raises:
        DutyNotFound, PaperNotFound: the scope has none such.
    """
    duty = await reading.duty(tx, duty_id)
    return await papers.one(tx, paper.about_of(duty), paper_id)


async def _known(tx: Transaction, whole: Whole, duty: KeptDuty, day: date) -> Known:
    about = await reading.about(tx, whole, day, duty.tenancy_id)
    return Known(about=about, answers=paper.held(whole.answers, about), statuses=whole.statuses)


def _as_its_teller_knows_it(whole: Whole, duty: KeptDuty) -> Whole:
    """Return a disturbance as whoever owes the duty sees it, whoever draws the document up.

    The main connector may do it in a tenant's place; what other tenants said, and its own answers, stay out of it.
    """
    if duty.tenancy_id is None:
        return whole
    own = tuple(one for one in whole.reports if one.tenancy_id == duty.tenancy_id)
    return replace(whole, reports=own, answers=())
