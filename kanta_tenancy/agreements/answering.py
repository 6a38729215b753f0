"""An agreement as the answer to an act over HTTP."""

from typing import Final

from litestar import Response

from kanta_tenancy.agreements.bodies import ShownAgreement, shown
from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.machinery.web.preconditions import with_etag

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def answered(agreement: Agreement, *, made: bool = False) -> Response[ShownAgreement]:
    """Answer with an agreement as it is now; one that was just made also says where it stands."""
    location = f"/v1/agreements/{agreement.id}" if made else None
    return with_etag(shown(agreement), agreement.version, revision=agreement.revision, location=location)
