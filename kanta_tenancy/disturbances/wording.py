"""What is said to whom, in three languages: titles of duties, and the text that an addressee is told. Pure."""

from collections.abc import Collection, Mapping
from typing import Final

from kanta_tenancy.disturbances import rules
from kanta_tenancy.disturbances.case import Disturbance, Phase, Purpose, Report
from kanta_tenancy.disturbances.model import Addressee, Answer, Fact
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Record

ADDRESSEES: Final[Mapping[Addressee, Sentence]] = {
    Addressee.NAMED_PERSON: Sentence(
        fi="pääliittyjän nimeämä henkilö", sv="den person som huvudanslutaren utsett", en="the person named"
    ),
    Addressee.MAIN_CONNECTOR: Sentence(fi="pääliittyjä", sv="huvudanslutaren", en="the main connector"),
    Addressee.AFFECTED_TENANTS: Sentence(
        fi="vuokralaiset, joita se koskee", sv="de berörda hyresgästerna", en="the tenants concerned"
    ),
    Addressee.BREACH_REGISTER: Sentence(
        fi="tietoturvaloukkausten rekisteri",
        sv="registret över personuppgiftsincidenter",
        en="the register of breaches",
    ),
    Addressee.TENANT_CONTROLLERS: Sentence(
        fi="rekisterinpitäjät, joiden tietoja se koskee",
        sv="de personuppgiftsansvariga vars uppgifter den gäller",
        en="the controllers whose data it concerns",
    ),
    Addressee.KELA: Sentence(fi="Kela", sv="FPA", en="Kela"),
    Addressee.PRODUCER: Sentence(
        fi="tietojärjestelmäpalvelun tuottaja",
        sv="producenten av informationssystemtjänsten",
        en="the producer of the information system service",
    ),
    Addressee.MANUFACTURER: Sentence(
        fi="tietojärjestelmän valmistaja", sv="tillverkaren av informationssystemet", en="the system's manufacturer"
    ),
    Addressee.SUPERVISOR: Sentence(fi="valvontaviranomainen", sv="tillsynsmyndigheten", en="the supervisory authority"),
    Addressee.CYBER_SECURITY_CENTRE: Sentence(
        fi="Kyberturvallisuuskeskus", sv="Cybersäkerhetscentret", en="the cyber security centre"
    ),
    Addressee.DATA_PROTECTION_OMBUDSMAN: Sentence(
        fi="tietosuojavaltuutettu", sv="dataombudsmannen", en="the Data Protection Ombudsman"
    ),
    Addressee.SERVICE_RECIPIENTS: Sentence(
        fi="omien palvelujen vastaanottajat", sv="mottagarna av egna tjänster", en="the recipients of one's services"
    ),
}
PHASES: Final[Mapping[Phase, Sentence]] = {
    Phase.PLANNED: Sentence(fi="Suunniteltu huolto", sv="Planerat underhåll", en="Planned maintenance"),
    Phase.ONGOING: Sentence(fi="Häiriö", sv="Störning", en="Disturbance"),
    Phase.OVER: Sentence(fi="Ohi", sv="Över", en="Over"),
    Phase.CANCELLED: Sentence(fi="Peruttu", sv="Återtagen", en="Cancelled"),
}
PURPOSES: Final[Mapping[Purpose, Sentence]] = {
    Purpose.FIRST: Sentence(fi="Ilmoitus häiriöstä", sv="Anmälan om störning", en="Notice of a disturbance"),
    Purpose.CHANGE: Sentence(
        fi="Muutos aiempaan ilmoitukseen", sv="Ändring av en tidigare anmälan", en="Change of an earlier notice"
    ),
    Purpose.CANCELLATION: Sentence(
        fi="Aiemman ilmoituksen peruutus", sv="Återtagande av en tidigare anmälan", en="Earlier notice withdrawn"
    ),
}


class Letter(Record, frozen=True, kw_only=True):
    """What somebody is told, in one language."""

    subject: str
    text: str


class About(Record, frozen=True, kw_only=True):
    """What a text tells of: the disturbance with all that its teller may know."""

    disturbance: Disturbance
    reports: tuple[Report, ...]
    facts: tuple[Fact, ...]  # those that hold
    teller: str  # the party that tells, by its name
    business_id: str
    oid: str | None = None
    system: str | None = None  # by name and, where it is known, version
    service: Sentence | None = None


def title(disturbance_reference: str, addressee: Addressee, purpose: Purpose) -> Sentence:
    """Say what a duty is, as a line in a list of what is owed."""
    who, what = ADDRESSEES[addressee], PURPOSES[purpose]
    return Sentence(
        fi=f"{what.fi} {disturbance_reference}: {who.fi}",
        sv=f"{what.sv} {disturbance_reference}: {who.sv}",
        en=f"{what.en} {disturbance_reference}: {who.en}",
    )


def letter(about: About, purpose: Purpose, language: Language) -> Letter:
    """Return what an addressee is told: the disturbance as it is known now, and nothing of a patient."""
    words = rules.facts_in_words()
    lines = [PURPOSES[purpose].said_in(language), ""]
    lines += event(about, language)
    if about.facts and purpose is not Purpose.CANCELLATION:
        lines += ["", KNOWN.said_in(language), *(f"- {words[one].told.said_in(language)}" for one in about.facts)]
    for report in about.reports:
        lines += ["", *reported(report, language)]
    subject = f"{PURPOSES[purpose].said_in(language)} {about.disturbance.reference}"
    return Letter(subject=subject, text="\n".join(lines))


