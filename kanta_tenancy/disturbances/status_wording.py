"""What tenants are told of how something stands, in their languages: a subject, and the lines beneath it."""

from collections.abc import Mapping
from datetime import date, datetime

from kanta_tenancy.disturbances import reading, wording
from kanta_tenancy.disturbances.case import Disturbance, Kind, Phase, Status
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.database import Transaction


async def lines(tx: Transaction, disturbance: Disturbance, status: Status, day: date) -> tuple[Sentence, ...]:
    """Return the subject of what is told, and its lines; what is not known is left out."""
    system = await reading.system_name(tx, disturbance, day)
    service = reading.service_name(disturbance.service, day)
    said = [
        wording.PHASES[status.phase],
        None if disturbance.title is None else _same(disturbance.title),
        None if system is None else _system(system),
        None if service is None else _service(service),
        when(status.phase, disturbance.kind, disturbance.since, disturbance.until),
        added(status.text),
    ]
    return tuple(one for one in said if one is not None)


def when(phase: Phase, kind: Kind, since: datetime, until: datetime | None) -> Sentence:
    """Say when it began and ended, or will."""
    if kind is Kind.MAINTENANCE and phase is not Phase.OVER and until is not None:
        return sentence(
            "Suunniteltu aika: {since}\u2013{until} (Suomen aikaa).",
            "Planerad tid: {since}\u2013{until} (finsk tid).",
            "Planned: {since} to {until} (Finnish time).",
            since=since,
            until=until,
        )
    if phase is Phase.OVER and until is not None:
        return sentence(
            "Alkoi {since}, päättyi {until} (Suomen aikaa).",
            "Började {since}, slutade {until} (finsk tid).",
            "Began {since}, ended {until} (Finnish time).",
            since=since,
            until=until,
        )
    return sentence(
        "Alkoi {since} (Suomen aikaa).", "Började {since} (finsk tid).", "Began {since} (Finnish time).", since=since
    )


def added(text: Mapping[Language, str] | None) -> Sentence | None:
    """Return what the main connector adds; a language that it does not have is told in one that it has."""
    if not text:
        return None
    first = next(text[language] for language in Language if language in text)
    return Sentence(**{language.value: text.get(language, first) for language in Language})


def _same(text: str) -> Sentence:
    return Sentence(fi=text, sv=text, en=text)


def _system(name: str) -> Sentence:
    return Sentence(
        fi=f"Tietojärjestelmä: {name}.", sv=f"Informationssystem: {name}.", en=f"Information system: {name}."
    )


def _service(name: Sentence) -> Sentence:
    return Sentence(fi=f"Kanta-palvelu: {name.fi}.", sv=f"Kanta-tjänst: {name.sv}.", en=f"Kanta service: {name.en}.")
