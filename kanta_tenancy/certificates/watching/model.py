"""Servers that are asked for their certificates, what they served, and sources of which the watch takes note."""

from datetime import datetime
from uuid import UUID

from kanta_tenancy.certificates.inventory.model import SourceKind
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.probing.endpoint import Stage, StartTls, Trouble


class Watch(Record, frozen=True, kw_only=True):
    """How a server is watched; can be said anew."""

    probe_every_hours: int
    expected_id: UUID | None = None  # the certificate that it should serve; None: those that are used at its address
    system_id: UUID | None = None  # whose server it is


class NewEndpoint(Watch, frozen=True, kw_only=True):
    """A server that is to be watched, and how it is asked."""

    host: str  # ASCII and lower case, or a number
    port: int
    server_name: str | None = None  # what is asked for; None: a number, and nothing else was said
    start_tls: StartTls | None = None


class WatchedEndpoint(NewEndpoint, frozen=True, kw_only=True):
    """A server that is asked again and again, and how it went the last time."""

    id: UUID
    version: int
    created_at: datetime
    probed_at: datetime | None = None  # the last time
    served_at: datetime | None = None  # the last time that it served a certificate
    failing_since: datetime | None = None  # since when it serves none; None: it does
    ended_at: datetime | None = None  # it is watched no longer
    ended_because: str | None = None


class EndpointPosition(Record, frozen=True, kw_only=True):
    """Where a page of endpoints ended, newest first."""

    id: UUID


class Seen(Record, frozen=True, kw_only=True):
    """What a server did; as long as it does the same, it is one observation."""

    stage: Stage
    trouble: Trouble | None
    chain: tuple[str, ...]  # SHA-256 of each certificate, as served
    served: int  # how many there were
    protocol: str | None
    cipher: str | None
    client_asked: bool


class Observation(Seen, frozen=True, kw_only=True):
    id: UUID
    address: str | None  # the number that was connected to, the last time
    detail: str  # of the trouble, the last time
    first_at: datetime
    last_at: datetime
    times: int


class ObservationPosition(Record, frozen=True, kw_only=True):
    """Where a page of observations ended, newest first."""

    id: UUID


class Expected(Record, frozen=True, kw_only=True):
    """A certificate of the inventory that a server should serve."""

    id: UUID
    sha256: str


class Issuer(Record, frozen=True, kw_only=True):
    """The certificate of an authority in the inventory."""

    content: bytes
    root: bool  # it has issued itself


class SourceStanding(Record, frozen=True, kw_only=True):
    """A source of certificates, as the watch looks at it."""

    id: UUID
    kind: SourceKind
    name: str
    read_every_hours: int | None
    last_tried_at: datetime | None
    last_read_at: datetime | None
    trouble: str | None
    certificates: int
    most: int | None  # the most that it had since a smaller size was last accepted
    created_at: datetime


class Overdue(Record, frozen=True, kw_only=True):
    """What the service itself owes the watch of certificates, and has not done."""

    kind: str  # of promise
    title: Sentence  # of the oldest
    since: datetime
    given_up: bool


class WatchStanding(Record, frozen=True, kw_only=True):
    """How the watch itself stands."""

    next_round_at: datetime | None  # None: there is nothing to watch yet
    late_since: datetime | None  # None: it looks in time
    overdue: tuple[Overdue, ...]