def event(about: About, language: Language) -> list[str]:
    """Say what it is that is told of, a line for each thing that is known."""
    teller = (
        (_REFERENCE, about.disturbance.reference),
        (_TELLER, f"{about.teller} ({about.business_id})"),
        (_OID, about.oid),
    )
    return _lines((*teller, *_facts(about, language)), language)


def named_event(about: About, language: Language) -> list[str]:
    """Say the same by the name that the main connector gave it, where it stands apart who tells of it."""
    return _lines(((_CALLED, about.disturbance.title), *_facts(about, language)), language)


def _lines(said: Collection[tuple[Sentence, str | None]], language: Language) -> list[str]:
    return [f"{label.said_in(language)}: {value}" for label, value in said if value]


def _facts(about: About, language: Language) -> Collection[tuple[Sentence, str | None]]:
    since = sentence("{at}", "{at}", "{at}", at=about.disturbance.since).said_in(language)
    until = about.disturbance.until
    ended = None if until is None else sentence("{at}", "{at}", "{at}", at=until).said_in(language)
    return (
        (_SYSTEM, about.system),
        (_SERVICE, None if about.service is None else about.service.said_in(language)),
        (_SINCE, since),
        (_ENDED, ended),
    )


def reported(report: Report, language: Language) -> list[str]:
    """Say what a report says, a line for each thing."""
    said = (
        (_WHAT, report.what),
        (_ONGOING, (_YES if report.ongoing else _NO).said_in(language)),
        (_PLACE, _PLACES[report.place].said_in(language)),
        (_SYMPTOM, report.symptom),
        (_UNITS, None if report.units_hit is None else str(report.units_hit)),
        (_USERS, None if report.users_hit is None else str(report.users_hit)),
        (_SAFETY, _ANSWERS[report.patient_safety].said_in(language)),
        (_PROTECTION, _ANSWERS[report.data_protection].said_in(language)),
        (_MESSAGES, ", ".join(report.message_ids)),
        (_TRIED, report.tried),
    )
    return _lines(said, language)


KNOWN: Final = Sentence(fi="Tiedossa on:", sv="Känt är:", en="What is known:")
_REFERENCE: Final = Sentence(fi="Tunnus", sv="Beteckning", en="Reference")
_CALLED: Final = Sentence(fi="Nimi", sv="Namn", en="Called")
_TELLER: Final = Sentence(fi="Ilmoittaja", sv="Anmälare", en="Told by")
_OID: Final = Sentence(fi="OID", sv="OID", en="OID")
_SYSTEM: Final = Sentence(fi="Tietojärjestelmä", sv="Informationssystem", en="Information system")
_SERVICE: Final = Sentence(fi="Kanta-palvelu", sv="Kanta-tjänst", en="Kanta service")
_SINCE: Final = Sentence(fi="Alkoi (Suomen aikaa)", sv="Började (finsk tid)", en="Began (Finnish time)")
_ENDED: Final = Sentence(fi="Päättyi (Suomen aikaa)", sv="Slutade (finsk tid)", en="Ended (Finnish time)")
_WHAT: Final = Sentence(fi="Mitä tapahtui", sv="Vad har hänt", en="What happened")
_ONGOING: Final = Sentence(
    fi="Jatkui ilmoitettaessa", sv="Pågick vid rapporteringen", en="Going on when it was reported"
)
_PLACE: Final = Sentence(fi="Paikka", sv="Plats", en="Place")
_SYMPTOM: Final = Sentence(fi="Oire tai virhekoodi", sv="Symtom eller felkod", en="Symptom or error code")
_UNITS: Final = Sentence(fi="Yksiköitä", sv="Enheter", en="Units hit")
_USERS: Final = Sentence(fi="Käyttäjiä", sv="Användare", en="Users hit")
_SAFETY: Final = Sentence(
    fi="Vaikuttaa potilasturvallisuuteen", sv="Påverkar patientsäkerheten", en="Affects patient safety"
)
_PROTECTION: Final = Sentence(fi="Vaikuttaa tietosuojaan", sv="Påverkar dataskyddet", en="Affects data protection")
_MESSAGES: Final = Sentence(fi="Sanomien tunnisteet", sv="Meddelandenas id", en="Message ids")
_TRIED: Final = Sentence(fi="Mitä on kokeiltu", sv="Vad har prövats", en="What was tried")
_YES: Final = Sentence(fi="kyllä", sv="ja", en="yes")
_NO: Final = Sentence(fi="ei", sv="nej", en="no")
_ANSWERS: Final[Mapping[Answer, Sentence]] = {
    Answer.YES: _YES,
    Answer.NO: _NO,
    Answer.UNKNOWN: Sentence(fi="ei tiedossa", sv="inte känt", en="not known"),
}
_PLACES: Final[Mapping[str, Sentence]] = {
    "ours": Sentence(
        fi="tietojärjestelmä tai sen ympäristö", sv="informationssystemet eller dess miljö", en="the system"
    ),
    "kanta": Sentence(fi="Kanta-palvelut", sv="Kanta-tjänsterna", en="the Kanta services"),
    "network": Sentence(fi="verkko", sv="nätet", en="the network"),
    "unknown": Sentence(fi="ei tiedossa", sv="inte känd", en="not known"),
}
