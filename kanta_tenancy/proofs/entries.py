"""What entries of the journal say of an agreement. Pure."""

from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.machinery.postgres.journal import Entry

COMPLETED: Final = frozenset({"agreement.in_force", "agreement.amendment_agreed"})
SIGNED: Final = "agreement.signed"
EXHIBIT_ADDED: Final = "exhibit.added"
_DOCUMENTS: Final = ("document", "original")


def is_about(text: str, agreement_id: UUID) -> bool:
    """Say whether an entry tells of something that was done with an agreement itself."""
    return any(True for _ in about([text], agreement_id))


def read(text: str) -> Entry | None:
    """Read an entry; None when it is none."""
    try:
        return msgspec.json.decode(text, type=Entry)
    except (msgspec.DecodeError, UnicodeError):
        return None


def about(texts: Iterable[str], agreement_id: UUID) -> Iterator[Entry]:
    """Return the entries about an agreement."""
    for text in texts:
        entry = read(text)
        if entry is not None and entry.subject == f"agreement/{agreement_id}":
            yield entry


def exhibits_in(texts: Iterable[str]) -> frozenset[str]:
    """Return the digests of the files that entries say were brought."""
    entries = (entry for text in texts if (entry := read(text)) is not None and entry.action == EXHIBIT_ADDED)
    return frozenset(value for entry in entries if isinstance(value := entry.facts.get("sha256"), str))


def on_paper(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Return the entries that tell of a signature on paper."""
    for entry in entries:
        if entry.action == SIGNED and entry.facts.get("manner") == "paper":
            yield entry


def documents_in(entries: Iterable[Entry]) -> frozenset[str]:
    """Return the digests of the documents that entries name."""
    return frozenset(
        value for entry in entries for fact in _DOCUMENTS if isinstance(value := entry.facts.get(fact), str)
    )
