"""Papers as the API shows them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.papers.model import KeptPaper


class ShownPaper(Body, frozen=True, kw_only=True):
    """A document that the service filled, sealed and keeps as it was made."""

    id: UUID
    language: Language
    title: str
    sha256: Annotated[str, msgspec.Meta(description="Of the file; the journal names it too")]
    size: int
    certificate: Annotated[str, msgspec.Meta(description="SHA-256 of the seal's certificate, see GET /v1/seals")]
    made_by: str
    made_at: datetime


def shown_paper(made: KeptPaper) -> ShownPaper:
    return ShownPaper(**{name: getattr(made, name) for name in ShownPaper.__struct_fields__})
