"""Whether what people say of dealings with Kela can be kept: names, services, days, evidence (K2.1). Pure."""

from datetime import date
from typing import Final

from msgspec.structs import replace

from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.joining.errors import JoiningRefused
from kanta_tenancy.joining.model import Change
from kanta_tenancy.parties import wording

RULE: Final = "K2.1"
LONGEST_TEXT: Final = 2000
FIRST_DAY: Final = date(2010, 1, 1)  # there was nothing to join before
LAST_DAY: Final = date(2199, 12, 31)


def application(name: str, services: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """Return an application's name and services as they are kept, in the order of the catalogue.

    Raises:
        JoiningRefused: with every flaw.
    """
    look = wording.Examination()
    fit = look.text("name", wording.name, name, clause=RULE)
    ordered = _services(look, services)
    _fit(look)
    return fit, ordered


def evidence(text: str, reference: str | None, on: date) -> tuple[str, str | None]:
    """Return the evidence of a step, and its reference, as they are kept.

    Raises:
        JoiningRefused: with every flaw.
    """
    look = wording.Examination()
    fit = _text(look, "evidence", text)
    number = look.optional("reference", wording.name, reference, clause=RULE)
    _day(look, "on", on)
    _fit(look)
    return fit, number


def change(said: Change, today: date) -> Change:
    """Return a planned change as it is kept.

    Raises:
        JoiningRefused: with every flaw.
    """
    look = wording.Examination()
    description = _text(look, "description", said.description)
    services = _services(look, said.services)
    if len(set(said.tenancy_ids)) != len(said.tenancy_ids):
        look.note("tenancy_ids", "a tenancy is named more than once", clause=RULE)
    _day(look, "effective_on", said.effective_on)
    _day(look, "known_on", said.known_on)
    if said.known_on > today:
        look.note("known_on", "this day has not come: nobody knows the reason yet", clause=RULE)
    _fit(look)
    return replace(said, description=description, services=services)


def sending(by: str, reference: str | None, on: date) -> tuple[str, str | None]:
    """Return who sent a notice, and its reference, as they are kept.

    Raises:
        JoiningRefused: with every flaw.
    """
    look = wording.Examination()
    who = look.text("sent_by", wording.name, by, clause=RULE)
    number = look.optional("reference", wording.name, reference, clause=RULE)
    _day(look, "sent_on", on)
    _fit(look)
    return who, number


def reason(text: str) -> str:
    """Return why a notice is not needed or its change cancelled, as it is kept.

    Raises:
        JoiningRefused: there is none, or it cannot be kept.
    """
    look = wording.Examination()
    fit = look.text("reason", wording.name, text, clause=RULE)
    _fit(look)
    return fit


def service_asked(key: str | None) -> None:
    """Refuse to ask for a service that the catalogue does not have.

    Raises:
        JoiningRefused: there is no such service.
    """
    look = wording.Examination()
    if key is not None and key not in {service.key for service in catalogue.services()}:
        look.note("service", "this is no service of the catalogue", clause=RULE)
    _fit(look)


def _services(look: wording.Examination, keys: tuple[str, ...]) -> tuple[str, ...]:
    known = [service.key for service in catalogue.services()]
    for place, key in enumerate(keys):
        if key not in known:
            look.note(f"services[{place}]", "this is no service of the catalogue", clause=RULE)
    if len(set(keys)) != len(keys):
        look.note("services", "a service is named more than once", clause=RULE)
    return tuple(key for key in known if key in keys)


def _text(look: wording.Examination, field: str, text: str) -> str:
    fit = look.text(field, wording.lines, text, clause=RULE)
    if len(fit) > LONGEST_TEXT:
        look.note(field, f"it has {len(fit)} characters; {LONGEST_TEXT} are allowed", clause=RULE)
    return fit


def _day(look: wording.Examination, field: str, day: date) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        look.note(field, f"a day from {FIRST_DAY.isoformat()} to {LAST_DAY.isoformat()} is meant", clause=RULE)


def _fit(look: wording.Examination) -> None:
    if look.flaws:
        first = look.flaws[0]
        raise JoiningRefused(f"{first.field}: {first.detail}", rule=RULE, flaws=tuple(look.flaws))
