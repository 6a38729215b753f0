"""What a breach owes: each duty of its party as a promise, and the reminders of the 72 hours (K4.2). Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy import promises
from kanta_tenancy.breaches import deadlines
from kanta_tenancy.breaches.case import Case
from kanta_tenancy.breaches.duties import PROMISED, Duty, DutyKind, DutyState
from kanta_tenancy.breaches.lifecycle import RULE
from kanta_tenancy.breaches.model import Breach, Help
from kanta_tenancy.kernel import breach_clock
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.explanation import Explanation, Sentence
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.kernel.records import Record

REMIND: Final = "breach.remind"
HELP: Final = "breach.help"
_TITLES: Final[Mapping[DutyKind, Sentence]] = {
    DutyKind.NOTIFY_AUTHORITY: Sentence(
        fi="Henkilötietojen tietoturvaloukkauksesta on ilmoitettava tietosuojavaltuutetulle.",
        sv="En personuppgiftsincident ska anmälas till dataombudsmannen.",
        en="A personal data breach is to be notified to the Data Protection Ombudsman.",
    ),
    DutyKind.SUPPLEMENT_NOTICE: Sentence(
        fi="Tietosuojavaltuutetulle annettua ilmoitusta on täydennettävä.",
        sv="Anmälan till dataombudsmannen ska kompletteras.",
        en="The notice to the Data Protection Ombudsman is to be completed.",
    ),
    DutyKind.TELL_PERSONS: Sentence(
        fi="Tietoturvaloukkauksesta on ilmoitettava rekisteröidyille: riski on korkea.",
        sv="De registrerade ska underrättas om personuppgiftsincidenten: risken är hög.",
        en="The data subjects are to be told of the personal data breach: the risk is high.",
    ),
    DutyKind.TELL_KELA: Sentence(
        fi="Tietoturvaloukkauksesta on ilmoitettava Kelalle.",
        sv="FPA ska underrättas om personuppgiftsincidenten.",
        en="Kela is to be told of the personal data breach.",
    ),
    DutyKind.TELL_CONTROLLER: Sentence(
        fi="Tietoturvaloukkauksesta on ilmoitettava rekisterinpitäjälle.",
        sv="Den personuppgiftsansvarige ska underrättas om personuppgiftsincidenten.",
        en="The controller is to be told of the personal data breach.",
    ),
}
_REMINDING: Final = Sentence(
    fi="Tietoturvaloukkauksen määräajasta muistutetaan.",
    sv="Påminnelse om tidsfristen för en personuppgiftsincident.",
    en="People are reminded of the time limit of a personal data breach.",
)
_HELPING: Final = Sentence(
    fi="Toinen osapuoli pyytää apua tietoturvaloukkauksen selvittämiseen.",
    sv="Den andra parten ber om hjälp med att utreda en personuppgiftsincident.",
    en="The other party asks for help with a personal data breach.",
)


class Schedule(Record, frozen=True, kw_only=True):
    """Of what people are reminded, from when on, after how many hours."""

    turn: int
    counted_from: datetime
    since: datetime
    hours: tuple[int, ...]


def subject(breach_id: UUID) -> str:
    return f"breach/{breach_id}"


def help_subject(help_id: UUID) -> str:
    return f"breach_help/{help_id}"


def id_in(subject: str) -> UUID:
    return UUID(subject.partition("/")[2])


def kind_of(kind: DutyKind) -> str:
    return f"breach.{kind.value}"


def key_of(breach_id: UUID, duty: Duty) -> str:
    return f"{kind_of(duty.kind)}/{breach_id}/{duty.turn}"


def remind_key(breach_id: UUID, turn: int) -> str:
    return f"{REMIND}/{breach_id}/{turn}"


def owner_of(tenancy_id: TenancyId | None) -> promises.Owner:
    return promises.Owner.MAIN_CONNECTOR if tenancy_id is None else promises.Owner.TENANT


def of_duty(breach: Breach, case: Case, duty: Duty, due_at: datetime, *, at: datetime) -> promises.Owed:
    """Return the promise of whoever's register it stands in to do what is open."""
    return promises.Owed(
        key=key_of(breach.id, duty),
        kind=kind_of(duty.kind),
        subject=subject(breach.id),
        owner=owner_of(breach.tenancy_id),
        due_at=due_at,
        rule=RULE,
        title=_TITLES[duty.kind],
        made_at=at,
        tenancy_id=breach.tenancy_id,
        facts={"law": duty.law, "stated": "yes" if duty.stated else "no"},
        explanation=clock_explained(case) if duty.kind is DutyKind.NOTIFY_AUTHORITY else None,
    )


def clock_explained(case: Case) -> Explanation | None:
    """Say how the strict deadline came about; None where there is none."""
    if case.awareness is None:
        return None
    return deadlines.explained(case.awareness.aware_at, case.awareness.ground, case.awareness.reason)


def schedule(breach: Breach, case: Case, found: Sequence[Duty]) -> Schedule | None:
    """Return when people are reminded; None: of nothing.

    Whoever found a breach in the data of somebody outside is told once: there are no 72 hours of theirs.
    """
    by_kind = {duty.kind: duty for duty in found}
    authority = by_kind[DutyKind.NOTIFY_AUTHORITY]
    if authority.state is DutyState.OPEN and case.awareness is not None:
        said_at = case.aware_said_at or breach.recorded_at
        return Schedule(
            turn=authority.turn,
            counted_from=case.awareness.aware_at,
            since=max(said_at, authority.since or said_at),
            hours=breach_clock.clock_on(day_in_finland(case.awareness.aware_at)).remind_at,
        )
    if not case.is_controllers and case.is_open:
        return Schedule(turn=1, counted_from=breach.recorded_at, since=breach.recorded_at, hours=(0,))
    return None


def remind_due(of: Schedule, given: Collection[int]) -> datetime | None:
    """Return when people are to be reminded next; None: they were, of all."""
    return breach_clock.next_due(of.counted_from, of.since, of.hours, given)


def to_remind(breach: Breach, of: Schedule, due_at: datetime, *, at: datetime) -> promises.Owed:
    return promises.Owed(
        key=remind_key(breach.id, of.turn),
        kind=REMIND,
        subject=subject(breach.id),
        owner=promises.Owner.SYSTEM,
        due_at=due_at,
        rule=RULE,
        title=_REMINDING,
        made_at=at,
        tenancy_id=breach.tenancy_id,
    )


def of_help(asked: Help, *, at: datetime) -> promises.Owed:
    """Return the promise of whoever is asked to answer."""
    return promises.Owed(
        key=f"{HELP}/{asked.id}",
        kind=HELP,
        subject=help_subject(asked.id),
        owner=promises.Owner.MAIN_CONNECTOR if asked.asked_by_tenant else promises.Owner.TENANT,
        due_at=asked.wanted_by,
        rule=RULE,
        title=_HELPING,
        made_at=at,
        tenancy_id=asked.tenancy_id,
        facts={"breach": str(asked.breach_id)},
    )


def expected(breach: Breach, found: Sequence[Duty]) -> list[promises.Expected]:
    """Return which promises of its party there should be."""
    return [
        promises.Expected(key=key_of(breach.id, duty), subject=subject(breach.id), due_at=duty.due_at)
        for duty in found
        if duty.kind in PROMISED and duty.state is DutyState.OPEN
    ]
