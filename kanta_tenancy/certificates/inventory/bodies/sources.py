"""Sources of certificates as the API shows and takes them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.certificates.inventory.model import Source, SourceKind
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery


class SourcesAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class PromisingSource(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    read_every_hours: (
        Annotated[int, msgspec.Meta(ge=1, le=8760, description="null: nobody promises to read it again")] | None
    )


class ShownSource(Body, frozen=True, kw_only=True):
    """Where certificates come from, and how it went the last time that it was read."""

    id: UUID
    kind: SourceKind
    name: str
    read_every_hours: Annotated[int | None, msgspec.Meta(description="null: nobody promises to read it again")]
    last_tried_at: datetime | None
    last_read_at: Annotated[datetime | None, msgspec.Meta(description="The last time that all of it could be read")]
    trouble: Annotated[str | None, msgspec.Meta(description="Why it could not, the last time; null: it could")]
    certificates: Annotated[int, msgspec.Meta(description="How many it had when it was last read")]
    ended_at: datetime | None
    version: int
    created_at: datetime


def shown_source(source: Source) -> ShownSource:
    return ShownSource(**msgspec.structs.asdict(source))
