"""What is not as it should be with a system on a day (K3.1): it warns, never refuses. Pure."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from kanta_tenancy.kernel.calendar import add_months
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.systems import requirements, standing
from kanta_tenancy.systems.lifecycle import RULE
from kanta_tenancy.systems.model import (
    Certificate,
    CertificateKind,
    Concern,
    InformationSystem,
    SystemFinding,
    SystemState,
)

_REGISTER: Final = "Act 703/2023, sections 80 and 81"
_DEVIATION: Final = "Act 703/2023, section 81; valvira.fi, significant deviation (excerpt without a date)"
_OURS: Final = "this service's own reading"


def findings(system: InformationSystem, day: date, *, serves: bool) -> tuple[SystemFinding, ...]:
    """Return every concern about a system on a day; none about one that is withdrawn by then and serves nobody.

    Args:
        serves: whether a service runs on it that day.
    """
    used = system.state is SystemState.IN_USE or serves
    over = system.withdrawn_on is not None and system.withdrawn_on <= day
    if over and not serves:
        return ()
    found = [one for judge in _JUDGES for one in judge(system, day)]
    if used and not any(_holds(one.since, one.until, day) for one in system.releases):
        found.append(_release_missing(system))
    if serves and not _in_use(system, day):
        found.append(_serves_unready(system))
    return tuple(found)


def _certificates(system: InformationSystem, day: date) -> Iterator[SystemFinding]:
    asked = requirements.classes_on(day).get(system.system_class)
    if asked is None or not asked.security_certificate:
        return
    of_kind = [one for one in system.certificates if one.kind is CertificateKind.SECURITY and one.withdrawn_at is None]
    ended = max((one.last_day for one in of_kind if one.last_day is not None and one.granted_on <= day), default=None)
    if ended is None:
        yield _missing(system, asked.source, asked.certainty)
    elif ended < day:
        yield _ended(system, ended)
    elif ended - timedelta(days=requirements.warnings_on(ended).days[0]) <= day:
        yield _ends_soon(system, ended)


def _too_long(system: InformationSystem, _: date) -> Iterator[SystemFinding]:
    stands = standing.that_stands(system.certificates, CertificateKind.SECURITY)
    if stands is None or stands.last_day is None:
        return
    longest = requirements.longest_on(stands.granted_on)
    if stands.last_day > add_months(stands.granted_on, longest.months):
        yield _longer_than_allowed(system, stands, longest.months, longest.source, longest.certainty)


def _joint_test(system: InformationSystem, day: date) -> Iterator[SystemFinding]:
    asked = requirements.classes_on(day).get(system.system_class)
    shown = any(
        standing.covers(one, day) for one in system.certificates if one.kind is CertificateKind.INTEROPERABILITY
    )
    if asked is not None and asked.interoperability_test and not shown:
        yield _joint_test_missing(system, asked.source, asked.certainty)


def _register(system: InformationSystem, _: date) -> Iterator[SystemFinding]:
    if system.register_entry is None:
        yield _register_entry_missing(system)


def _producer(system: InformationSystem, _: date) -> Iterator[SystemFinding]:
    if system.producer.email is None and system.producer.phone is None:
        yield _producer_unreachable(system)


_JUDGES: Final[Sequence[Callable[[InformationSystem, date], Iterator[SystemFinding]]]] = (
    _certificates,
    _too_long,
    _joint_test,
    _register,
    _producer,
)


def _in_use(system: InformationSystem, day: date) -> bool:
    return system.in_use_on is not None and _holds(system.in_use_on, system.withdrawn_on, day)


def _holds(since: date, until: date | None, day: date) -> bool:
    return since <= day and (until is None or day < until)


def _finding(what: Concern, said: Sentence, source: str, certainty: Certainty) -> SystemFinding:
    return SystemFinding(what=what, sentence=said, rule=RULE, source=source, certainty=certainty)


def _missing(system: InformationSystem, source: str, certainty: Certainty) -> SystemFinding:
    said = sentence(
        "Järjestelmältä {name} (luokka {key}) puuttuu tietoturvallisuustodistus.",
        "Systemet {name} (klass {key}) saknar informationssäkerhetscertifikat.",
        "The system {name} (class {key}) has no security certificate.",
        name=system.name,
        key=system.system_class,
    )
    return _finding(Concern.CERTIFICATE_MISSING, said, source, certainty)


def _ended(system: InformationSystem, last_day: date) -> SystemFinding:
    said = sentence(
        "Järjestelmän {name} tietoturvallisuustodistus päättyi {last_day}. Vanhentunut todistus on merkittävä"
        " poikkeama.",
        "Informationssäkerhetscertifikatet för systemet {name} gick ut {last_day}. Ett utgånget certifikat är en"
        " betydande avvikelse.",
        "The security certificate of the system {name} ended on {last_day}. An expired certificate is a significant"
        " deviation.",
        name=system.name,
        last_day=last_day,
    )
    return _finding(Concern.CERTIFICATE_ENDED, said, _DEVIATION, Certainty.EXCERPT)


def _ends_soon(system: InformationSystem, last_day: date) -> SystemFinding:
    said = sentence(
        "Järjestelmän {name} tietoturvallisuustodistuksen viimeinen päivä on {last_day}.",
        "Sista dagen för informationssäkerhetscertifikatet för systemet {name} är {last_day}.",
        "The last day of the security certificate of the system {name} is {last_day}.",
        name=system.name,
        last_day=last_day,
    )
    return _finding(Concern.CERTIFICATE_ENDS_SOON, said, _OURS, Certainty.ASSUMED)


def _longer_than_allowed(
    system: InformationSystem, certificate: Certificate, months: int, source: str, certainty: Certainty
) -> SystemFinding:
    said = sentence(
        "Järjestelmän {name} tietoturvallisuustodistus on myönnetty {granted_on} yli {months} kuukaudeksi: tarkistakaa"
        " päivät.",
        "Informationssäkerhetscertifikatet för systemet {name} har beviljats {granted_on} för mer än {months} månader:"
        " kontrollera dagarna.",
        "The security certificate of the system {name} was granted on {granted_on} for more than {months} months: check"
        " the days.",
        name=system.name,
        granted_on=certificate.granted_on,
        months=months,
    )
    return _finding(Concern.CERTIFICATE_TOO_LONG, said, source, certainty)


def _joint_test_missing(system: InformationSystem, source: str, certainty: Certainty) -> SystemFinding:
    said = sentence(
        "Järjestelmältä {name} (luokka {key}) puuttuu todistus yhteentoimivuuden testauksesta.",
        "Systemet {name} (klass {key}) saknar intyg över testning av interoperabiliteten.",
        "The system {name} (class {key}) has no certificate of interoperability testing.",
        name=system.name,
        key=system.system_class,
    )
    return _finding(Concern.JOINT_TEST_MISSING, said, source, certainty)


def _register_entry_missing(system: InformationSystem) -> SystemFinding:
    said = sentence(
        "Järjestelmän {name} merkintää tietojärjestelmärekisterissä (Astori) ei ole tarkistettu.",
        "Uppgifterna om systemet {name} i registret över informationssystem (Astori) har inte kontrollerats.",
        "Nobody has looked up the system {name} in the register of information systems (Astori).",
        name=system.name,
    )
    return _finding(Concern.REGISTER_ENTRY_MISSING, said, _REGISTER, Certainty.READ)


def _producer_unreachable(system: InformationSystem) -> SystemFinding:
    said = sentence(
        "Järjestelmän {name} tuottajalle ei ole sähköpostiosoitetta eikä puhelinnumeroa: sille ei voi ilmoittaa"
        " poikkeamasta.",
        "Det finns varken e-postadress eller telefonnummer till producenten av systemet {name}: en avvikelse kan inte"
        " anmälas.",
        "The producer of the system {name} has neither an e-mail address nor a telephone number here: it cannot be told"
        " of a deviation.",
        name=system.name,
    )
    return _finding(Concern.PRODUCER_UNREACHABLE, said, "Act 703/2023, section 90", Certainty.READ)


def _release_missing(system: InformationSystem) -> SystemFinding:
    said = sentence(
        "Järjestelmän {name} käytössä olevaa versiota ei ole kirjattu.",
        "Det är inte antecknat vilken version av systemet {name} som används.",
        "Which version of the system {name} is in use is not recorded.",
        name=system.name,
    )
    return _finding(Concern.RELEASE_MISSING, said, _OURS, Certainty.ASSUMED)


def _serves_unready(system: InformationSystem) -> SystemFinding:
    said = sentence(
        "Järjestelmässä {name} on palveluja, vaikka sitä ei ole kirjattu käyttöön otetuksi.",
        "Tjänster körs på systemet {name} trots att det inte är antecknat som ibruktaget.",
        "Services run on the system {name} although it is not recorded as in use.",
        name=system.name,
    )
    return _finding(Concern.SERVES_UNREADY, said, _OURS, Certainty.ASSUMED)
