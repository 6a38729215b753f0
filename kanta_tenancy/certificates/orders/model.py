"""What an order of a certificate is, and by what steps it comes to its end (K7)."""

import enum
from datetime import date, datetime
from uuid import UUID

from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509.inspected import Name


class OrderState(enum.StrEnum):
    ORDERED = "ordered"
    ARRIVED = "arrived"  # a certificate with the key of the request is in the inventory
    DEPLOYED = "deployed"  # it is in use where the old one was
    OLD_REVOKED = "old_revoked"  # the issuer was told to revoke the one before
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Step(enum.StrEnum):
    """What an order waits for; each is a promise of the main connector's people."""

    ARRIVE = "arrive"
    DEPLOY = "deploy"
    REVOKE = "revoke"
    CLOSE = "close"


class RevocationReason(enum.StrEnum):
    """Why a certificate is revoked, as its issuer asks."""

    KEY_COMPROMISED = "key_compromised"  # or it is suspected
    NO_LONGER_NEEDED = "no_longer_needed"
    PURPOSE_CHANGED = "purpose_changed"


class Request(Record, frozen=True, kw_only=True):
    """What the request (PKCS #10) says that the order was made with."""

    sha256: str
    key: str
    key_sha256: str  # of the public key, by which the certificate is known when it comes
    subject: str
    names: tuple[Name, ...]
    extended_usages: tuple[str, ...]


class Old(Record, frozen=True, kw_only=True):
    """The certificate that the new one is to replace, as it was when the order was put down."""

    id: UUID
    serial: str | None  # None: it cannot be read
    ends_at: datetime | None
    same_key: bool  # as in the request


class Revocation(Record, frozen=True, kw_only=True):
    """That the issuer was told to revoke the old certificate."""

    serial: str
    reason: RevocationReason
    on: date


class SaidOrder(Record, frozen=True, kw_only=True):
    """What people say of an order."""

    profile: str  # a key of looking/data/profiles.toml
    ordered_on: date  # Europe/Helsinki
    purpose: str | None = None
    reference: str | None = None  # the issuer's own number of the order


class NewOrder(SaidOrder, frozen=True, kw_only=True):
    replaces_id: UUID | None = None  # a certificate of the inventory


class CertificateOrder(SaidOrder, frozen=True, kw_only=True):
    id: UUID
    state: OrderState
    version: int
    recorded_at: datetime
    request: Request
    old: Old | None = None
    certificate_id: UUID | None = None
    arrived_at: datetime | None = None
    deployed_on: date | None = None
    revocation: Revocation | None = None
    ended_at: datetime | None = None  # closed or cancelled
    ended_because: str | None = None


class ListedOrder(Record, frozen=True, kw_only=True):
    """An order as a list shows it."""

    id: UUID
    state: OrderState
    version: int
    profile: str
    ordered_on: date
    purpose: str | None
    reference: str | None
    subject: str
    replaces_id: UUID | None
    certificate_id: UUID | None


class OrderPosition(Record, frozen=True, kw_only=True):
    """Where a page of orders ended, by day; the next begins after it."""

    ordered_on: date
    id: UUID


class Due(Record, frozen=True, kw_only=True, rename={"since": "from"}):
    """In how many days a step of an order is due."""

    step: Step
    since: date
    days: int
    certainty: Certainty
    source: str
    profile: str | None = None  # None: of those that have none of their own


class Issuing(Record, frozen=True, kw_only=True):
    """How a certificate of a profile is asked for."""

    profile: str
    issuer: str  # empty: any
    key: str  # the kind of key when nobody says another
    organisation_needed: bool
    usages: tuple[str, ...]


class DueStep(Record, frozen=True, kw_only=True):
    """Until the end of which day the step that an order waits for is due, and how that came about."""

    step: Step
    due_on: date
    due: Due
    because: tuple[Sentence, ...]


class Standing(enum.StrEnum):
    DONE = "done"
    OPEN = "open"  # to be done now
    LATER = "later"
    NOT_NEEDED = "not_needed"


class ChecklistItem(Record, frozen=True, kw_only=True):
    """One line of what has to be done, as a person reads it."""

    item: str
    standing: Standing
    sentence: Sentence
    done_on: date | None = None
    due_on: date | None = None
    source: str | None = None  # of the due day
    certainty: Certainty | None = None


class OrderMoved(Record, frozen=True, kw_only=True, tag="certificate_order.moved"):
    """Said when an order is put down, and when it comes to another state."""

    order_id: UUID
    state: OrderState
    certificate_id: UUID | None
    at: datetime
