"""What stands in the document by which somebody outside is told of a breach, by whom it is for. Pure.

The authority is told all that Article 33(3) asks for, and of what is not known yet that it follows; persons are told in
plain words what Article 34(2) wants; Kela and other controllers what they need to look after data of their own.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from kanta_tenancy.breaches import deadlines, requirements
from kanta_tenancy.breaches.case import Case
from kanta_tenancy.breaches.controllership import called
from kanta_tenancy.breaches.model import (
    BY_REPORT,
    Addressee,
    Awareness,
    Breach,
    Controllership,
    Entry,
    Item,
    Party,
    PartyKind,
    Risk,
)
from kanta_tenancy.kernel import citations
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.papers import Paper, Part, Row
from kanta_tenancy.papers import wording as shared

TO_PERSONS: Final = (Item.NATURE, Item.CONSEQUENCES, Item.MEASURES, Item.CONTACT_POINT)
Lines = Iterator[tuple[Sentence, Sentence]]


class Teller(Record, frozen=True, kw_only=True):
    """Who tells: the party in whose register the breach stands."""

    name: str
    business_id: str
    oid: str | None
    party: Party


class Told(Record, frozen=True, kw_only=True):
    """A breach as a document tells it."""

    breach: Breach
    entries: tuple[Entry, ...]
    case: Case
    teller: Teller
    late_because: str | None = None  # to the authority after the 72 hours


def paper(told: Told, to: Addressee, language: Language) -> Paper:
    """Return what an addressee is told on paper; the same entries are the same paper."""
    body = _BODIES[to]
    teller = told.teller
    sender = _same(shared.sender(teller.name, teller.business_id, teller.oid))
    rows = [(shared.TO, _WHOM[to]), (shared.FROM, sender), (shared.BY, citations.cited(_LAWS[to]))]
    rows += _moments(told, to)
    parts = [(heading, text) for heading, text in body(told) if text.en]
    return Paper(
        about=about_of(told.breach),
        tenancy_id=told.breach.tenancy_id,
        language=language,
        title=_TITLES[to].said_in(language),
        reference=reference_of(told.breach),
        known_at=max(one.said_at for one in told.entries),
        rows=tuple(Row(label=label.said_in(language), value=value.said_in(language)) for label, value in rows),
        parts=tuple(Part(heading=heading.said_in(language), text=text.said_in(language)) for heading, text in parts),
    )


def about_of(breach: Breach) -> str:
    """Name a breach as the journal does."""
    return f"breach/{breach.id}"


def reference_of(breach: Breach) -> str:
    """Return what people call a breach by."""
    return breach.id.hex[-8:].upper()


def _moments(told: Told, to: Addressee) -> Lines:
    if to is Addressee.PERSONS:
        return
    yield _FOUND, shared.instant(told.breach.found_at)
    awareness = told.case.awareness
    if to is Addressee.AUTHORITY and awareness is not None:
        yield _AWARE, shared.instant(awareness.aware_at)


def _to_the_authority(told: Told) -> Lines:
    case = told.case
    for key, row in requirements.items().items():
        heading = _lettered(row.letter, row.name)
        text = case.content.get(key)
        yield heading, _FOLLOWS if text is None else _same(text)
    yield _WHOSE, _together([_whose(one, told) for one in case.controllerships])
    if case.awareness is not None:
        yield _SINCE_WHEN, _together([deadlines.ground_told(case.awareness.ground), *_reason(case.awareness)])
    if case.decision is not None:
        yield _RISK, _together([_RISKS[case.decision.risk], _same(case.decision.ground)])
    if told.late_because is not None:
        yield _LATE, _same(told.late_because)
    yield (
        _BEFORE,
        _together(
            [_earlier(told_at=one.told_at, reference=one.reference) for one in case.tellings(Addressee.AUTHORITY)]
        ),
    )


def _to_persons(told: Told) -> Lines:
    for item in TO_PERSONS:
        yield _PLAINLY[item], _same(told.case.content.get(item, ""))


def _to_others(told: Told) -> Lines:
    yield _WHOSE, _together([_whose(one, told) for one in told.case.controllerships])
    for key, row in requirements.items().items():
        if key in told.case.content:
            yield row.name, _same(told.case.content[key])


def _whose(one: Controllership, told: Told) -> Sentence:
    """Say whose some data is, by which law, and how sure that is."""
    row = requirements.register_on(one.register, day_in_finland(told.breach.recorded_at))
    who = _joined([_named(party, told.teller) for party in one.controllers])
    contact = _named(one.contact_point, told.teller)
    law = citations.cited(one.law)
    said = Sentence(
        fi=f"{row.name.fi}. Rekisterinpitäjä: {who.fi}. Yhteyspiste: {contact.fi}. Peruste: {_unstopped(law.fi)}.",
        sv=f"{row.name.sv}. Personuppgiftsansvarig: {who.sv}. Kontaktpunkt: {contact.sv}. Grund: {_unstopped(law.sv)}.",
        en=f"{row.name.en}. Controller: {who.en}. Contact point: {contact.en}. By: {law.en}.",
    )
    doubts = [_ASSUMED] if one.certainty is Certainty.ASSUMED else []
    return _joined([said, *doubts, *([_JOINT] if one.is_joint else [])], between=" ")


def _named(party: Party, teller: Teller) -> Sentence:
    return _same(teller.name) if party == teller.party else called(party)


def _reason(awareness: Awareness) -> list[Sentence]:
    """Return the reason that a person gave; what only names the report tells an addressee nothing."""
    return [] if awareness.reason.startswith(BY_REPORT) else [_same(awareness.reason)]


def _earlier(*, told_at: datetime, reference: str | None) -> Sentence:
    said = sentence("{at}", "{at}", "{at}", at=told_at)
    return said if reference is None else _joined([said, _same(reference)], between=": ")


def _unstopped(text: str) -> str:
    """Return a text that a stop follows; an abbreviation has its own."""
    return text.removesuffix(".")


def _lettered(letter: str, name: Sentence) -> Sentence:
    return Sentence(fi=f"{name.fi} ({letter})", sv=f"{name.sv} ({letter})", en=f"{name.en} ({letter})")


def _same(text: str) -> Sentence:
    return Sentence(fi=text, sv=text, en=text)


def _joined(sentences: Sequence[Sentence], between: str = ", ") -> Sentence:
    return Sentence(
        fi=between.join(one.fi for one in sentences),
        sv=between.join(one.sv for one in sentences),
        en=between.join(one.en for one in sentences),
    )


def _together(sentences: Sequence[Sentence]) -> Sentence:
    return _joined(sentences, between="\n")


_BODIES: Final[Mapping[Addressee, Callable[[Told], Lines]]] = {
    Addressee.AUTHORITY: _to_the_authority,
    Addressee.PERSONS: _to_persons,
    Addressee.KELA: _to_others,
    Addressee.CONTROLLER: _to_others,
}
_LAWS: Final[Mapping[Addressee, str]] = {
    Addressee.AUTHORITY: "Regulation (EU) 2016/679, article 33(1)",
    Addressee.PERSONS: "Regulation (EU) 2016/679, article 34(1)",
    Addressee.KELA: "the model agreement, clause 4.2",
    Addressee.CONTROLLER: "the model agreement, clause 4.2",
}
_TITLES: Final[Mapping[Addressee, Sentence]] = {
    Addressee.AUTHORITY: Sentence(
        fi="Ilmoitus henkilötietojen tietoturvaloukkauksesta valvontaviranomaiselle",
        sv="Anmälan av en personuppgiftsincident till tillsynsmyndigheten",
        en="Notification of a personal data breach to the supervisory authority",
    ),
    Addressee.PERSONS: Sentence(
        fi="Tieto henkilötietojen tietoturvaloukkauksesta, joka koskee teitä",
        sv="Information om en personuppgiftsincident som gäller er",
        en="About a personal data breach that concerns you",
    ),
    Addressee.KELA: Sentence(
        fi="Ilmoitus henkilötietojen tietoturvaloukkauksesta Kelalle",
        sv="Meddelande om en personuppgiftsincident till FPA",
        en="Notice of a personal data breach to Kela",
    ),
    Addressee.CONTROLLER: Sentence(
        fi="Ilmoitus henkilötietojen tietoturvaloukkauksesta rekisterinpitäjälle",
        sv="Meddelande om en personuppgiftsincident till den personuppgiftsansvarige",
        en="Notice of a personal data breach to the controller",
    ),
}
_WHOM: Final[Mapping[Addressee, Sentence]] = {
    Addressee.AUTHORITY: Sentence(fi="Tietosuojavaltuutettu", sv="Dataombudsmannen", en="Data Protection Ombudsman"),
    Addressee.PERSONS: Sentence(
        fi="Henkilöt, joiden tietoja asia koskee",
        sv="De personer vars uppgifter saken gäller",
        en="Those whose data it concerns",
    ),
    Addressee.KELA: called(Party(kind=PartyKind.KELA)),
    Addressee.CONTROLLER: Sentence(
        fi="Tietojen rekisterinpitäjä", sv="Den personuppgiftsansvarige", en="The controller of the data"
    ),
}
_RISKS: Final[Mapping[Risk, Sentence]] = {
    Risk.UNLIKELY: Sentence(fi="Riski on epätodennäköinen.", sv="En risk är osannolik.", en="A risk is unlikely."),
    Risk.RISK: Sentence(
        fi="Henkilöiden oikeuksille ja vapauksille aiheutuu riski.",
        sv="Det finns en risk för personers rättigheter och friheter.",
        en="There is a risk to the rights and freedoms of persons.",
    ),
    Risk.HIGH: Sentence(
        fi="Henkilöiden oikeuksille ja vapauksille aiheutuu korkea riski.",
        sv="Det finns en hög risk för personers rättigheter och friheter.",
        en="There is a high risk to the rights and freedoms of persons.",
    ),
}
_PLAINLY: Final[Mapping[Item, Sentence]] = {
    Item.NATURE: Sentence(fi="Mitä on tapahtunut", sv="Vad har hänt", en="What has happened"),
    Item.CONSEQUENCES: Sentence(
        fi="Mitä siitä voi teille seurata", sv="Vad det kan leda till för er", en="What may come of it for you"
    ),
    Item.MEASURES: Sentence(
        fi="Mitä on tehty ja mitä voitte tehdä itse",
        sv="Vad som har gjorts och vad ni själva kan göra",
        en="What was done, and what you can do yourselves",
    ),
    Item.CONTACT_POINT: Sentence(fi="Keneltä voitte kysyä", sv="Vem ni kan fråga", en="Whom you can ask"),
}
_FOUND: Final = Sentence(fi="Havaittu", sv="Upptäckt", en="Found")
_AWARE: Final = Sentence(
    fi="Rekisterinpitäjä sai tiedon", sv="Den personuppgiftsansvarige fick vetskap", en="The controller became aware"
)
_FOLLOWS: Final = Sentence(
    fi="Ei vielä tiedossa; tieto toimitetaan myöhemmin (33 artiklan 4 kohta).",
    sv="Ännu inte känt; uppgiften lämnas senare (artikel 33.4).",
    en="Not known yet; it follows (article 33(4)).",
)
_WHOSE: Final = Sentence(fi="Mitä tietoja asia koskee", sv="Vilka uppgifter saken gäller", en="Which data it concerns")
_SINCE_WHEN: Final = Sentence(
    fi="Miksi tieto saatiin silloin", sv="Varför vetskapen räknas från dess", en="Why awareness counts from then"
)
_RISK: Final = Sentence(fi="Riski", sv="Risken", en="The risk")
_LATE: Final = Sentence(
    fi="Miksi ilmoitus on myöhässä", sv="Varför anmälan är försenad", en="Why the notification is late"
)
_BEFORE: Final = Sentence(fi="Aiemmat ilmoitukset", sv="Tidigare anmälningar", en="Told before")
_ASSUMED: Final = Sentence(
    fi="Rekisterinpitäjä on oman tulkintamme mukainen; sitä ei ole vahvistettu.",
    sv="Vem som är personuppgiftsansvarig är vår egen tolkning; den är inte bekräftad.",
    en="Who the controller is, is our own reading; it is not verified.",
)
_JOINT: Final = Sentence(
    fi="He ovat yhteisrekisterinpitäjiä.",
    sv="De är gemensamt personuppgiftsansvariga.",
    en="They are joint controllers.",
)
