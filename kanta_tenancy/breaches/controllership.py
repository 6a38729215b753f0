"""Who is controller of data: by kind, by who produces the service, on whose behalf (K14). Pure; the table is data."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from kanta_tenancy.breaches import requirements
from kanta_tenancy.breaches.model import (
    Concerned,
    ControllerRole,
    Controllership,
    Part,
    Party,
    PartyKind,
    RegisterKind,
    RegisterRow,
)
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Explanation, Sentence
from kanta_tenancy.kernel.languages import Language

RULE: Final = "K14"
SECTION_14: Final = "Act 703/2023, section 14"
KELA: Final = Party(kind=PartyKind.KELA)
# Those whom the table names without saying who they are.
_COLLECTIVE: Final = {
    ControllerRole.KELA: KELA,
    ControllerRole.PHARMACIES: Party(kind=PartyKind.PHARMACY),
    ControllerRole.PROFESSIONALS: Party(kind=PartyKind.PROFESSIONAL),
    ControllerRole.PROVIDERS: Party(kind=PartyKind.OTHER),
    ControllerRole.COUNTY: Party(kind=PartyKind.COUNTY),
}
_WHO: Final = {
    PartyKind.MAIN_CONNECTOR: Sentence(fi="pääliittyjä", sv="huvudanslutaren", en="the main connector"),
    PartyKind.TENANT: Sentence(fi="vuokralainen", sv="hyresgästen", en="the tenant"),
    PartyKind.KELA: Sentence(fi="Kela", sv="FPA", en="Kela"),
    PartyKind.PHARMACY: Sentence(fi="apteekit", sv="apoteken", en="the pharmacies"),
    PartyKind.PROFESSIONAL: Sentence(
        fi="itsenäiset lääkkeen määrääjät", sv="självständiga förskrivare", en="self-employed prescribers"
    ),
    PartyKind.COUNTY: Sentence(
        fi="hyvinvointialue tai Helsingin kaupunki",
        sv="välfärdsområdet eller Helsingfors stad",
        en="the wellbeing services county or the city of Helsinki",
    ),
    PartyKind.OTHER: Sentence(
        fi="muut palvelunantajat", sv="andra tjänstetillhandahållare", en="the other service providers"
    ),
}
_ON_BEHALF: Final = Sentence(
    fi="Palvelu tuotetaan toisen palvelunantajan lukuun: tiedot kuuluvat sen rekisteriin (703/2023, 14 §).",
    sv="Tjänsten produceras för en annan tjänstetillhandahållares räkning: uppgifterna hör till dess register"
    " (703/2023, 14 §).",
    en="The service is produced on behalf of another provider: the data belongs to that provider's register (Act"
    " 703/2023, section 14).",
)
_ON_BEHALF_ASSUMED: Final = Sentence(
    fi="Että tämä koskee myös tällaisia tietoja, on oma tulkintamme; sitä ei ole vahvistettu.",
    sv="Att detta gäller även sådana uppgifter är vår egen tolkning; den är inte bekräftad.",
    en="That this holds for such data too is our own reading; it is not verified.",
)
_PROCESSOR: Final = Sentence(
    fi="Pääliittyjä, joka huolehtii rekisterin teknisestä ylläpidosta, on tulkintamme mukaan henkilötietojen"
    " käsittelijä (yleinen tietosuoja-asetus, 28 artikla); sitä ei ole vahvistettu.",
    sv="Huvudanslutaren, som sköter det tekniska underhållet av registret, är enligt vår tolkning"
    " personuppgiftsbiträde (dataskyddsförordningen, artikel 28); det är inte bekräftat.",
    en="The main connector, which keeps the register technically, is in our reading a processor (General Data"
    " Protection Regulation, Article 28); that is not verified.",
)
_JOINTLY: Final = Sentence(
    fi="He ovat yhteisrekisterinpitäjiä. Miten tehtävät jakautuvat tietoturvaloukkauksessa, on yhteisrekisterinpidon"
    " liitteessä, jota tämä palvelu ei tunne: määräaika näytetään siksi jokaiselle.",
    sv="De är gemensamt personuppgiftsansvariga. Hur uppgifterna fördelas vid en incident står i bilagan om gemensamt"
    " personuppgiftsansvar, som denna tjänst inte känner: därför visas tidsfristen för var och en.",
    en="They are joint controllers. How they divide a breach among themselves is in the annex on joint controllership,"
    " which this service does not know: so the time limit is shown to each of them.",
)


def controllership(concerned: Concerned, day: date) -> Controllership:
    """Return who is controller of some data on a day, by which law, and why.

    Args:
        concerned: `producer` is who provides the care or the social service, not who keeps a register technically.

    Source:
        Act 703/2023, sections 13, 14, 16, 69 to 73; Act 61/2007, section 18.
    """
    row = requirements.register_on(concerned.register, day)
    controllers = tuple(dict.fromkeys(_resolved(role, concerned) for role in row.controllers))
    contact_point = _resolved(row.contact_point, concerned)
    certainty = row.certainty if concerned.on_behalf_of is None else row.on_behalf
    return Controllership(
        register=concerned.register,
        controllers=controllers,
        contact_point=contact_point,
        law=row.law,
        certainty=certainty,
        explanation=_explained(row, concerned, controllers, contact_point, day),
    )


def part_of(party: Party, found: Iterable[Controllership]) -> Part:
    """Return what a breach of these is to a party: its own in one of them is its own."""
    own = [one for one in found if party in one.controllers]
    if not own:
        return Part.FINDER
    return Part.JOINT_CONTROLLER if all(one.is_joint for one in own) else Part.CONTROLLER


def holders(found: Iterable[Controllership]) -> list[Party]:
    """Return the controllers that work with this service, in the order in which they come up."""
    return list(dict.fromkeys(party for one in found for party in one.controllers if party.is_here))


def outside(found: Iterable[Controllership]) -> list[Party]:
    """Return the controllers of data that nobody who works with this service answers for."""
    nobody_here = [one for one in found if not any(party.is_here for party in one.controllers)]
    return list(dict.fromkeys(party for one in nobody_here for party in one.controllers))


def called(party: Party) -> Sentence:
    """Say who a party is: by name where it has one, else by what it is."""
    if party.name is not None:
        return Sentence(fi=party.name, sv=party.name, en=party.name)
    return _WHO[party.kind]


def _resolved(role: ControllerRole, concerned: Concerned) -> Party:
    if role is ControllerRole.PRODUCER:
        return concerned.producer
    if role is ControllerRole.PROVIDER:
        return concerned.on_behalf_of or concerned.producer
    named = concerned.on_behalf_of or concerned.producer
    collective = _COLLECTIVE[role]
    # Where the table means the very one who was named, the name is kept: who prescribes in Kelain, for one.
    return named if collective.kind is named.kind and not named.is_here else collective


def _explained(
    row: RegisterRow, concerned: Concerned, controllers: Sequence[Party], contact_point: Party, day: date
) -> Explanation:
    steps = [row.name, row.meaning]
    sources = [row.law]
    inputs = {"register": row.key.value, "producer": _written(concerned.producer), "day": day.isoformat()}
    if concerned.on_behalf_of is not None:
        inputs["on_behalf_of"] = _written(concerned.on_behalf_of)
        steps.append(_ON_BEHALF)
        sources.append(SECTION_14)
        if row.on_behalf is Certainty.ASSUMED:
            steps.append(_ON_BEHALF_ASSUMED)
    steps.append(_concluded(controllers, contact_point))
    if len(controllers) > 1:
        steps.append(_JOINTLY)
    elif controllers[0].kind is PartyKind.TENANT and concerned.register is not RegisterKind.OWN_REGISTER:
        steps.append(_PROCESSOR)
    return Explanation(
        rule=RULE,
        sources=tuple(sources),
        inputs=inputs,
        steps=tuple(steps),
        result=", ".join(_written(one) for one in controllers),
    )


def _concluded(controllers: Sequence[Party], contact_point: Party) -> Sentence:
    who = {language: ", ".join(called(one).said_in(language) for one in controllers) for language in Language}
    contact = called(contact_point)
    return Sentence(
        fi=f"Rekisterinpitäjä: {who[Language.FINNISH]}. Yhteyspiste: {contact.fi}.",
        sv=f"Personuppgiftsansvarig: {who[Language.SWEDISH]}. Kontaktpunkt: {contact.sv}.",
        en=f"Controller: {who[Language.ENGLISH]}. Contact point: {contact.en}.",
    )


def _written(party: Party) -> str:
    detail = party.tenancy_id or party.name
    return party.kind.value if detail is None else f"{party.kind.value} {detail}"
