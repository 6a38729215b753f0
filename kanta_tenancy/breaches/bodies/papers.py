"""What is asked of a document by which somebody outside is told of a breach."""

from typing import Annotated

import msgspec

from kanta_tenancy.breaches.bodies.reports import Reason
from kanta_tenancy.breaches.model import Addressee
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body


class DrawingUpBreach(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom the document is for, and in which language."""

    addressee: Addressee
    language: Language = Language.FINNISH
    late_because: Annotated[Reason | None, msgspec.Meta(description="To the authority after 72 hours")] = None
