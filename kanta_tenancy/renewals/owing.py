"""What renewal requests owe in the ledger: patients told, decisions seen, intake stopped in time, looks (K15). Pure."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from kanta_tenancy import promises
from kanta_tenancy.kernel.calendar import start_of_day
from kanta_tenancy.kernel.explanation import Explanation, sentence
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.renewals import requirements
from kanta_tenancy.renewals.lifecycle import RULE
from kanta_tenancy.renewals.model import Concerned, Duty, Position, Request, State

REMIND: Final = "renewal.remind"
SEE: Final = "renewal.see"
STOP: Final = "renewal.stop"
UNHOLD: Final = "renewal.unhold"
LOOK_AGAIN: Final = "renewal.look_again"

_TELL: Final = {
    State.REJECTED: (
        "Kerro potilaalle, ettei reseptiä uusita.",
        "Underrätta patienten om att receptet inte förnyas.",
        "Tell the patient that the prescription is not renewed.",
    ),
    State.LAPSED: (
        "Kerro potilaalle, että uudistamispyyntö on rauennut.",
        "Underrätta patienten om att begäran om förnyelse har förfallit.",
        "Tell the patient that the renewal request has lapsed.",
    ),
}


def subject(request_id: UUID) -> str:
    return f"renewal_request/{request_id}"


def of_unit(unit_id: UUID) -> str:
    return f"renewal_unit/{unit_id}"


def id_in(subject: str) -> UUID:
    """Return which request, unit, agreement or look a promise is about."""
    return UUID(subject.partition("/")[2])


def reminding(request_id: UUID) -> str:
    """Return the key of the promise to remind people that a patient is to be told.

    It is the system's: a person keeps it by saying how the patient was told, where there is no room for words.
    """
    return f"{REMIND}/{request_id}"


def to_remind(duty: Duty) -> promises.Owed:
    return promises.Owed(
        key=reminding(duty.request),
        kind=REMIND,
        subject=subject(duty.request),
        owner=promises.Owner.SYSTEM,
        due_at=duty.due_at,
        rule=RULE,
        title=sentence(*_TELL[duty.outcome]),
        made_at=duty.opened_at,
        tenancy_id=duty.tenancy_id,
        facts={"owed_by": duty.owed_by.value, "outcome": duty.outcome.value},
    )


def seeing(decision_id: UUID) -> str:
    return f"{SEE}/{decision_id}"


def to_see(
    decision_id: UUID, unit_id: UUID, unit: str, *, receives: bool, effective_on: date, at: datetime
) -> promises.Owed:
    """Return what the main connector owes for a decision: to have it recorded in the national services by its day."""
    return promises.Owed(
        key=seeing(decision_id),
        kind=SEE,
        subject=of_unit(unit_id),
        owner=promises.Owner.MAIN_CONNECTOR,
        due_at=start_of_day(effective_on),
        rule=RULE,
        title=sentence(
            "Kirjaa uudistamispyyntöjen vastaanoton muutos ({unit}) koodistopalveluun ja Kanta Extranetiin viimeistään"
            " {day}.",
            "Anteckna ändringen i mottagandet av begäranden om förnyelse ({unit}) i kodtjänsten och Kanta Extranet"
            " senast {day}.",
            "Have the change in receiving renewal requests ({unit}) recorded in the code service and Kanta Extranet by"
            " {day}.",
            unit=unit,
            day=effective_on,
        ),
        made_at=at,
        facts={"receives": str(receives).lower(), "effective_on": effective_on.isoformat()},
    )


def to_stop(
    number: int,
    unit_id: UUID,
    unit: str,
    tenancy_id: TenancyId | None,
    *,
    stop_on: date,
    changes_on: date,
    at: datetime,
) -> promises.Owed:
    """Return what the main connector owes before a unit changes or its agreement ends: to stop the intake in time.

    Args:
        number: counts such promises of the unit; one that was released is never owed again.
    """
    stopping = requirements.stopping_on(changes_on)
    steps = (
        sentence(
            "Yksikkö muuttuu tai sen sopimus päättyy: {day} alkaen.",
            "Enheten ändras eller dess avtal upphör: från {day}.",
            "The unit changes, or its agreement ends, as of {day}.",
            day=changes_on,
        ),
        sentence(
            "Pyyntö raukeaa {hours} tunnissa. Kanta-palvelujen ohjeen mukaan vastaanotto lopetetaan noin {days} päivää"
            " ennen muutosta; päivä on laskettu niin, ettei yksikään pyyntö ole silloin avoinna. Ohje nähtiin otteena:"
            " tarkistakaa se.",
            "En begäran förfaller efter {hours} timmar. Enligt Kanta-tjänsternas anvisning upphör mottagandet ungefär"
            " {days} dagar före ändringen; dagen är räknad så att ingen begäran då är öppen. Anvisningen sågs som ett"
            " utdrag: kontrollera den.",
            "A request lapses after {hours} hours. The instructions of the Kanta services say to stop about {days} days"
            " before a change; the day is reckoned so that no request is open by then. They were seen as an excerpt:"
            " check them.",
            days=stopping.days,
            hours=requirements.clock_on(stop_on).hours,
        ),
    )
    return promises.Owed(
        key=f"{STOP}/{unit_id}/{number}",
        kind=STOP,
        subject=of_unit(unit_id),
        owner=promises.Owner.MAIN_CONNECTOR,
        due_at=start_of_day(stop_on),
        rule=RULE,
        title=sentence(
            "Päätä, että {unit} lopettaa uudistamispyyntöjen vastaanoton viimeistään {day}.",
            "Besluta att {unit} slutar ta emot begäranden om förnyelse senast {day}.",
            "Decide that {unit} stops receiving renewal requests by {day}.",
            unit=unit,
            day=stop_on,
        ),
        made_at=at,
        tenancy_id=tenancy_id,
        facts={"stop_on": stop_on.isoformat(), "changes_on": changes_on.isoformat()},
        explanation=Explanation(
            rule=RULE,
            sources=(stopping.source, "decree 1088/2010, section 19(2)"),
            inputs={"changes_on": changes_on.isoformat(), "certainty": stopping.certainty.value},
            steps=steps,
            result=stop_on.isoformat(),
        ),
    )


def to_unhold(agreement_id: AgreementId, request: Request, *, at: datetime) -> promises.Owed:
    """Return the system's promise to look whether anything still holds an ending, now that a request is closed."""
    return promises.Owed(
        key=f"{UNHOLD}/{request.id}",
        kind=UNHOLD,
        subject=f"agreement/{agreement_id}",
        owner=promises.Owner.SYSTEM,
        due_at=at,
        rule="K20.5",
        title=sentence(
            "Tarkista, onko sopimuksen päättymisen tiellä uudistamispyyntöjä.",
            "Kontrollera om begäranden om förnyelse hindrar avslutet.",
            "Look whether renewal requests hold the ending open.",
        ),
        made_at=at,
        tenancy_id=request.tenancy_id,
    )


