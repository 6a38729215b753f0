"""Documents that anybody brings, verified by what the main connector trusts; nothing of them is kept."""

import asyncio
from typing import Final

from litestar import Response, post
from litestar.di import NamedDependency

from kanta_tenancy.machinery.ooxml.page import POLICY, as_page, circumstances
from kanta_tenancy.machinery.opc.limits import LIMITS
from kanta_tenancy.machinery.web.access import needs
from kanta_tenancy.machinery.web.call import Call
from kanta_tenancy.machinery.web.readers import for_reader
from kanta_tenancy.parties import Permission
from kanta_tenancy.trust import reading
from kanta_tenancy.trust.bodies.verifications import VerifiedDocument, verified

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@post(
    "/",
    operation_id="verifyDocument",
    opt=needs(Permission.TRUST_READ, accepts=DOCX, asks=True, page=True),
    request_max_body_size=LIMITS.file_size,
    status_code=200,
)
async def verify_document(call: NamedDependency[Call]) -> Response[VerifiedDocument]:
    """Verify any signed Word document now, by what your main connector trusts; nothing of it is kept.

    Whatever the bytes are, there is an answer: a file that is unsigned or unreadable is `invalid`, and its `reasons`
    say why. It says nothing of an agreement of yours: ask for that one's own verification.
    """
    content = await call.request.body()
    at = call.clock.now()
    async with call.asking() as tx:
        judging = await reading.judging(tx, tx.scope.main_connector_id, at)
    report = await asyncio.to_thread(judging.of, content, at=at)
    about = circumstances(content, at, judging.anchors, judging.timestamp_anchors)
    return for_reader(call.request, verified(report), lambda language: as_page(report, about, language), policy=POLICY)


HANDLERS: Final = (verify_document,)
