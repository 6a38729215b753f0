"""Until when Kela is to be told of a technical change, explained in three languages, and what is in its way. Pure.

What Kela's instruction does not say is our reading, and every explanation says so: all days of the calendar count, the
day on which the change takes effect does not, and a notice that is sent on the last day is in time.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from kanta_tenancy.joining.model import ChangeNotice, Clash, Conflict, Deadline, Status
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Explanation, Sentence, sentence

RULE: Final = "K2.1"

_UNSURE: Final = {
    Certainty.EXCERPT: sentence(
        "Ohje nähtiin päiväämättömänä otteena: tarkistakaa se kanta.fi-sivustolta ennen kuin luotatte päivään.",
        "Anvisningen sågs som ett odaterat utdrag: kontrollera den på kanta.fi innan ni litar på dagen.",
        "The instruction was seen as an excerpt without a date: check it on kanta.fi before you rely on the day.",
    ),
    Certainty.ASSUMED: sentence(
        "Tälle ajalle ei löytynyt lähdettä: tarkistakaa se Kelasta.",
        "Ingen källa hittades för denna tid: kontrollera den med FPA.",
        "No source was found for this time: check it with Kela.",
    ),
}


def due_day(effective_on: date, deadline: Deadline) -> tuple[date, Explanation]:
    """Return the last day on which a notice of a change is sent in time, and why.

    Raises:
        OverflowError: the calendar of the machine has no such day.
    """
    due_on = effective_on - timedelta(days=deadline.days)
    steps = (
        sentence(
            "Muutos tulee voimaan {day}.",
            "Ändringen träder i kraft {day}.",
            "The change takes effect on {day}.",
            day=effective_on,
        ),
        deadline.instruction,
        *_said_of(deadline.certainty),
        sentence(
            "Viimeinen päivä ilmoittaa ajoissa on {due}: {days} kalenteripäivää aiemmin, voimaantulopäivää lukuun"
            " ottamatta (tämän palvelun tulkinta).",
            "Sista dagen att anmäla i tid är {due}: {days} kalenderdagar tidigare, dagen för ikraftträdandet oräknad"
            " (den här tjänstens tolkning).",
            "The last day to notify in time is {due}: {days} calendar days earlier, not counting the day on which the"
            " change takes effect (this service's reading).",
            due=due_on,
            days=deadline.days,
        ),
    )
    return due_on, Explanation(
        rule=RULE,
        sources=(deadline.source, "model agreement, clause 2"),
        inputs={
            "effective_on": effective_on.isoformat(),
            "days_before": str(deadline.days),
            "certainty": deadline.certainty.value,
        },
        steps=steps,
        result=due_on.isoformat(),
    )


def conflicts(notice: ChangeNotice, today: date, deadline: Deadline) -> tuple[Conflict, ...]:
    """Say what keeps a notice from being in time, at once and not only when it is late.

    Args:
        deadline: the one for a change that takes effect as soon as can be.
    """
    return tuple(_conflicts(notice, today, deadline))


def _conflicts(notice: ChangeNotice, today: date, deadline: Deadline) -> Iterator[Conflict]:
    if notice.status in {Status.NOT_NEEDED, Status.CANCELLED}:
        return
    if notice.due_on < notice.known_on:
        yield Conflict(what=Clash.DUE_BEFORE_KNOWN, sentence=_due_before_known(notice))
    if notice.status is Status.PLANNED and notice.due_on < today:
        yield Conflict(what=Clash.DUE_BEFORE_TODAY, sentence=_due_before_today(notice, today, deadline))
    if notice.sent_on is not None and notice.due_on < notice.sent_on:
        yield Conflict(what=Clash.SENT_LATE, sentence=_sent_late(notice, notice.sent_on))


def _due_before_known(notice: ChangeNotice) -> Sentence:
    return sentence(
        "Viimeinen ilmoituspäivä {due} on ennen päivää {known}, jona muutoksen syy tuli tietoon.",
        "Sista anmälningsdagen {due} är före den dag, {known}, då orsaken till ändringen blev känd.",
        "The last day to notify, {due}, is before {known}, when the reason for the change became known.",
        due=notice.due_on,
        known=notice.known_on,
    )


def _due_before_today(notice: ChangeNotice, today: date, deadline: Deadline) -> Sentence:
    return sentence(
        "Viimeinen ilmoituspäivä {due} on ohi eikä ilmoitusta ole lähetetty. Tänään lähetetty ilmoitus olisi ajoissa"
        " muutokselle, joka tulee voimaan aikaisintaan {soonest}.",
        "Sista anmälningsdagen {due} är förbi och anmälan är inte sänd. En anmälan som sänds i dag vore i tid för en"
        " ändring som träder i kraft tidigast {soonest}.",
        "The last day to notify, {due}, is over and the notice was not sent. Sent today, it would be in time for a"
        " change that takes effect on {soonest} at the earliest.",
        due=notice.due_on,
        soonest=today + timedelta(days=deadline.days),
    )


def _sent_late(notice: ChangeNotice, sent_on: date) -> Sentence:
    return sentence(
        "Ilmoitus lähetettiin {sent}, viimeisen ilmoituspäivän {due} jälkeen.",
        "Anmälan sändes {sent}, efter sista anmälningsdagen {due}.",
        "The notice was sent on {sent}, after the last day to notify, {due}.",
        sent=sent_on,
        due=notice.due_on,
    )


def _said_of(certainty: Certainty) -> tuple[Sentence, ...]:
    return (_UNSURE[certainty],) if certainty in _UNSURE else ()
