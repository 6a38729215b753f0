"""Files that show something, over HTTP."""

from typing import Final
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from kanta_tenancy.agreements.exhibits import actions as exhibits
from kanta_tenancy.agreements.exhibits import reading
from kanta_tenancy.agreements.exhibits.bodies import ExhibitAsked, ShownExhibit, shown_exhibit
from kanta_tenancy.agreements.exhibits.errors import ExhibitNotFound, ExhibitRefused
from kanta_tenancy.agreements.exhibits.kinds import LARGEST
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.files import file_answer
from kanta_tenancy.machinery.web.problems import refusals
from kanta_tenancy.machinery.web.repeatable import once
from kanta_tenancy.parties.errors import TenancyNotFound

ANY_FILE: Final = "application/octet-stream"


@post(
    "/tenancies/{tenancy_id:uuid}/exhibits",
    operation_id="addExhibit",
    opt=needs("agreements.end", query=ExhibitAsked, accepts=ANY_FILE),
    request_max_body_size=LARGEST,
    responses=refusals(TenancyNotFound, ExhibitRefused),
)
async def add_exhibit(tenancy_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ShownExhibit]:
    """Bring a file that shows something: a PDF or a picture, a Word document without macros, or plain text in UTF-8.

    It is kept as it came and never changed. What kind it is, its own bytes say.
    """
    name = call.asked(ExhibitAsked).name
    content = await call.request.body()
    return await once(
        call,
        lambda tx: exhibits.add(tx, call.clock, tenancy_id=TenancyId(tenancy_id), name=name, content=content),
        answer=lambda made: Response(shown_exhibit(made), headers={"Location": f"/v1/exhibits/{made.id}"}),
    )


@get(
    "/exhibits/{exhibit_id:uuid}",
    operation_id="readExhibit",
    opt=needs("agreements.read"),
    responses=refusals(ExhibitNotFound),
)
async def read_exhibit(exhibit_id: FromPath[UUID], call: NamedDependency[Call]) -> ShownExhibit:
    """Read what a file is."""
    async with call.transaction() as tx:
        return shown_exhibit(await reading.exhibit(tx, exhibit_id))


@get(
    "/exhibits/{exhibit_id:uuid}/content",
    operation_id="readExhibitContent",
    opt=needs("agreements.read"),
    media_type=ANY_FILE,
    responses=refusals(ExhibitNotFound),
)
async def read_content(exhibit_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[bytes]:
    """Fetch the file, to be saved: no browser opens it in its own window."""
    async with call.transaction() as tx:
        exhibit, content = await exhibits.read(tx, exhibit_id)
    return file_answer(content, media_type=ANY_FILE, name=exhibit.name)


ROUTES: Final = Router(path="/", route_handlers=[add_exhibit, read_exhibit, read_content], tags=["Ends of agreements"])
