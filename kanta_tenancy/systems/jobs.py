"""What passing time does to certificates: people are warned before one ends, late after an outage, never twice."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime
from typing import Final

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.journal import Act, record
from kanta_tenancy.messages import Notice, Recipient, readers, tell
from kanta_tenancy.parties import Function
from kanta_tenancy.promises import Expected, Kept, Later, Outcome, Promise, Released
from kanta_tenancy.systems import forewarning, owing, requirements
from kanta_tenancy.systems.forewarning import Due
from kanta_tenancy.systems.lifecycle import RULE
from kanta_tenancy.systems.model import (
    CertificateEnding,
    CertificateKind,
    EndingCertificate,
    EndingPosition,
    Reach,
    Warned,
    WarningOutcome,
)
from kanta_tenancy.systems.store import certificates as store
from kanta_tenancy.systems.store import deployments

TOPIC: Final = "conformity_certificate.ends"
_READERS: Final = (
    Function.TECHNICAL,  # clauses 3, 5 and 7
    Function.INFORMATION_SECURITY,
    Function.AGREEMENTS,
    Function.ADMINISTRATOR,
)
_PAGE: Final = 500
_ENDS: Final = Sentence(
    fi="Järjestelmän todistus päättyy", sv="Ett systems certifikat går ut", en="A system's certificate ends"
)
_ENDED: Final = Sentence(
    fi="Järjestelmän todistus on päättynyt",
    sv="Ett systems certifikat har gått ut",
    en="A system's certificate has ended",
)
_DEVIATION: Final = Sentence(
    fi="Vanhentunut tietoturvallisuustodistus on merkittävä poikkeama (703/2023, 81 ja 90 §): ilmoittakaa siitä"
    " tietojärjestelmäpalvelun tuottajalle.",
    sv="Ett utgånget informationssäkerhetscertifikat är en betydande avvikelse (703/2023, 81 och 90 §): meddela"
    " producenten av informationssystemtjänsten.",
    en="An expired security certificate is a significant deviation (703/2023, sections 81 and 90): tell the producer of"
    " the information system service.",
)
_ISSUER: Final = Sentence(fi="Myöntäjä", sv="Utfärdare", en="Issuer")
_NUMBER: Final = Sentence(fi="Todistuksen numero", sv="Certifikatets nummer", en="Number of the certificate")
_RULE: Final = Sentence(fi="Sääntö", sv="Regel", en="Rule")


async def warn(tx: Transaction, clock: Clock, promise: Promise) -> Outcome:
    """Warn people that a certificate ends, or has ended; the keeper of `conformity_certificate.warn`."""
    certificate = await store.that_stands(tx, owing.id_in(promise.subject))
    if certificate is None or owing.key_of(certificate) != promise.key:
        return Released(because="another certificate stands, or the system was withdrawn")
    now = clock.now()
    days = requirements.warnings_on(certificate.last_day)
    due = forewarning.due(certificate.last_day, now, days.days, certificate.warned)
    if due is not None:
        people = await readers(tx, _READERS, tenancy_id=None, at=now)
        await _warn(tx, certificate, due, people=people, urgent=due.days_left <= days.urgent_from, at=now)
        certificate = await store.that_stands(tx, certificate.id) or certificate
    following = owing.due_at(certificate, certificate.warned)
    return Kept(result={"last_day": certificate.last_day.isoformat()}) if following is None else Later(due_at=following)


async def warnings_expected(tx: Transaction, _: datetime) -> AsyncIterator[Expected]:
    """Say which promises to warn there should be: one for each certificate that stands and ends."""
    after: EndingPosition | None = None
    while page := await store.ending(tx, store.NEVER, after=after, count=_PAGE):
        for one in page:
            yield Expected(key=owing.key_of(one), subject=owing.subject(one), due_at=owing.due_at(one, one.warned))
        after = EndingPosition(last_day=page[-1].last_day, id=page[-1].id)


async def _warn(
    tx: Transaction,
    certificate: EndingCertificate,
    due: Due,
    *,
    people: Sequence[Recipient],
    urgent: bool,
    at: datetime,
) -> None:
    today = day_in_finland(at)
    for one in (*due.overtaken, due.days_left):
        given = one == due.days_left
        warned = Warned(
            days_left=one,
            due_at=forewarning.instant(certificate.last_day, one),
            decided_at=at,
            outcome=WarningOutcome.TOLD if given else WarningOutcome.SUPERSEDED,
            people=len(people) if given else 0,
        )
        await store.add_warning(tx, certificate.id, warned)
    lines = _lines(certificate, await deployments.reach(tx, certificate.system_id, today), today)
    await tell(tx, at, [_notice(certificate, due, person, lines, urgent=urgent) for person in people])
    act = Act(
        action="conformity_certificate.warned",
        subject=owing.subject(certificate),
        at=at,
        facts={
            "days_left": due.days_left,
            "overtaken": ",".join(map(str, due.overtaken)) or None,
            "people": len(people),
        },
    )
    told = CertificateEnding(
        certificate_id=certificate.id,
        system_id=certificate.system_id,
        last_day=certificate.last_day,
        days_left=(certificate.last_day - today).days,
        at=at,
    )
    await record(tx, act, announce=told)


def _notice(
    certificate: EndingCertificate, due: Due, person: Recipient, lines: tuple[Sentence, ...], *, urgent: bool
) -> Notice:
    return Notice(
        key=f"{TOPIC}/{certificate.id}/{due.days_left}/{person.contact_id}",
        to=person,
        topic=TOPIC,
        subject=_ENDS if due.days_left >= 0 else _ENDED,
        lines=lines,
        facts=((_ISSUER, certificate.issuer), (_NUMBER, certificate.number), (_RULE, RULE)),
        tenancy_id=None,
        urgent=urgent,
    )


def _lines(certificate: EndingCertificate, reach: Reach, today: date) -> tuple[Sentence, ...]:
    behind = sentence(
        "Vuokralaisia, joiden palveluja järjestelmässä on tänään: {tenants}.",
        "Hyresgäster vars tjänster körs på systemet i dag: {tenants}.",
        "Tenants whose services run on the system today: {tenants}.",
        tenants=reach.tenants,
    )
    title = owing.title(certificate.kind, certificate.system, certificate.last_day)
    deviates = certificate.last_day < today and certificate.kind is CertificateKind.SECURITY
    return (title, behind, _DEVIATION) if deviates else (title, behind)
