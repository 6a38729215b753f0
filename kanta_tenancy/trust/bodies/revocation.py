"""Kept revocation data, and the certificates that it is kept fresh for, as the API shows them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.kernel.records import Body
from kanta_tenancy.trust.model import KeptStatement, Published, Watched


class ShownStatement(Body, frozen=True, kw_only=True):
    id: UUID
    kind: Published
    sha256: str
    bytes: int
    authority: Annotated[str, msgspec.Meta(description="Of whose certificates it speaks")]
    about: Annotated[str, msgspec.Meta(description="Of an answer the serial number, hexadecimal")]
    produced_at: datetime
    next_at: Annotated[datetime | None, msgspec.Meta(description="When the authority promised the next one")]
    fetched_at: datetime
    overdue: Annotated[bool, msgspec.Meta(description="The next one was promised for a time that is over")]


class ShownWatched(Body, frozen=True, kw_only=True):
    sha256: Annotated[str, msgspec.Meta(description="Of the signer's certificate (DER), hexadecimal")]
    name: str
    since: datetime
    until: Annotated[datetime, msgspec.Meta(description="Its last instant")]
    standing: Annotated[str | None, msgspec.Meta(description="good, revoked or unknown; null: not asked about yet")]
    reason: str | None
    asked_at: datetime | None


def shown(one: KeptStatement, now: datetime) -> ShownStatement:
    overdue = one.next_at is not None and one.next_at < now
    return ShownStatement(**msgspec.structs.asdict(one), overdue=overdue)


def shown_watched(watched: Watched) -> ShownWatched:
    said = msgspec.structs.asdict(watched)
    said.pop("certificates")
    return ShownWatched(**said)
