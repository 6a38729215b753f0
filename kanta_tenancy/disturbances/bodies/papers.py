"""What is asked of a document for an addressee."""

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body


class DrawingUp(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """In which language the document is drawn up."""

    language: Language = Language.FINNISH
