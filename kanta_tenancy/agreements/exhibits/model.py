"""What a file that shows something is."""

from datetime import datetime
from uuid import UUID

from kanta_tenancy.agreements.model import Party
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record


class Exhibit(Record, frozen=True, kw_only=True):
    """A file that shows something; its bytes are read apart."""

    id: UUID
    tenancy_id: TenancyId
    name: str
    media_type: str  # as its own bytes say, whatever it was sent as
    size: int
    sha256: str
    brought_by: Party
    added_at: datetime
