"""Documents by which somebody outside is told of a breach: what stands in the register, filled, sealed and kept."""

from uuid import UUID

from kanta_tenancy import papers, parties
from kanta_tenancy.breaches import checking, lifecycle, paper
from kanta_tenancy.breaches.actions.keeping import Standing, read
from kanta_tenancy.breaches.actions.reporting import party_of
from kanta_tenancy.breaches.model import Addressee, Breach, Telling
from kanta_tenancy.breaches.paper import Teller, Told
from kanta_tenancy.breaches.store import breaches as store
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.papers import KeptPaper, PaperWithContent
from kanta_tenancy.seals import SealKeys


async def draw_up(
    tx: Transaction,
    clock: Clock,
    keys: SealKeys | None,
    breach_id: UUID,
    *,
    to: Addressee,
    language: Language,
    late_because: str | None = None,
) -> KeptPaper:
    """Draw up the document for an addressee; while nothing else was said of the breach, it is the same one.

    Args:
        late_because: why the authority is told after the 72 hours.

    Raises:
        BreachNotFound: the scope has none of that id.
        BreachMoveNotAllowed: it was dismissed or closed.
        BreachRefused: this addressee cannot be told so; as when the telling is put down.
        SealNotSetUp, SealKeyUnusable: it cannot be sealed here.
    """
    found = await read(tx, await store.find(tx, breach_id))
    lifecycle.check_open(found.case.state)
    said = _telling(found, to, late_because, clock)
    told = Told(
        breach=found.breach,
        entries=found.entries,
        case=found.case,
        teller=await _teller(tx, found.breach, clock),
        late_because=said.late_because,
    )
    return await papers.draw_up(tx, clock, keys, paper.paper(told, to, language))


async def page(tx: Transaction, breach_id: UUID, *, before: UUID | None, count: int) -> list[KeptPaper]:
    """Read a page of the documents that were drawn up of a breach, newest first.

    Raises:
        BreachNotFound: the scope has none of that id.
    """
    breach = await store.find(tx, breach_id)
    return await papers.page(tx, paper.about_of(breach), before=before, count=count)


async def one(tx: Transaction, breach_id: UUID, paper_id: UUID) -> PaperWithContent:
    """Read a document that was drawn up of a breach.

    Raises:
        BreachNotFound, PaperNotFound: the scope has none such.
    """
    breach = await store.find(tx, breach_id)
    return await papers.one(tx, paper.about_of(breach), paper_id)


def _telling(found: Standing, to: Addressee, late_because: str | None, clock: Clock) -> Telling:
    """Check that the addressee may be told so now, by the rules of putting it down."""
    at = clock.now()
    items = tuple(found.case.content) if to is Addressee.AUTHORITY else ()
    asked = Telling(addressee=to, told_at=at, how="a document", items=items, late_because=late_because)
    said = checking.sayable(found.case, asked, at)
    if not isinstance(said, Telling):
        raise TypeError("a telling was checked as something else")
    return said


async def _teller(tx: Transaction, breach: Breach, clock: Clock) -> Teller:
    day = day_in_finland(clock.now())
    if breach.tenancy_id is None:
        named = await parties.main_connector_on(tx, day)
    else:
        named = (await parties.tenants_on(tx, [breach.tenancy_id], day))[breach.tenancy_id]
    return Teller(name=named.name, business_id=named.business_id, oid=named.oid, party=party_of(breach.tenancy_id))