def to_look_again(
    because: UUID, concerned: Concerned, after: Position | None, tenancy_id: TenancyId | None, *, at: datetime
) -> promises.Owed:
    """Return the system's promise to look at open requests again, from where it stands on.

    Args:
        because: names the act that they are looked at for.
        tenancy_id: of the tenant that acted.
    """
    return promises.Owed(
        key=f"{LOOK_AGAIN}/{because}",
        kind=LOOK_AGAIN,
        subject=f"renewal_look/{because}",
        owner=promises.Owner.SYSTEM,
        due_at=at,
        rule=RULE,
        title=sentence(
            "Katso avoimet uudistamispyynnöt uudelleen: niiden käsittelijät tai säännöt muuttuivat.",
            "Gå igenom öppna begäranden om förnyelse på nytt: de som handlägger dem eller reglerna har ändrats.",
            "Look at open renewal requests again: who handles them, or how, is another now.",
        ),
        made_at=at,
        tenancy_id=tenancy_id,
        facts={
            "holder": None if concerned.holder is None else str(concerned.holder),
            "person": None if concerned.person is None else str(concerned.person),
            "after_at": None if after is None else after.at.isoformat(),
            "after_id": None if after is None else str(after.id),
        },
    )


def looked_at(promise: promises.Promise) -> tuple[Concerned, Position | None]:
    """Return which requests a promise to look again concerns, and where it stands."""
    said = {name: str(value) for name, value in promise.facts.items() if value is not None}
    holder, person = (UUID(said[name]) if name in said else None for name in ("holder", "person"))
    stands = (
        Position(at=datetime.fromisoformat(said["after_at"]), id=UUID(said["after_id"])) if "after_id" in said else None
    )
    return Concerned(holder=holder, person=person), stands
