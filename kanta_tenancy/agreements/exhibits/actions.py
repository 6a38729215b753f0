"""Files that show something: a letter, a scan, a contract. Kept as they came, and known by what their bytes say."""

import hashlib
from uuid import UUID

from kanta_tenancy import parties
from kanta_tenancy.agreements import history
from kanta_tenancy.agreements.exhibits import store
from kanta_tenancy.agreements.exhibits.errors import ExhibitRefused
from kanta_tenancy.agreements.exhibits.kinds import kind_of
from kanta_tenancy.agreements.exhibits.model import Exhibit
from kanta_tenancy.agreements.model import Party
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.identifiers import TenancyId, new_id
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import record
from kanta_tenancy.parties import wording


async def add(tx: Transaction, clock: Clock, *, tenancy_id: TenancyId, name: str, content: bytes) -> Exhibit:
    """Keep a file of a tenancy.

    Raises:
        TenancyNotFound: the scope has no such tenancy.
        ExhibitRefused: it is of no kind that is kept, or its name cannot be shown.
    """
    await parties.check_tenancy(tx, tenancy_id)
    look = wording.Examination()
    shown = look.text("name", wording.name, name, clause="")
    media_type = kind_of(content)
    if media_type is None:
        look.note(
            "",
            "a PDF, a PNG, a JPEG, a TIFF, a Word document without macros, or plain text in UTF-8 is expected",
            clause="",
        )
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
