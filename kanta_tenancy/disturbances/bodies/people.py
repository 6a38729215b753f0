"""Whom the main connector names, what parties say of themselves, and authorities, as the API shows and takes them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.disturbances.case import Hours, OnCall, OwnWord, Roster
from kanta_tenancy.disturbances.model import Addressee, Authority, Override, Webhook
from kanta_tenancy.disturbances.reading import FirmReached
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.identifiers import ContactId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body

Time = Annotated[str, msgspec.Meta(pattern=r"^[0-2][0-9]:[0-5][0-9]$", examples=["08:00"])]


class SaidHours(
    Body, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"begins": "from", "ends": "until"}
):
    """When somebody can be called, every week, in Finland; a night is two entries."""

    days: Annotated[
        tuple[Annotated[int, msgspec.Meta(ge=1, le=7)], ...],
        msgspec.Meta(min_length=1, max_length=7, description="1 is Monday, 7 is Sunday"),
    ]
    begins: Time
    ends: Annotated[Time, msgspec.Meta(description="Exclusive; 24:00 is the end of the day")]


class SaidPerson(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    contact_id: Annotated[UUID, msgspec.Meta(description="One of your contacts for disturbances")]
    hours: Annotated[tuple[SaidHours, ...], msgspec.Meta(max_length=21, description="None: day and night")] = ()


class SaidRoster(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is called when something is reported, in which order."""

    people: Annotated[tuple[SaidPerson, ...], msgspec.Meta(max_length=50)]

    def said(self) -> tuple[OnCall, ...]:
        return tuple(
            OnCall(
                contact_id=ContactId(one.contact_id),
                hours=tuple(Hours(**msgspec.structs.asdict(each)) for each in one.hours),
            )
            for one in self.people
        )


class ShownRoster(Body, frozen=True, kw_only=True):
    people: Annotated[
        tuple[SaidPerson, ...],
        msgspec.Meta(
            description="In their order; while nobody is named here, your contacts for disturbances are called"
        ),
    ]
    version: Annotated[int, msgspec.Meta(description="0: nobody was ever named here")]
    changed_at: datetime | None


class SaidCovered(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    covered: Annotated[bool, msgspec.Meta(description="Whether you hold yourself to be covered by Act 124/2025")]


class ShownCovered(Body, frozen=True, kw_only=True):
    """What a party says of itself; nobody computes it."""

    covered: Annotated[bool | None, msgspec.Meta(description="null: it has said nothing")]
    said_by: str | None
    said_at: datetime | None
    version: int


class AuthoritiesAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    day: Annotated[date, msgspec.Meta(description="Past or future; today in Finland when it is left out")] | None = None


class ReachedByWebhook(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By which webhook endpoint they take reports, and in which language the text is."""

    endpoint_id: Annotated[UUID, msgspec.Meta(description="An endpoint of yours for `disturbance.notice` alone")]
    language: Language = Language.FINNISH


class SaidReach(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How you yourself reach an addressee; what is left out is taken from the data or the register of systems."""

    email: Annotated[str, msgspec.Meta(min_length=3, max_length=200)] | None = None
    phone: Annotated[str, msgspec.Meta(min_length=3, max_length=40)] | None = None
    form: Annotated[str, msgspec.Meta(min_length=9, max_length=200, description="An address with https")] | None = None
    webhook: ReachedByWebhook | None = None

    def said(self) -> Override:
        webhook = None if self.webhook is None else Webhook(**msgspec.structs.asdict(self.webhook))
        return Override(email=self.email, phone=self.phone, form=self.form, webhook=webhook)


class ShownAuthority(Body, frozen=True, kw_only=True):
    """An authority on a day, and how sure that is."""

    key: Addressee
    name: Sentence
    unsure_names: Annotated[tuple[str, ...], msgspec.Meta(description="Languages whose name is a working translation")]
    certainty: Annotated[Certainty, msgspec.Meta(description="Of the name, and that it is the right one")]
    source: str
    email: str | None
    phone: str | None
    form: str | None
    contact_certainty: Annotated[Certainty, msgspec.Meta(description="read: the main connector says so itself")]
    note: Sentence | None
    webhook: Annotated[ReachedByWebhook | None, msgspec.Meta(description="Where the main connector says one")]
    version: Annotated[int, msgspec.Meta(description="Of what you say yourself; 0: nothing")]


class ShownFirm(Body, frozen=True, kw_only=True):
    """Who answers for a system, or makes it, and how reports reach them."""

    addressee: Annotated[
        Addressee, msgspec.Meta(description="producer when no maker is named: then it is the manufacturer too")
    ]
    name: str
    email: str | None
    phone: str | None
    form: str | None
    webhook: ReachedByWebhook | None
    version: Annotated[int, msgspec.Meta(description="Of what you say yourself; 0: nothing")]


class Firms(Body, frozen=True, kw_only=True):
    items: tuple[ShownFirm, ...]


class Authorities(Body, frozen=True, kw_only=True):
    day: date
    items: tuple[ShownAuthority, ...]


def roster(found: Roster | None) -> ShownRoster:
    if found is None:
        return ShownRoster(people=(), version=0, changed_at=None)
    people = tuple(
        SaidPerson(
            contact_id=one.contact_id,
            hours=tuple(SaidHours(**msgspec.structs.asdict(each)) for each in one.hours),
        )
        for one in found.people
    )
    return ShownRoster(people=people, version=found.version, changed_at=found.changed_at)


def covered(word: OwnWord | None) -> ShownCovered:
    if word is None:
        return ShownCovered(covered=None, said_by=None, said_at=None, version=0)
    return ShownCovered(
        covered=bool(word.word.get("covered")), said_by=word.said_by, said_at=word.said_at, version=word.version
    )


def authority(one: Authority, version: int) -> ShownAuthority:
    said = msgspec.structs.asdict(one) | {"version": version, "webhook": webhook(one.webhook)}
    return ShownAuthority(**{name: said[name] for name in ShownAuthority.__struct_fields__})


def firm(one: FirmReached) -> ShownFirm:
    return ShownFirm(
        addressee=one.addressee,
        name=one.firm.name,
        email=one.email,
        phone=one.phone,
        form=one.how.form,
        webhook=webhook(one.how.webhook),
        version=one.version,
    )


def webhook(one: Webhook | None) -> ReachedByWebhook | None:
    return None if one is None else ReachedByWebhook(endpoint_id=one.endpoint_id, language=one.language)
