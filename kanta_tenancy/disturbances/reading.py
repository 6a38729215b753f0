"""Questions about disturbances that change nothing."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy import parties, systems
from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.disturbances import authorities, deriving
from kanta_tenancy.disturbances.case import (
    Answered,
    Attachment,
    Called,
    Carried,
    Disturbance,
    Finding,
    Hold,
    KeptDuty,
    OwnWord,
    Report,
    Roster,
    State,
    Status,
)
from kanta_tenancy.disturbances.model import Addressee, Answer, Authority, Fact, Override, Rule, Side, Webhook
from kanta_tenancy.disturbances.store import carried, disturbances, duties, findings, reaching, reports, statuses
from kanta_tenancy.disturbances.store.reports import AttachmentWithContent
from kanta_tenancy.disturbances.store.statuses import Reached, Shown
from kanta_tenancy.disturbances.wording import About
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction

FIRMS: Final = frozenset({Addressee.PRODUCER, Addressee.MANUFACTURER})  # of a system
FIRM: Final = "firm"  # of whom the word on a firm is, by its name
NIS2: Final = "nis2"  # what a party says of itself
SHOWN_FOR: Final = timedelta(days=30)  # the status page shows what was told since
_MOST_SHOWN: Final = 100


class Whole(Record, frozen=True, kw_only=True):
    """A disturbance with all of it that the scope sees."""

    disturbance: Disturbance
    reports: tuple[Report, ...]
    attachments: tuple[Attachment, ...]
    answers: tuple[Answered, ...]  # the latest of each question; a tenant sees none
    duties: tuple[KeptDuty, ...]  # by when they are due; a tenant sees its own
    calls: tuple[Called, ...]  # a tenant sees none
    statuses: tuple[Status, ...]
    joined: tuple[UUID, ...]
    carried: tuple[Carried, ...]  # what a room above sees to; of a tenant, its own
    findings: tuple[Finding, ...]  # in the order in which they were said; a tenant sees none
    holds: tuple[Hold, ...]  # a tenant sees none
    covered: bool | None  # what the main connector says of itself; a tenant sees nothing


class Addressed(Record, frozen=True, kw_only=True):
    """Whom a duty is to tell, as far as that is known, and how."""

    name: str | None
    email: str | None = None
    phone: str | None = None
    form: str | None = None
    webhook: Webhook | None = None
    authority: Authority | None = None


class FirmReached(Record, frozen=True, kw_only=True):
    """Who answers for a system, or makes it, and how reports reach them."""

    addressee: Addressee
    firm: systems.Firm
    how: Override  # as the main connector says it; what it leaves out stands in the register
    version: int  # of what it says; 0: nothing

    @property
    def email(self) -> str | None:
        return self.how.email or self.firm.email

    @property
    def phone(self) -> str | None:
        return self.how.phone or self.firm.phone


async def disturbance(tx: Transaction, disturbance_id: UUID) -> Disturbance:
    """Read a disturbance.

    Raises:
        DisturbanceNotFound: the scope has none of that id.
    """
    return await disturbances.find(tx, disturbance_id)


async def whole(tx: Transaction, disturbance_id: UUID) -> Whole:
    """Read a disturbance with its reports, answers, duties, calls and what was told of it.

    Raises:
        DisturbanceNotFound: the scope has none of that id.
    """
    found = await disturbances.find(tx, disturbance_id)
    joined = await disturbances.joined(tx, disturbance_id)
    said = [one for each in (found, *joined) for one in await reports.of_disturbance(tx, each.id)]
    word = await own_word(tx, None, NIS2)
    return Whole(
        disturbance=found,
        reports=tuple(said),
        attachments=tuple(await reports.attachments(tx, [one.id for one in said])),
        answers=tuple((await disturbances.answers(tx, disturbance_id)).values()),
        duties=tuple(await duties.of_disturbance(tx, disturbance_id)),
        calls=tuple(await reaching.calls(tx, disturbance_id)),
        statuses=tuple(await statuses.of_disturbance(tx, disturbance_id)),
        joined=tuple(one.id for one in joined),
        carried=tuple(await carried.of_disturbance(tx, disturbance_id)),
        findings=tuple(await findings.of_disturbance(tx, disturbance_id)),
        holds=tuple(await findings.holds(tx, disturbance_id)),
        covered=None if word is None else bool(word.word.get("covered")),
    )


async def listed(
    tx: Transaction, states: Collection[State] | None, *, before: UUID | None, count: int
) -> list[Disturbance]:
    """Read a page of disturbances, newest first; without states, those that are open."""
    if states is None:
        return await disturbances.open_ones(tx, before=before, count=count)
    return await disturbances.page(tx, states, before=before, count=count)


async def answers(tx: Transaction, disturbance_id: UUID) -> list[Answered]:
    """Read every answer that was given, in order; a tenant sees none.

    Raises:
        DisturbanceNotFound: the scope has none of that id.
    """
    await disturbances.find(tx, disturbance_id)
    return await disturbances.history(tx, disturbance_id)


def would_arise(found: Whole) -> tuple[Rule, ...]:
    """Return the rules that would be met, were questions answered with yes that nobody has answered."""
    given = {one.fact: one.answer for one in found.answers}
    if found.covered is not None:
        given[Fact.MAIN_CONNECTOR_COVERED] = Answer.YES if found.covered else Answer.NO
    held = {fact for fact, answer in given.items() if answer is Answer.YES}
    unanswered = {fact for fact in Fact if given.get(fact, Answer.UNKNOWN) is Answer.UNKNOWN}
    day = day_in_finland(found.disturbance.detected_at)
    return deriving.would_arise(Side.MAIN_CONNECTOR, held, unanswered, day)


async def duty(tx: Transaction, duty_id: UUID) -> KeptDuty:
    """Read a duty.

    Raises:
        DutyNotFound: the scope has none of that id.
    """
    return await duties.find(tx, duty_id)


async def open_duties(tx: Transaction, *, after: UUID | None, count: int) -> list[KeptDuty]:
    """Read a page of what is still to be told, in the order in which it came up."""
    return await duties.open_ones(tx, after=after or UUID(int=0), count=count)


async def attachment(tx: Transaction, report_id: UUID, attachment_id: UUID) -> AttachmentWithContent:
    """Read a file of a report.

    Raises:
        ReportNotFound, AttachmentNotFound: the scope has none such.
    """
    await reports.find(tx, report_id)
    return await reports.attachment(tx, report_id, attachment_id)


async def roster(tx: Transaction) -> Roster | None:
    """Read whom the main connector has named; None: it has said nothing."""
    return await reaching.roster(tx)


async def own_word(tx: Transaction, tenancy_id: TenancyId | None, about: str) -> OwnWord | None:
    """Read what a party says of itself; None: it has said nothing."""
    found = await reaching.own_words(tx, [about], [tenancy_id])
    return found[0] if found else None


async def authority(tx: Transaction, key: Addressee, day: date) -> Authority:
    """Read an authority as it is on a day, by what the main connector itself says of how it is reached."""
    said, _ = await override(tx, key)
    return authorities.authority_on(key, day, said)


async def override(tx: Transaction, key: Addressee) -> tuple[Override, int]:
    """Read what the main connector itself says of how an authority is reached, and its version, 0 for nothing."""
    said = await own_word(tx, None, key.value)
    return (Override(), 0) if said is None else (msgspec.convert(said.word, Override), said.version)


async def firm(tx: Transaction, system_id: UUID, addressee: Addressee) -> FirmReached:
    """Read who answers for a system, or makes it, and how the main connector itself reaches them.

    Where no maker is named, the producer makes it too. What was said of another firm than it has now is left out.

    Raises:
        SystemNotFound: the scope has none of that id.
    """
    system = await systems.system(tx, system_id)
    as_maker = addressee is Addressee.MANUFACTURER and system.manufacturer is not None
    found = (system.manufacturer if as_maker else None) or system.producer
    role = addressee if as_maker else Addressee.PRODUCER
    said = await own_word(tx, None, firm_key(role, system_id))
    word = {} if said is None else dict(said.word)
    how = msgspec.convert(word, Override) if word.pop(FIRM, None) == found.name else Override()
    return FirmReached(addressee=role, firm=found, how=how, version=0 if said is None else said.version)


def firm_key(addressee: Addressee, system_id: UUID) -> str:
    """Return under what the main connector's word of a system's firm is kept."""
    return f"{addressee.value}/{system_id}"


async def addressed(tx: Transaction, found: Disturbance, kept: KeptDuty, day: date) -> Addressed:
    """Tell whom a duty is to tell on a day: the authority of that day, or the firm that answers for the system."""
    if kept.addressee in authorities.authorities():
        known = await authority(tx, kept.addressee, day)
        return Addressed(
            name=known.name.fi,
            email=known.email,
            phone=known.phone,
            form=known.form,
            webhook=known.webhook,
            authority=known,
        )
    if kept.addressee in FIRMS and found.system_id is not None:
        of = await firm(tx, found.system_id, kept.addressee)
        return Addressed(name=of.firm.name, email=of.email, phone=of.phone, form=of.how.form, webhook=of.how.webhook)
    return Addressed(name=None)


async def about(tx: Transaction, found: Whole, day: date, tenancy_id: TenancyId | None) -> About:
    """Return what a text to an addressee tells of.

    Args:
        tenancy_id: of the tenant that tells; None: the main connector does.
    """
    teller = await _teller(tx, tenancy_id, day)
    held = [one.fact for one in found.answers if one.answer is Answer.YES]
    return About(
        disturbance=found.disturbance,
        reports=found.reports,
        facts=tuple(fact for fact in Fact if fact in held and fact is not Fact.NOTICED_BY_TENANT),
        teller=teller.name,
        business_id=teller.business_id,
        oid=teller.oid,
        system=await system_name(tx, found.disturbance, day),
        service=service_name(found.disturbance.service, day),
    )


async def system_name(tx: Transaction, found: Disturbance, day: date) -> str | None:
    """Return what the system is called, with the version that is in use on a day; None: none was named."""
    return None if found.system_id is None else await named_system(tx, found.system_id, day)


async def named_system(tx: Transaction, system_id: UUID, day: date) -> str:
    """Return what a system is called, with the version that is in use on a day.

    Raises:
        SystemNotFound: the scope has none of that id.
    """
    system = await systems.system(tx, system_id)
    used = [one.number for one in system.releases if one.since <= day and (one.until is None or day < one.until)]
    return " ".join((system.name, *used[-1:]))


def service_name(key: str | None, day: date) -> Sentence | None:
    """Return what a Kanta service is called on a day; None: none was named."""
    for one in catalogue.services():
        if one.key == key:
            return Sentence(**{language.value: one.name_on(day, language) for language in Language})
    return None


async def shown_system(tx: Transaction, system_id: UUID | None, day: date) -> str | None:
    """Return what a system is called that somebody was told of; None: none was named, or it serves them no more."""
    if system_id is None:
        return None
    try:
        return await named_system(tx, system_id, day)
    except systems.SystemNotFound:
        return None


async def status_page(tx: Transaction, now: datetime) -> list[Shown]:
    """Read how everything stands that the scope was told of lately, newest first."""
    return await statuses.page(tx, since=now - SHOWN_FOR, count=_MOST_SHOWN)


async def reached(tx: Transaction, status_id: UUID) -> Reached:
    """Tell how far a status has come; to a tenant, itself alone."""
    return await statuses.reach(tx, status_id)


async def _teller(tx: Transaction, tenancy_id: TenancyId | None, day: date) -> parties.NamedOnDay:
    if tenancy_id is None:
        return await parties.main_connector_on(tx, day)
    return (await parties.tenants_on(tx, [tenancy_id], day))[tenancy_id]
