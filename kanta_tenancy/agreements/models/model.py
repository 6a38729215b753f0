"""What a model agreement is."""

from datetime import datetime

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record


class Clause(Record, frozen=True, kw_only=True):
    number: str  # such as 17.1; empty for an annex
    heading: str
    paragraphs: tuple[str, ...]


class FrozenModel(Record, frozen=True, kw_only=True):
    """A model agreement in one language, which nothing changes any more."""

    name: str
    version: str
    language: Language
    content_sha256: str
    clauses: tuple[Clause, ...]
    imported_at: datetime | None = None  # None: it travels with the program


class ModelFile(Record, frozen=True, kw_only=True):
    content: bytes
    content_sha256: str
