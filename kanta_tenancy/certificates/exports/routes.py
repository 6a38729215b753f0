"""The inventory over HTTP as a table, as data, and as figures; a tenant gets its own certificates."""

from typing import Annotated, Final

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency

from kanta_tenancy.certificates.exports import figures, reading
from kanta_tenancy.certificates.exports.tables import AsCsv, AsJson, Form
from kanta_tenancy.certificates.inventory.model import State
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.files import streamed_answer
from kanta_tenancy.parties import Permission


class ExportAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[State, msgspec.Meta(description="In every state when left out")] | None = None

    @property
    def states(self) -> tuple[State, ...]:
        return tuple(State) if self.state is None else (self.state,)


@get(
    "/certificates/csv",
    operation_id="exportCertificatesAsCsv",
    opt=needs(Permission.CERTIFICATES_READ, query=ExportAsked),
    media_type=AsCsv.media_type,
)
async def as_csv(call: NamedDependency[Call]) -> Response[bytes]:
    """Fetch the inventory for a spreadsheet, a line for each certificate, no cell of which it can compute.

    The columns are those of the JSON. Who answers for a certificate is named only to who has parties.read too.
    """
    return await _export(call, AsCsv())


@get(
    "/certificates/json",
    operation_id="exportCertificatesAsJson",
    opt=needs(Permission.CERTIFICATES_READ, query=ExportAsked),
    media_type=AsJson.media_type,
)
async def as_json(call: NamedDependency[Call]) -> Response[bytes]:
    """Fetch the inventory as one array, sent while it is read: an answer that was cut off is no JSON."""
    return await _export(call, AsJson())


@get(
    "/certificates/metrics",
    operation_id="readCertificateMetrics",
    opt=needs(Permission.CERTIFICATES_READ),
    media_type=figures.MEDIA_TYPE,
)
async def metrics(call: NamedDependency[Call]) -> Response[bytes]:
    """Read the figures of your own inventory, in Prometheus' text format: until when each certificate is valid.

    They stay after a certificate has lapsed, until it is replaced or retired. Give Prometheus an access key of its own.
    """
    return await streamed_answer(reading.metrics(call.transaction), media_type=figures.MEDIA_TYPE)


async def _export(call: Call, form: Form) -> Response[bytes]:
    asked, today = call.asked(ExportAsked), day_in_finland(call.clock.now())
    people = Permission.PARTIES_READ in call.caller.permissions
    pieces = reading.table(call.transaction, form, asked.states, today, people=people)
    return await streamed_answer(pieces, media_type=form.media_type, name=f"certificates-{today}.{form.ending}")


ROUTES: Final = Router(path="/", route_handlers=[as_csv, as_json, metrics], tags=["Certificates"])
