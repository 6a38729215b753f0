"""Files that show something: a letter, a scan, a contract. Kept as they came, and known by what their bytes say."""

import hashlib
import unicodedata
from typing import Final
from uuid import UUID

from kanta_tenancy import parties
from kanta_tenancy.agreements import history
from kanta_tenancy.agreements.exhibits import store
from kanta_tenancy.agreements.exhibits.errors import ExhibitRefused
from kanta_tenancy.agreements.exhibits.model import Exhibit
from kanta_tenancy.agreements.model import Party
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.machinery.opc.errors import BrokenPackage
from kanta_tenancy.machinery.opc.package import Package
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties import wording

PDF: Final = "application/pdf"
DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT: Final = "text/plain; charset=utf-8"
LARGEST: Final = 20_000_000  # bytes
_MAIN_PART: Final = f"{DOCX}.main+xml"  # one with macros has another
_PDF_BEGINS: Final = b"%PDF-"
_PDF_ENDS: Final = b"%%EOF"
_PDF_TAIL: Final = 2048  # within which a PDF ends, whatever a scanner wrote behind it


async def add(tx: Transaction, clock: Clock, *, tenancy_id: TenancyId, name: str, content: bytes) -> Exhibit:
    """Keep a file of a tenancy.

    Raises:
        TenancyNotFound: the scope has no such tenancy.
        ExhibitRefused: it is no PDF, Word document or plain text, or its name cannot be shown.
    """
    await parties.check_tenancy(tx, tenancy_id)
    look = wording.Examination()
    shown = look.text("name", wording.name, name, clause="")
    media_type = kind_of(content)
    if media_type is None:
        look.note("", "a PDF, a Word document without macros, or plain text in UTF-8 is expected", clause="")
    if look.flaws or media_type is None:
        raise ExhibitRefused(look.flaws[0].detail, flaws=tuple(look.flaws))
    at = clock.now()
    exhibit = Exhibit(
        id=new_id(),
        tenancy_id=tenancy_id,
        name=shown,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        brought_by=Party.MAIN_CONNECTOR if tx.scope.tenancy_id is None else Party.TENANT,
        added_at=at,
    )
    await store.add(tx, exhibit, content)
    # The tenant sees what the main connector brought once it stands in something: so does the journal.
    chain = tx.scope.tenancy_id
    act = history.occurred("exhibit.added", exhibit.id, tenancy_id=chain, at=at, sha256=exhibit.sha256)
    await record(tx, act)
    return exhibit


async def read(tx: Transaction, exhibit_id: UUID) -> tuple[Exhibit, bytes]:
    """Read a file with its bytes.

    Raises:
        ExhibitNotFound: the scope has none of that id.
    """
    return await store.find(tx, exhibit_id), await store.content(tx, exhibit_id)


def kind_of(content: bytes) -> str | None:
    """Return the media type that a file's own bytes say; None: none that is kept."""
    if not content or len(content) > LARGEST:
        return None
    if content.startswith(_PDF_BEGINS):
        return PDF if _PDF_ENDS in content[-_PDF_TAIL:] else None
    if content.startswith(b"PK"):
        return DOCX if _is_docx(content) else None
    return TEXT if _is_text(content) else None


def _is_docx(content: bytes) -> bool:
    try:
        return _MAIN_PART in Package.read(content).parts.values()
    except BrokenPackage:
        return False


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(sign in "\n\r\t" or unicodedata.category(sign) not in {"Cc", "Cs"} for sign in text)
