"""Files that show something, as the API shows them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.agreements.exhibits.model import Exhibit
from kanta_tenancy.agreements.model import Party
from kanta_tenancy.kernel.records import Body


class ExhibitAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200, description="The file's name")]


class ShownExhibit(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: UUID
    name: str
    media_type: str
    size: int
    sha256: str
    brought_by: Party
    added_at: datetime


def shown_exhibit(exhibit: Exhibit) -> ShownExhibit:
    return ShownExhibit(**msgspec.structs.asdict(exhibit))
