"""What the inventory keeps: certificates, where each was found and is used, which replaced which, and the sources."""

import enum
from datetime import date, datetime
from uuid import UUID

from kanta_tenancy.kernel.identifiers import ContactId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509.inspected import Inspected, Unreadable


class State(enum.StrEnum):
    IN_USE = "in_use"
    REPLACED = "replaced"  # another certificate took its place
    RETIRED = "retired"  # nobody uses it any more


class SourceKind(enum.StrEnum):
    IMPORT = "import"  # a folder or file that is read at the command line
    HANDED_IN = "handed_in"  # what people and programs bring over HTTP
    ENDPOINT = "endpoint"  # a server that is asked
    TRUST_ANCHORS = "trust_anchors"  # what the main connector trusts


class SourceNamed(Record, frozen=True, kw_only=True):
    """A source by its name; it is made when there is none such."""

    kind: SourceKind
    name: str
    read_every_hours: int | None = None  # None: nobody promised to read it again, or what was promised stays


class Source(Record, frozen=True, kw_only=True):
    """Where certificates come from, and how it went the last time that it was read."""

    id: UUID
    kind: SourceKind
    name: str
    read_every_hours: int | None
    last_tried_at: datetime | None
    last_read_at: datetime | None  # the last time that all of it could be read
    trouble: str | None  # why it could not, the last time; None: it could
    certificates: int  # how many it had when it was last read
    ended_at: datetime | None
    version: int
    created_at: datetime


class Arrival(Record, frozen=True, kw_only=True):
    """A certificate's bytes, which nobody has looked at yet, and where in its source they were."""

    der: bytes
    place: str


class LeftOut(Record, frozen=True, kw_only=True):
    """What did not come into the inventory, or not whole, and why."""

    place: str
    why: str


class TakenIn(Record, frozen=True, kw_only=True):
    """What reading a source has changed."""

    source: Source
    certificates: tuple[UUID, ...]  # each once, in the order in which they came
    new: tuple[UUID, ...]  # those that the inventory did not have
    known: tuple[UUID, ...]  # those that it had
    ended: int  # places where the source has a certificate no more
    before: int  # certificates that the source had when it was read before
    after: int
    left_out: tuple[LeftOut, ...] = ()


class Certificate(Record, frozen=True, kw_only=True):
    """A certificate of the inventory; its bytes, and all that was read of it, are asked for apart."""

    id: UUID
    tenancy_id: TenancyId | None  # whose it is; None: the main connector's own
    sha256: str
    kind: str  # a key of data/kinds.toml
    profile: str | None  # what it is held against
    purpose: str | None
    responsible_id: ContactId | None
    deputy_id: ContactId | None
    unreadable: str | None  # why the whole of it cannot be read
    subject: str | None  # from here on None where it cannot be read
    issuer: str | None
    subject_sha256: str | None
    issuer_name_sha256: str | None
    serial: str | None
    common_name: str | None
    not_before: datetime | None
    not_after: datetime | None
    third_left_at: datetime | None  # from when on at most a third of its lifetime is left
    key: str | None
    signature_algorithm: str | None
    authority: bool
    subject_key_id: str | None
    issuer_key_id: str | None
    issuer_sha256: str | None  # of which certificate here the signature verifies; None: none, or not looked for yet
    state: State
    state_since: datetime
    state_because: str | None
    snoozed_until: date | None  # inclusive, Europe/Helsinki
    snoozed_because: str | None
    version: int
    first_seen_at: datetime


class Description(Record, frozen=True, kw_only=True):
    """What people say of a certificate, and can say anew."""

    kind: str
    profile: str | None = None
    purpose: str | None = None
    tenancy_id: TenancyId | None = None  # None: it is the main connector's own
    responsible_id: ContactId | None = None
    deputy_id: ContactId | None = None


class Wanted(Record, frozen=True, kw_only=True):
    """Which certificates a list is to show."""

    state: State = State.IN_USE
    ending_before: datetime | None = None  # then those that cannot be read are left out
    kind: str | None = None
    system_id: UUID | None = None  # used there
    responsible_id: ContactId | None = None
    tenancy_id: TenancyId | None = None


class CertificatePosition(Record, frozen=True, kw_only=True):
    """Where a page of certificates ended, by their end."""

    not_after: datetime | None
    id: UUID


class Place(Record, frozen=True, kw_only=True):
    """That a source has a certificate somewhere, or had."""

    source_id: UUID
    source_kind: SourceKind
    source: str
    place: str
    since: datetime
    until: datetime | None  # exclusive; None: it is there still


class NewUse(Record, frozen=True, kw_only=True):
    """Where a certificate is used: on which system, host or access point; at least one is said."""

    since: date
    until: date | None = None  # exclusive; None: until further notice
    system_id: UUID | None = None
    host: str | None = None  # a name, with `:port` where it matters
    access_point: str | None = None


class Use(NewUse, frozen=True, kw_only=True):
    id: UUID
    certificate_id: UUID


class Replacement(Record, frozen=True, kw_only=True):
    """That one certificate took the place of another."""

    replaced_id: UUID
    successor_id: UUID
    recorded_at: datetime


class Link(Record, frozen=True, kw_only=True):
    """The other end of a replacement, seen from one of the two."""

    certificate_id: UUID
    common_name: str | None
    not_before: datetime | None
    not_after: datetime | None
    overlap_days: int | None  # on how many whole days both were valid; negative: on how many neither. None: not known
    recorded_at: datetime


class Whole(Record, frozen=True, kw_only=True):
    """A certificate with all that belongs to it."""

    certificate: Certificate
    seen: Inspected | Unreadable
    issuer_id: UUID | None  # its issuer's certificate, when that is here
    places: tuple[Place, ...]
    uses: tuple[Use, ...]
    replaced_by: Link | None
    replaces: tuple[Link, ...]


class CertificatesArrived(Record, frozen=True, kw_only=True, tag="certificate.arrived"):
    """Said when certificates came that the inventory did not have; of many, some at a time."""

    certificate_ids: tuple[UUID, ...]
    at: datetime


class SourceRead(Record, frozen=True, kw_only=True, tag="certificate_source.read"):
    """Said when reading a source, or failing to, changed anything: what it has, or that it could be read."""

    source_id: UUID
    before: int  # certificates that it had
    after: int
    trouble: str | None
    at: datetime


class CertificateChanged(Record, frozen=True, kw_only=True, tag="certificate.changed"):
    """Said when people say something of a certificate anew: what it is, who answers for it, whether it is in use."""

    certificate_id: UUID
    done: str  # as the journal names it, such as `retired`
    at: datetime
