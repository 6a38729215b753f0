"""Whom a certificate stands for, as people read it: "on 3 May 2027 214 tenants lose these services". Pure."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Final

from kanta_tenancy.agreements.catalogue import names as catalogue
from kanta_tenancy.certificates.impact.model import Impact, Reach
from kanta_tenancy.certificates.inventory.model import State
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.languages import Language

RULE: Final = "K7"
_STANDING: Final = {
    State.REPLACED: Sentence(
        fi="Varmenne on korvattu toisella: tämä koskee paikkoja, joissa vanha on vielä käytössä.",
        sv="Certifikatet har ersatts av ett annat: detta gäller där det gamla fortfarande är i bruk.",
        en="The certificate was replaced by another one: this is about places where the old one is still in use.",
    ),
    State.RETIRED: Sentence(
        fi="Varmenne on kirjattu poistetuksi käytöstä.",
        sv="Certifikatet har antecknats som taget ur bruk.",
        en="The certificate is recorded as not in use any more.",
    ),
}


def in_order(services: Collection[str]) -> tuple[str, ...]:
    """Return services in the order of the catalogue; one that it does not have comes last."""
    known = [one.key for one in catalogue.services() if one.key in services]
    return (*known, *sorted(set(services) - set(known)))


def named(services: Sequence[str], day: date) -> Sentence:
    """Name services as they are called on a day, between commas."""
    names = {one.key: one for one in catalogue.services()}

    def said(language: Language) -> str:
        return ", ".join(names[key].name_on(day, language) if key in names else key for key in services)

    return Sentence(fi=said(Language.FINNISH), sv=said(Language.SWEDISH), en=said(Language.ENGLISH))


def on_day(not_after: datetime | None, today: date) -> date:
    """Return the day that is asked about when none is named: the one on which it lapses, or today when it has."""
    return today if not_after is None else max(today, day_in_finland(not_after))


def standing(state: State) -> Sentence | None:
    """Tell that a certificate is not in use any more; None: it is."""
    return _STANDING.get(state)


def told(impact: Impact) -> tuple[Sentence, ...]:
    """Tell whom a certificate stands for, and before that when it is not in use any more."""
    over = standing(impact.certificate.state)
    return lines(impact.reach) if over is None else (over, *lines(impact.reach))


def lines(reach: Reach) -> tuple[Sentence, ...]:
    """Tell what is lost when a certificate does not hold on a day, and what is not known of that, a sentence each."""
    return tuple(_lines(reach))


def in_short(reach: Reach) -> Sentence:
    """Tell the same in one piece."""
    told = lines(reach)
    return Sentence(
        fi=" ".join(one.fi for one in told), sv=" ".join(one.sv for one in told), en=" ".join(one.en for one in told)
    )


def _lines(reach: Reach) -> Iterator[Sentence]:
    if not reach.uses:
        yield sentence(
            "Ei ole kirjattu, missä varmennetta käytetään {day}, joten ei tiedetä, ketkä ovat sen varassa.",
            "Det har inte antecknats var certifikatet används den {day}, så det är inte känt vem som är beroende av"
            " det.",
            "It is not recorded where this certificate is used on {day}, so it is not known who depends on it.",
            day=reach.day,
        )
        return
    if reach.tenants:
        yield _lost(reach)
    elif reach.systems:
        yield sentence(
            "Varmennetta käyttävissä järjestelmissä ei tiedetä olevan vuokralaisten palveluja {day}.",
            "Det är inte känt att hyresgästers tjänster körs på de system som använder certifikatet den {day}.",
            "No tenant's services are known to run on the systems that use this certificate on {day}.",
            day=reach.day,
        )
    if reach.own_services:
        yield _own(reach)
    if reach.unplaced:
        yield sentence(
            "Käyttöpaikkoja ilman kirjattua järjestelmää: {places}. Ei tiedetä, ketkä ovat niiden varassa.",
            "Användningsplatser utan antecknat system: {places}. Det är inte känt vem som är beroende av dem.",
            "Places of use without a recorded system: {places}. It is not known who depends on those.",
            places=reach.unplaced,
        )


def _lost(reach: Reach) -> Sentence:
    services = named(reach.services, reach.day)
    who = (
        Sentence(fi="yksi vuokralainen", sv="en hyresgäst", en="1 tenant loses")
        if reach.tenants == 1
        else sentence(
            "{tenants} vuokralaista", "{tenants} hyresgäster", "{tenants} tenants lose", tenants=reach.tenants
        )
    )
    day = sentence("{day}", "{day}", "{day}", day=reach.day)
    return Sentence(
        fi=f"Jos varmenne ei ole voimassa {day.fi}, {who.fi} menettää palveluja: {services.fi}.",
        sv=f"Om certifikatet inte gäller den {day.sv} förlorar {who.sv} tjänster: {services.sv}.",
        en=f"If this certificate does not hold on {day.en}, {who.en} services: {services.en}.",
    )


def _own(reach: Reach) -> Sentence:
    services = named(reach.own_services, reach.day)
    return Sentence(
        fi=f"Pääliittyjän omista palveluista sen varassa ovat: {services.fi}.",
        sv=f"Av huvudanslutarens egna tjänster är följande beroende av det: {services.sv}.",
        en=f"Of the main connector's own services these depend on it: {services.en}.",
    )
