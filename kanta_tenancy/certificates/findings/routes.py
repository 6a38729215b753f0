"""Findings over HTTP."""

from typing import Any, Final

from litestar import Response, Router, get
from litestar.di import NamedDependency

from kanta_tenancy.certificates.findings import reading
from kanta_tenancy.certificates.findings.bodies import FindingsAsked, ShownFinding, shown
from kanta_tenancy.certificates.findings.model import FindingPosition, KeptFinding
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.pages import Page, paged
from kanta_tenancy.parties import Permission


@get(
    "/certificate-findings",
    operation_id="listCertificateFindings",
    opt=needs(Permission.CERTIFICATES_READ, query=FindingsAsked),
)
async def list_findings(call: NamedDependency[Call]) -> Response[Page[ShownFinding]]:
    """List what is amiss with certificates, where they come from and where they are served, newest first.

    They are the main connector's to see: a tenant's list is empty.
    """
    asked = call.asked(FindingsAsked)
    after = asked.position(FindingPosition)
    ask = reading.every_one if asked.cleared else reading.open_ones
    async with call.transaction() as tx:
        rows = await ask(tx, severities=asked.severities, family=asked.family, after=after, count=asked.fetch)
    return paged(call.request, asked, rows, position=_position, body=shown)


def _position(finding: KeptFinding) -> Any:
    return FindingPosition(id=finding.id)


ROUTES: Final = Router(path="/", route_handlers=[list_findings], tags=["Certificates"])
