"""Kept certificates as the API shows them."""

from datetime import date, datetime
from typing import Annotated

import msgspec

from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery
from kanta_tenancy.trust import examining
from kanta_tenancy.trust.model import Anchor, AnchorId, AnchorKind, Doubt, Loaded, Standing


class LoadAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Annotated[AnchorKind, msgspec.Meta(description="What the certificates are kept for")]


class AnchorsAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: Annotated[AnchorKind | None, msgspec.Meta(description="Only those that are kept for this")] = None
    day: Annotated[
        date | None, msgspec.Meta(description="Those that were kept as this day ended in Finland; now when left out")
    ] = None
    removed: Annotated[bool, msgspec.Meta(description="`true`: all there ever were, whatever the day")] = False


class Removing(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=200, description="Kept with the certificate")]


class ShownAnchor(Body, frozen=True, kw_only=True):
    id: AnchorId
    kind: AnchorKind
    standing: Standing
    doubts: Annotated[tuple[Doubt, ...], msgspec.Meta(description="What to know of it today; it refuses nothing")]
    sha256: Annotated[
        str, msgspec.Meta(description="Of the certificate (DER), hexadecimal: compare it before you trust")
    ]
    subject: str
    issuer: str
    name: str
    not_before: datetime
    not_after: datetime
    authority: Annotated[bool, msgspec.Meta(description="false: a signer that stands for itself alone")]
    loaded_at: datetime
    loaded_by: Annotated[str, msgspec.Meta(description="As the journal names them: a contact's id, a system")]
    removed_at: datetime | None
    removed_by: str | None
    removed_because: str | None
    version: int


class ShownLoaded(Body, frozen=True, kw_only=True):
    new: Annotated[bool, msgspec.Meta(description="false: it was kept for that already, and nothing changed")]
    anchor: ShownAnchor


class LoadedAnchors(Body, frozen=True, kw_only=True):
    items: tuple[ShownLoaded, ...]


def shown(anchor: Anchor, now: datetime) -> ShownAnchor:
    said = msgspec.structs.asdict(anchor)
    said.pop("certificate")
    return ShownAnchor(**said, standing=anchor.standing, doubts=examining.doubts(anchor, now))


def shown_loaded(loaded: tuple[Loaded, ...], now: datetime) -> LoadedAnchors:
    return LoadedAnchors(items=tuple(ShownLoaded(new=one.new, anchor=shown(one.anchor, now)) for one in loaded))
