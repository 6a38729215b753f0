"""What people are told of requests: many in one notice, with the hours that are left, and nothing of a patient."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.messages import Notice, Recipient, readers, tell
from kanta_tenancy.parties import Function
from kanta_tenancy.renewals.lifecycle import RULE
from kanta_tenancy.renewals.model import Party, Request
from kanta_tenancy.renewals.store import prescribers

WARNED: Final = "renewal_request.warned"
HANDED_OVER: Final = "renewal_request.handed_over"
LAPSED: Final = "renewal_request.lapsed"
TELL_PATIENT: Final = "renewal_request.patient_to_be_told"
_HOUR: Final = timedelta(hours=1)
_OF_TENANT: Final = (Function.ADMINISTRATOR, Function.AGREEMENTS)
_OF_MAIN_CONNECTOR: Final = (Function.RESPONSIBLE_PHYSICIAN, Function.ADMINISTRATOR, Function.AGREEMENTS)
_RULE: Final = Sentence(fi="Sääntö", sv="Regel", en="Rule")
_SUBJECTS: Final = {
    WARNED: Sentence(
        fi="Uudistamispyynnöt odottavat vastausta",
        sv="Begäranden om receptförnyelse väntar på svar",
        en="Renewal requests wait for an answer",
    ),
    HANDED_OVER: Sentence(
        fi="Uudistamispyynnöt siirtyivät vastuulääkärille",
        sv="Begäranden om receptförnyelse gick till den ansvariga läkaren",
        en="Renewal requests went to the responsible physician",
    ),
    LAPSED: Sentence(
        fi="Uudistamispyynnöt raukesivat",
        sv="Begäranden om receptförnyelse har förfallit",
        en="Renewal requests have lapsed",
    ),
    TELL_PATIENT: Sentence(
        fi="Potilaalle on kerrottava uudistamispyynnöstä",
        sv="En patient ska underrättas om en begäran om förnyelse",
        en="A patient is to be told of a renewal request",
    ),
}
_WHERE: Final = Sentence(
    fi="Ketä pyyntö koskee, näkyy potilastietojärjestelmässä.",
    sv="Vem begäran gäller framgår av patientdatasystemet.",
    en="Whom a request concerns, the patient information system shows.",
)


_MORE: Final = Sentence(
    fi="Tunnin aikana voi tulla lisää: katsokaa työlistaa.",
    sv="Fler kan komma inom timmen: se arbetslistan.",
    en="More may follow within the hour: look at the work list.",
)


class Whom(Record, frozen=True, kw_only=True):
    """Whom something is told: a person, and where they cannot be written to, their house."""

    person: UUID | None
    tenancy_id: TenancyId | None  # None: the main connector


class Told(Record, frozen=True, kw_only=True):
    """Something about some requests that one person, or house, is told."""

    whom: Whom
    topic: str
    requests: tuple[Request, ...]
    urgent: bool
    hours: int | None = None  # of a warning


async def tell_all(tx: Transaction, at: datetime, told: Sequence[Told]) -> dict[UUID, int]:
    """Write what people are told; return for each request how many of them there are."""
    known = await prescribers.recipients(tx, {one.whom.person for one in told if one.whom.person is not None})
    houses: dict[TenancyId | None, list[Recipient]] = {}
    notices: list[Notice] = []
    counts: dict[UUID, int] = {}
    for one in told:
        written = known.get(one.whom.person) if one.whom.person is not None else None
        if written is not None:
            people = [Recipient(contact_id=None, name=written.name, email=written.email, language=written.language)]
        else:
            people = await _readers(tx, one.whom.tenancy_id, houses, at)
        notices += (_notice(one, person, at) for person in people)
        counts |= {request.id: counts.get(request.id, 0) + len(people) for request in one.requests}
    await tell(tx, at, notices)
    return counts


async def _readers(
    tx: Transaction, house: TenancyId | None, known: dict[TenancyId | None, list[Recipient]], at: datetime
) -> list[Recipient]:
    """Return who reads the post of a house; of a tenant that named nobody, the main connector does: somebody hears."""
    if house not in known:
        functions = _OF_MAIN_CONNECTOR if house is None else _OF_TENANT
        known[house] = await readers(tx, functions, tenancy_id=house, at=at)
        if not known[house] and house is not None:
            known[house] = await _readers(tx, None, known, at)
    return known[house]


def whom(request: Request) -> Whom:
    """Return whom to tell of a request that somebody has."""
    ours = request.party is Party.MAIN_CONNECTOR
    return Whom(person=request.person, tenancy_id=None if ours else request.tenancy_id)


def _notice(told: Told, person: Recipient, at: datetime) -> Notice:
    first = min(told.requests, key=lambda one: (one.lapses_at, one.id))
    tenancies = {one.tenancy_id for one in told.requests}
    return Notice(
        key=f"{told.topic}/{_once(told, first, at)}/{person.contact_id or person.email}",
        to=person,
        topic=told.topic,
        subject=_SUBJECTS[told.topic],
        lines=tuple(_lines(told, first, at)),
        facts=((_RULE, RULE),),
        tenancy_id=tenancies.pop() if len(tenancies) == 1 else None,
        urgent=told.urgent,
    )


def _once(told: Told, first: Request, at: datetime) -> str:
    """Return what makes a notice the same one.

    What is told at once is told once an hour, however many follow in that hour: nobody reads a mail for each.
    What is told anew each day is another notice each day; all else is told once.
    """
    if told.urgent:
        return f"{at:%Y%m%dT%H}"
    again = f"/{at:%Y%m%d}" if told.topic == TELL_PATIENT else ""
    return f"{told.hours or 0}/{first.id}{again}"


def _lines(told: Told, first: Request, at: datetime) -> Iterable[Sentence]:
    count = len(told.requests)
    if told.topic == TELL_PATIENT:
        yield sentence(
            "Pyyntöjä, joista potilaalle on vielä kerrottava: {count}.",
            "Begäranden om vilka patienten ännu ska underrättas: {count}.",
            "Requests of which the patient is still to be told: {count}.",
            count=count,
        )
    elif told.topic == LAPSED:
        yield sentence(
            "Rauenneita pyyntöjä: {count}. Ensimmäinen raukesi {at}. Reseptejä ei uusittu; potilaille on kerrottava.",
            "Begäranden som förfallit: {count}. Den första förföll {at}. Recepten förnyades inte; patienterna ska"
            " underrättas.",
            "Requests that have lapsed: {count}. The first lapsed on {at}. Nothing was renewed; the patients are to be"
            " told.",
            count=count,
            at=first.lapses_at,
        )
    else:
        yield sentence(
            "Avoimia pyyntöjä: {count}. Ensimmäinen raukeaa {at}; aikaa on {hours} tuntia.",
            "Öppna begäranden: {count}. Den första förfaller {at}; {hours} timmar återstår.",
            "Open requests: {count}. The first lapses on {at}; {hours} hours are left.",
            count=count,
            at=first.lapses_at,
            hours=max((first.lapses_at - at) // _HOUR, 0),
        )
    if told.urgent:
        yield _MORE
    yield _WHERE
