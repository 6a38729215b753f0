"""Watched servers, and how the watch stands, as the API shows and takes them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.certificates.inventory.model import SourceKind
from kanta_tenancy.certificates.watching.model import Observation, Overdue, SourceStanding, WatchedEndpoint
from kanta_tenancy.certificates.watching.owing import place_of
from kanta_tenancy.certificates.watching.rhythm import LONGEST_HOURS
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.probing.endpoint import StartTls
from kanta_tenancy.machinery.web.pages import PageQuery

Hours = Annotated[int, msgspec.Meta(ge=1, le=LONGEST_HOURS, description="How often it is asked")]
ExpectedId = Annotated[
    UUID | None,
    msgspec.Meta(
        description="The certificate that it should serve, and after that whatever replaces it; null: those that are"
        " used at its address"
    ),
]
SystemId = Annotated[UUID | None, msgspec.Meta(description="The information system that it belongs to")]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class NewWatch(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A server that is to be asked for its certificates."""

    place: Annotated[
        str,
        msgspec.Meta(
            min_length=3,
            max_length=300,
            description="Host and port; an IPv6 address in brackets",
            examples=["kanta.example.org:443"],
        ),
    ]
    server_name: (
        Annotated[str, msgspec.Meta(min_length=1, max_length=253, description="What is asked for; left out: the host")]
        | None
    ) = None
    start_tls: Annotated[StartTls, msgspec.Meta(description="The protocol that TLS begins in")] | None = None
    probe_every_hours: Hours | None = None
    expected_id: ExpectedId = None
    system_id: SystemId = None


class SaidWatch(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a server is watched."""

    probe_every_hours: Hours
    expected_id: ExpectedId = None
    system_id: SystemId = None


class EndingWatch(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason


class AcceptedSize(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a source is meant to have fewer certificates than it had."""

    certificates: Annotated[int, msgspec.Meta(ge=0, le=100_000_000, description="How many it has, as you saw it")]
    reason: Reason


class ServersAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    system_id: Annotated[UUID, msgspec.Meta(description="Of this information system alone")] | None = None
    ended: Annotated[bool, msgspec.Meta(description="Those that are watched no longer too")] = False


class ShownServer(Body, frozen=True, kw_only=True):
    id: UUID
    place: str
    server_name: Annotated[str | None, msgspec.Meta(description="What is asked for; null: a number has no name")]
    start_tls: StartTls | None
    probe_every_hours: int
    expected_id: ExpectedId
    system_id: SystemId
    probed_at: Annotated[datetime | None, msgspec.Meta(description="The last time that it was asked")]
    served_at: Annotated[datetime | None, msgspec.Meta(description="The last time that it served a certificate")]
    failing_since: Annotated[datetime | None, msgspec.Meta(description="null: it serves one")]
    ended_at: datetime | None
    ended_because: str | None
    version: int
    created_at: datetime


class ShownObservation(Body, frozen=True, kw_only=True):
    """What a server did from one instant to another; as long as it does the same, it is one."""

    id: UUID
    first_at: datetime
    last_at: datetime
    times: Annotated[int, msgspec.Meta(description="How often it was asked in that time")]
    stage: Annotated[str, msgspec.Meta(description="How far the last probe came")]
    trouble: Annotated[str | None, msgspec.Meta(description="null: the handshake was done")]
    detail: str
    address: Annotated[str | None, msgspec.Meta(description="The number that was connected to")]
    protocol: str | None
    cipher: str | None
    client_asked: Annotated[bool, msgspec.Meta(description="It asked for a certificate of ours")]
    served: Annotated[int, msgspec.Meta(description="How many certificates it served; ten are kept")]
    chain: Annotated[tuple[str, ...], msgspec.Meta(description="SHA-256 of each, in the order in which they came")]


class ShownSourceSize(Body, frozen=True, kw_only=True):
    id: UUID
    kind: SourceKind
    name: str
    certificates: int
    most: Annotated[int | None, msgspec.Meta(description="The most that it had since a size was last accepted")]
    last_read_at: datetime | None
    trouble: str | None


class ShownOverdue(Body, frozen=True, kw_only=True):
    kind: Annotated[str, msgspec.Meta(description="Of promise")]
    title: Annotated[Sentence, msgspec.Meta(description="Of the oldest of that kind")]
    since: datetime
    given_up: bool


class ShownWatch(Body, frozen=True, kw_only=True):
    """How the watch itself stands."""

    next_round_at: Annotated[datetime | None, msgspec.Meta(description="null: there is nothing to watch yet")]
    late_since: Annotated[datetime | None, msgspec.Meta(description="null: it looks in time")]
    overdue: Annotated[
        tuple[ShownOverdue, ...], msgspec.Meta(description="What the service owes the watch, the oldest of a kind")
    ]


def shown(endpoint: WatchedEndpoint) -> ShownServer:
    said = {name: getattr(endpoint, name) for name in ShownServer.__struct_fields__ if name != "place"}
    return ShownServer(place=place_of(endpoint), **said)


def observed(one: Observation) -> ShownObservation:
    return ShownObservation(**{name: getattr(one, name) for name in ShownObservation.__struct_fields__})


def source(one: SourceStanding) -> ShownSourceSize:
    return ShownSourceSize(**{name: getattr(one, name) for name in ShownSourceSize.__struct_fields__})


def overdue(one: Overdue) -> ShownOverdue:
    return ShownOverdue(kind=one.kind, title=one.title, since=one.since, given_up=one.given_up)
