"""The register of breaches over HTTP, as the authority may ask for it: JSON by pages, CSV whole."""

from typing import Final

from litestar import Response, get
from litestar.di import NamedDependency

from kanta_tenancy.breaches import reading
from kanta_tenancy.breaches.bodies.register import PeriodAsked, RegisterAsked, as_csv
from kanta_tenancy.breaches.errors import BreachRefused
from kanta_tenancy.breaches.model import FindingPosition
from kanta_tenancy.breaches.register import RegisterLine
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.spreadsheets import MEDIA_TYPE
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.files import streamed_answer
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.parties import Permission, TenancyNotFound


@get(
    "/breach-register",
    operation_id="readBreachRegister",
    opt=needs(Permission.BREACHES_READ, query=RegisterAsked),
    responses=refusals(BreachRefused, TenancyNotFound),
)
async def read_register(call: NamedDependency[Call]) -> Response[Page[RegisterLine]]:
    """Read a register: every breach and suspicion found in a period, notified or not, in the order of finding."""
    asked = call.asked(RegisterAsked)
    async with call.transaction() as tx:
        rows = await reading.register_page(
            tx,
            None if asked.tenancy_id is None else TenancyId(asked.tenancy_id),
            asked.period(),
            after=asked.position(FindingPosition),
            count=asked.fetch,
        )
    return paged(call.request, asked, rows, position=reading.position, body=_itself)


@get(
    "/breach-register/csv",
    operation_id="readBreachRegisterAsCsv",
    opt=needs(Permission.BREACHES_READ, query=PeriodAsked),
    media_type=MEDIA_TYPE,
    responses=refusals(BreachRefused, TenancyNotFound),
)
async def read_register_as_csv(call: NamedDependency[Call]) -> Response[bytes]:
    """Fetch the whole register of a period for a spreadsheet, no cell of which it can compute; sent as it is read."""
    asked = call.asked(PeriodAsked)
    tenancy_id = None if asked.tenancy_id is None else TenancyId(asked.tenancy_id)
    pieces = as_csv(reading.register(call.transaction, tenancy_id, asked.period()))
    return await streamed_answer(pieces, media_type=MEDIA_TYPE, name=f"breaches-{asked.since}-{asked.until}.csv")


def _itself(line: RegisterLine) -> RegisterLine:
    return line


HANDLERS: Final = (read_register, read_register_as_csv)
