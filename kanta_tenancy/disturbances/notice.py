"""What the webhook of an addressee is sent: the text that a mail has, and the same facts for a machine."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.disturbances import rules, wording
from kanta_tenancy.disturbances.case import Answered, Basis, KeptDuty, Place, Purpose, Report
from kanta_tenancy.disturbances.model import Addressee, Answer, Fact, Source
from kanta_tenancy.disturbances.wording import About
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.messages import EventKind

NOTICE: Final = EventKind(
    kind="disturbance.notice",
    description="Told to the one whom a duty is to tell, at an endpoint of theirs alone, when a person says so",
    for_tenants=False,
    addressed=True,
)


class NoticeTeller(Record, frozen=True, kw_only=True):
    name: str
    business_id: str
    oid: str | None


class NoticeGround(Record, frozen=True, kw_only=True):
    """By what it is told, and how sure that is."""

    source: Source
    clause: str
    certainty: Certainty
    meaning: str


class NoticeFact(Record, frozen=True, kw_only=True):
    """Something that is known, by a person or by a report alone."""

    fact: Fact
    told: str
    basis: Basis


class NoticeReport(Record, frozen=True, kw_only=True):
    """What a report says; whom to ask stays with the main connector."""

    what: str
    since: datetime
    ongoing: bool
    place: Place
    patient_safety: Answer
    data_protection: Answer
    symptom: str | None
    tried: str | None
    message_ids: tuple[str, ...]
    units_hit: int | None
    users_hit: int | None
    reported_at: datetime


class DisturbanceNotice(Record, frozen=True, kw_only=True, tag="disturbance.notice"):
    """A duty to tell, as its addressee is told by webhook; of a cancellation no facts."""

    disturbance_id: UUID
    reference: str
    duty_id: UUID
    round: int
    purpose: Purpose
    addressee: Addressee
    to: str | None
    teller: NoticeTeller
    ground: NoticeGround
    language: Language
    subject: str
    text: str
    since: datetime
    until: datetime | None
    system: str | None
    service: str | None
    facts: tuple[NoticeFact, ...]
    reports: tuple[NoticeReport, ...]


def notice(
    about: About, answers: Iterable[Answered], duty: KeptDuty, to: str | None, language: Language
) -> DisturbanceNotice:
    """Return what an addressee is told by webhook.

    Args:
        answers: those that hold, in the order of `about.facts`.
    """
    letter = wording.letter(about, duty.purpose, language)
    disturbance = about.disturbance
    is_withdrawn = duty.purpose is Purpose.CANCELLATION
    return DisturbanceNotice(
        disturbance_id=disturbance.id,
        reference=disturbance.reference,
        duty_id=duty.id,
        round=duty.round,
        purpose=duty.purpose,
        addressee=duty.addressee,
        to=to,
        teller=NoticeTeller(name=about.teller, business_id=about.business_id, oid=about.oid),
        ground=_ground(duty, language),
        language=language,
        subject=letter.subject,
        text=letter.text,
        since=disturbance.since,
        until=disturbance.until,
        system=about.system,
        service=disturbance.service,
        facts=() if is_withdrawn else tuple(_fact(one, language) for one in answers),
        reports=tuple(_report(one) for one in about.reports),
    )


def _ground(duty: KeptDuty, language: Language) -> NoticeGround:
    rule = rules.rule_on(duty.rule, day_in_finland(duty.made_at))
    return NoticeGround(
        source=rule.source, clause=rule.clause, certainty=rule.certainty, meaning=rule.meaning.said_in(language)
    )


def _fact(one: Answered, language: Language) -> NoticeFact:
    told = rules.facts_in_words()[one.fact].told.said_in(language)
    return NoticeFact(fact=one.fact, told=told, basis=one.basis)


def _report(one: Report) -> NoticeReport:
    return NoticeReport(**{name: getattr(one, name) for name in NoticeReport.__struct_fields__})
