"""People are told what has come up: one digest for each, and the next people of what nobody has acknowledged."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

import structlog

from kanta_tenancy import parties, promises, trust
from kanta_tenancy.certificates import findings
from kanta_tenancy.certificates.impact import reading as impact
from kanta_tenancy.certificates.inventory import reading as inventory
from kanta_tenancy.certificates.orders import reading as orders
from kanta_tenancy.certificates.warnings import addressing, composing, owing
from kanta_tenancy.certificates.warnings.addressing import Addressed, People, Reader, Telling
from kanta_tenancy.certificates.warnings.composing import Known
from kanta_tenancy.certificates.warnings.model import Amiss, Digest, Matter, WarningsTold
from kanta_tenancy.certificates.warnings.store import amiss as found
from kanta_tenancy.certificates.warnings.store import digests as store
from kanta_tenancy.certificates.warnings.store import warnings
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import ContactId, new_id
from kanta_tenancy.kernel.severity import Severity
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, record
from kanta_tenancy.messages import Notice, Recipient, tell
from kanta_tenancy.parties import Function, Person

TOPIC: Final = "certificate.digest"
# Where nobody has the first of these functions, those who have the next one.
_TECHNICAL: Final = (Function.TECHNICAL, Function.INFORMATION_SECURITY)
_MANAGEMENT: Final = (Function.ADMINISTRATOR, Function.AGREEMENTS)

log: Final = structlog.get_logger("kanta_tenancy.certificates")


async def tell_now(tx: Transaction, now: datetime) -> WarningsTold:
    """Tell everybody what they are to be told now; whoever holds the mark of the realm does so alone."""
    today = day_in_finland(now)
    concerns = [*await warnings.untold(tx, today), *await warnings.unanswered(tx, now, today)]
    amiss = [*await _to_be_told_of(tx, today), *await found.unanswered(tx, now, today)]
    persons, people = await _people(tx, [*concerns, *amiss], today)
    telling = addressing.address(concerns, amiss, people, now=now, today=today)
    if telling.nobody:
        log.error("nobody to tell of certificates", main_connector=str(tx.scope.main_connector_id), of=telling.nobody)
    await _send(tx, telling, persons, now=now)
    await warnings.told(tx, telling.told, at=now)
    await found.told(tx, telling.told_amiss, at=now)
    realm = tx.scope.main_connector_id
    await promises.owe_many(tx, [owing.to_escalate(realm, one, at=now) for one in telling.next_times])
    return await _put_down(tx, telling, today, at=now)


async def _to_be_told_of(tx: Transaction, today: date) -> list[Amiss]:
    """Return what is amiss and is to be told now: what can wait until the morning does once people were told today."""
    untold = await found.untold(tx, today)
    newest = await store.page(tx, after=None, count=1)
    told_today = any(day_in_finland(one.told_at) == today for one in newest)
    return [one for one in untold if one.severity is Severity.ERROR or not told_today]


async def anything_to_tell(tx: Transaction, now: datetime) -> bool:
    """Say whether anybody is to be told of something, also of what nobody was told of while it was snoozed."""
    today = day_in_finland(now)
    if await warnings.any_untold(tx) or await found.untold(tx, today):
        return True
    return bool(await found.unanswered(tx, now, today))


async def any_error_to_tell(tx: Transaction, today: date) -> bool:
    return any(one.severity is Severity.ERROR for one in await found.untold(tx, today))


async def _people(tx: Transaction, matters: Iterable[Matter], today: date) -> tuple[dict[ContactId, Person], People]:
    ids = {contact_id for one in matters for contact_id in (one.responsible_id, one.deputy_id)}
    named = await parties.persons(tx, [one for one in ids if one is not None], on_day=today)
    technical = await _first_there(tx, _TECHNICAL, today)
    management = await _first_there(tx, _MANAGEMENT, today)
    people = People(
        named={one.id: _reader(one) for one in named},
        technical=tuple(map(_reader, technical)),
        management=tuple(map(_reader, management)),
    )
    return {one.id: one for one in (*named, *technical, *management)}, people


async def _first_there(tx: Transaction, functions: Sequence[Function], today: date) -> list[Person]:
    for function in functions:
        found = await parties.persons_for(tx, function, tenancy_id=None, on_day=today)
        if found:
            return found
    return []


def _reader(person: Person) -> Reader:
    return Reader(contact_id=person.id, email=person.email)


async def _send(tx: Transaction, telling: Telling, persons: dict[ContactId, Person], *, now: datetime) -> None:
    today = day_in_finland(now)
    made = [(_digest(one, today, now), one) for one in telling.digests]
    await store.add(tx, [(digest, one.concerns, one.amiss) for digest, one in made], at=now)
    known = await _known(tx, telling.digests, today, now)
    await tell(tx, now, [_notice(digest, one, persons[one.to.contact_id], known, now=now) for digest, one in made])


def _digest(addressed: Addressed, today: date, at: datetime) -> Digest:
    return Digest(
        id=new_id(),
        contact_id=addressed.to.contact_id,
        certificates=len(addressed.concerns),
        findings=len(addressed.amiss),
        urgent=composing.is_urgent(addressed, today),
        told_at=at,
    )


async def _known(tx: Transaction, digests: Iterable[Addressed], today: date, now: datetime) -> Known:
    """Read what the digests name, in one question of each sort for all of them."""
    named = [composing.named_in(one) for one in digests]
    ends_on = {concern.certificate_id: concern.ends_on for concerns, _ in named for concern in concerns}
    certificates = await inventory.certificates_of(tx, ends_on)
    authorities = [one.sha256 for one in certificates.values() if one.authority]
    amiss = await findings.some(tx, [one.finding_id for _, each in named for one in each])
    return Known(
        certificates=certificates,
        orders=await orders.under_way(tx, ends_on),
        reaches=await impact.reach_on_days(tx, {one: max(day, today) for one, day in ends_on.items()}),
        issued=await store.issued(tx, authorities, now),
        trusted=await trust.leading(tx, [one.sha256 for one in certificates.values()]),
        findings={one.id: one for one in amiss},
    )


def _notice(digest: Digest, addressed: Addressed, person: Person, known: Known, *, now: datetime) -> Notice:
    return Notice(
        key=f"{TOPIC}/{digest.id}",
        to=Recipient(contact_id=person.id, name=person.name, email=person.email, language=person.language),
        topic=TOPIC,
        subject=composing.subject(addressed, day_in_finland(now)),
        lines=composing.lines(addressed, digest, known, now=now),
        facts=((composing.NUMBER, str(digest.id)), (composing.RULE_LABEL, owing.RULE)),
        tenancy_id=None,
        urgent=digest.urgent,
    )


async def _put_down(tx: Transaction, telling: Telling, today: date, *, at: datetime) -> WarningsTold:
    told = WarningsTold(
        digests=len(telling.digests),
        certificates=len({one.certificate_id for digest in telling.digests for one in digest.concerns}),
        findings=len(telling.told_amiss),
        urgent=any(composing.is_urgent(one, today) for one in telling.digests),
        first_ends_on=min((digest.concerns[0].ends_on for digest in telling.digests if digest.concerns), default=None),
        at=at,
    )
    if telling.digests:
        act = Act(
            action="certificate_warnings.told",
            subject=owing.subject(tx.scope.main_connector_id),
            at=at,
            facts={
                "digests": told.digests,
                "certificates": told.certificates,
                "findings": told.findings,
                "first_ends_on": None if told.first_ends_on is None else told.first_ends_on.isoformat(),
            },
        )
        await record(tx, act, announce=told)
    return told
