"""The status page, as the API shows it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.disturbances import reading, status_wording, wording
from kanta_tenancy.disturbances.case import Kind, Phase
from kanta_tenancy.disturbances.store.statuses import Shown
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body


class StatusLine(Body, frozen=True, kw_only=True):
    """How something stands of which the caller was told."""

    disturbance_id: UUID
    reference: str
    kind: Kind
    phase: Phase
    said: Annotated[Sentence, msgspec.Meta(description="The phase in words")]
    title: str | None
    system: str | None
    service: Annotated[Sentence | None, msgspec.Meta(description="The Kanta service by its name today")]
    since: datetime
    until: datetime | None
    when: Sentence
    text: Annotated[Mapping[Language, str] | None, msgspec.Meta(description="What the main connector adds")]
    published_at: datetime


class StatusPage(Body, frozen=True, kw_only=True):
    at: datetime
    items: tuple[StatusLine, ...]


def line(one: Shown, system: str | None, day: date) -> StatusLine:
    return StatusLine(
        disturbance_id=one.disturbance_id,
        reference=one.disturbance_id.hex[-8:].upper(),
        kind=one.kind,
        phase=one.phase,
        said=wording.PHASES[one.phase],
        title=one.title,
        system=system,
        service=reading.service_name(one.service, day),
        since=one.since,
        until=one.until,
        when=status_wording.when(one.phase, one.kind, one.since, one.until),
        text=one.text,
        published_at=one.published_at,
    )
