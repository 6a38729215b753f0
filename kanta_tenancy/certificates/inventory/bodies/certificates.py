"""Certificates of the inventory as the API shows and takes them."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec

from kanta_tenancy.certificates.inventory import kinds, lifecycle
from kanta_tenancy.certificates.inventory.model import (
    Certificate,
    Description,
    Link,
    NewUse,
    Place,
    State,
    TakenIn,
    Use,
    Wanted,
    Whole,
)
from kanta_tenancy.kernel.calendar import days_left, start_of_day
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.identifiers import ContactId, TenancyId
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery
from kanta_tenancy.machinery.x509.inspected import Inspected

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
KindKey = Annotated[Key, msgspec.Meta(description="A key of `GET /v1/certificate-kinds`", examples=["server"])]
Until = Annotated[date | None, msgspec.Meta(description="Exclusive; null: until further notice")]
Person = Annotated[UUID | None, msgspec.Meta(description="A contact of the main connector")]


class HandingIn(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    place: Annotated[str, msgspec.Meta(min_length=1, max_length=500, description="Where it was found")] = "handed in"
    tenancy_id: Annotated[UUID, msgspec.Meta(description="Whose it is; left out: the main connector's own")] | None = (
        None
    )


class CertificatesAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    ending_before: (
        Annotated[date, msgspec.Meta(description="Those that end before this day; those that cannot be read are not")]
        | None
    ) = None
    state: State = State.IN_USE
    kind: KindKey | None = None
    system_id: Annotated[UUID, msgspec.Meta(description="Used on this system, today or later")] | None = None
    responsible_id: Annotated[UUID, msgspec.Meta(description="For which this person answers")] | None = None
    tenancy_id: Annotated[UUID, msgspec.Meta(description="Of this tenancy")] | None = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            state=self.state,
            ending_before=None if self.ending_before is None else start_of_day(self.ending_before),
            kind=self.kind,
            system_id=self.system_id,
            responsible_id=None if self.responsible_id is None else ContactId(self.responsible_id),
            tenancy_id=None if self.tenancy_id is None else TenancyId(self.tenancy_id),
        )


class SaidOfCertificate(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of a certificate; what is left out is not said any more."""

    kind: KindKey
    profile: Annotated[Key | None, msgspec.Meta(description="What it is held against; null: nothing")] = None
    purpose: Annotated[str, msgspec.Meta(min_length=1, max_length=500)] | None = None
    tenancy_id: Annotated[UUID, msgspec.Meta(description="Whose it is; left out: the main connector's own")] | None = (
        None
    )
    responsible_id: Person = None
    deputy_id: Person = None

    def description(self) -> Description:
        return Description(**msgspec.structs.asdict(self))


class SaidUse(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a certificate is used; a system, a host or an access point is said, or several of them."""

    since: Annotated[date, msgspec.Meta(description="The first day, past or future")]
    until: Until = None
    system_id: UUID | None = None
    host: Annotated[str, msgspec.Meta(min_length=1, max_length=260, examples=["palvelin.example.org:443"])] | None = (
        None
    )
    access_point: Line | None = None

    def use(self) -> NewUse:
        return NewUse(**msgspec.structs.asdict(self))


class EndingUse(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    until: Annotated[date, msgspec.Meta(description="The first day no longer; the first day itself: it never was")]


class Replacing(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    successor_id: Annotated[UUID, msgspec.Meta(description="The certificate that took its place")]


class Because(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Line


class Snoozing(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    until: Annotated[date, msgspec.Meta(description="The last day on which nobody is told of it")]
    reason: Line


class KeptCertificate(Body, frozen=True, kw_only=True):
    """A certificate as a list shows it."""

    id: UUID
    state: State
    kind: str
    common_name: str | None
    subject: Annotated[str | None, msgspec.Meta(description="RFC 4514; null when it cannot be read")]
    issuer: str | None
    serial: Annotated[str | None, msgspec.Meta(description="Hexadecimal")]
    not_before: datetime | None
    not_after: datetime | None
    days_left: Annotated[
        int | None, msgspec.Meta(description="From today to the last day, in Finland; negative after it")
    ]
    key: str | None
    unreadable: Annotated[str | None, msgspec.Meta(description="Why it cannot be read")]
    sha256: Annotated[str, msgspec.Meta(description="Its fingerprint")]
    profile: str | None
    purpose: str | None
    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="null: the main connector's own")]
    responsible_id: UUID | None
    deputy_id: UUID | None
    snoozed_until: date | None
    version: int


class WholeCertificate(KeptCertificate, frozen=True, kw_only=True):
    """A certificate with all that it says, and all that belongs to it."""

    kind_name: Sentence
    says: Annotated[Inspected | None, msgspec.Meta(description="Every field; null when it cannot be read")]
    authority: bool
    issuer_certificate_id: Annotated[UUID | None, msgspec.Meta(description="Its issuer's certificate, when it is here")]
    places: Annotated[tuple[Place, ...], msgspec.Meta(description="Where it was found, and until when")]
    uses: Annotated[tuple[Use, ...], msgspec.Meta(description="Where it is used, was, and will be")]
    replaced_by: Link | None
    replaces: tuple[Link, ...]
    state_since: datetime
    state_because: str | None
    snoozed_because: str | None
    first_seen_at: datetime
    next_moves: Annotated[tuple[str, ...], msgspec.Meta(description="What can be done with it now")]


class HandedIn(Body, frozen=True, kw_only=True):
    """What became of certificates that were handed in."""

    items: Annotated[tuple[KeptCertificate, ...], msgspec.Meta(description="Each once, in the order of the file")]
    new: Annotated[tuple[UUID, ...], msgspec.Meta(description="Those that the inventory did not have")]


class ShownKindOfCertificate(Body, frozen=True, kw_only=True):
    key: str
    name: Sentence


class KindsOfCertificate(Body, frozen=True, kw_only=True):
    items: tuple[ShownKindOfCertificate, ...]


def kept(certificate: Certificate, now: datetime) -> KeptCertificate:
    return KeptCertificate(**_kept(certificate, now))


def whole(found: Whole, now: datetime) -> WholeCertificate:
    certificate = found.certificate
    return WholeCertificate(
        **_kept(certificate, now),
        kind_name=kinds.kinds()[certificate.kind].name,
        says=found.seen if isinstance(found.seen, Inspected) else None,
        authority=certificate.authority,
        issuer_certificate_id=found.issuer_id,
        places=found.places,
        uses=found.uses,
        replaced_by=found.replaced_by,
        replaces=found.replaces,
        state_since=certificate.state_since,
        state_because=certificate.state_because,
        snoozed_because=certificate.snoozed_because,
        first_seen_at=certificate.first_seen_at,
        next_moves=tuple(move.value for move in lifecycle.moves(certificate)),
    )


def handed_in(taken: TakenIn, found: dict[UUID, Certificate], now: datetime) -> HandedIn:
    return HandedIn(items=tuple(kept(found[one], now) for one in taken.certificates), new=taken.new)


def every_kind() -> KindsOfCertificate:
    return KindsOfCertificate(
        items=tuple(ShownKindOfCertificate(key=one.key, name=one.name) for one in kinds.kinds().values())
    )


def _kept(certificate: Certificate, now: datetime) -> dict[str, Any]:
    said = msgspec.structs.asdict(certificate)
    left = None if certificate.not_after is None else days_left(certificate.not_after, now)
    return {name: said[name] for name in KeptCertificate.__struct_fields__ if name != "days_left"} | {"days_left": left}
