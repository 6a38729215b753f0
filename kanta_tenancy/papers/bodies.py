"""Papers as the API shows them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response

from kanta_tenancy.agreements.exhibits.kinds import DOCX
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.files import file_answer
from kanta_tenancy.papers.model import KeptPaper, PaperWithContent


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


def paper_file(made: PaperWithContent) -> Response[bytes]:
    """Answer with a document as it was made, to be saved."""
    return file_answer(made.content, media_type=DOCX, name=f"{made.title}-{made.language.value}.docx")
