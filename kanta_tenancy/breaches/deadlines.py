"""By when the authority is notified of a breach, and when people are reminded of it (K4.2). Pure.

The strict deadline is 72 elapsed hours from the instant at which the controller became aware: neither a weekend nor the
night in which clocks are set moves it. What Regulation (EEC, Euratom) 1182/71 may add is shown beside it and decides
nothing.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from kanta_tenancy.breaches import requirements, working_days
from kanta_tenancy.breaches.model import AwareGround
from kanta_tenancy.kernel.calendar import day_in_finland, start_of_day
from kanta_tenancy.kernel.explanation import Explanation, Sentence, sentence
from kanta_tenancy.kernel.records import Record

RULE: Final = "K4.2"
GDPR_33: Final = "Regulation (EU) 2016/679, Article 33(1)"
PERIODS: Final = "Regulation (EEC, Euratom) 1182/71, Article 3"
_HOUR: Final = timedelta(hours=1)
_ENOUGH: Final = 2  # working days in a period of two days or more
_GROUNDS: Final = {
    AwareGround.FOUND_ITSELF: Sentence(
        fi="Rekisterinpitäjä havaitsi sen itse.",
        sv="Den personuppgiftsansvarige upptäckte det själv.",
        en="The controller found it itself.",
    ),
    AwareGround.TOLD_BY_PROCESSOR: Sentence(
        fi="Henkilötietojen käsittelijä kertoi siitä rekisterinpitäjälle.",
        sv="Personuppgiftsbiträdet berättade det för den personuppgiftsansvarige.",
        en="The processor told the controller.",
    ),
    AwareGround.TOLD_BY_JOINT_CONTROLLER: Sentence(
        fi="Toinen yhteisrekisterinpitäjä kertoi siitä.",
        sv="En annan av de gemensamt personuppgiftsansvariga berättade det.",
        en="Another joint controller told it.",
    ),
    AwareGround.TOLD_BY_OTHER: Sentence(
        fi="Joku muu kertoi siitä rekisterinpitäjälle.",
        sv="Någon annan berättade det för den personuppgiftsansvarige.",
        en="Somebody else told the controller.",
    ),
    AwareGround.SUSPICION_CONFIRMED: Sentence(
        fi="Epäily varmistui riittävällä varmuudella lyhyessä selvityksessä.",
        sv="En kort utredning bekräftade misstanken med tillräcklig säkerhet.",
        en="A short investigation made the suspicion reasonably certain.",
    ),
}


class Due(Record, frozen=True, kw_only=True):
    """A reminder that is to be given, and those that it overtakes."""

    hours: int
    overtaken: tuple[int, ...]  # less urgent ones, ascending


def ground_told(ground: AwareGround) -> Sentence:
    """Say why a controller counts as aware from an instant on."""
    return _GROUNDS[ground]


def authority_due(aware_at: datetime) -> datetime:
    """Return the strict deadline, in UTC: 72 elapsed hours after awareness.

    Raises:
        ValueError: `aware_at` has no time zone.

    Source:
        Regulation (EU) 2016/679, Article 33(1).
    """
    hours = requirements.clock_on(day_in_finland(aware_at)).hours
    return aware_at.astimezone(UTC) + timedelta(hours=hours)


def later_reading(aware_at: datetime) -> datetime:
    """Return when the period ends by our reading of the general rules on periods: information, never a deadline.

    The hour of the event does not count; the period holds two working days at least. That it would end on a working day
    is a rule for periods in days, not in hours.

    Raises:
        ValueError: `aware_at` has no time zone.

    Source:
        Regulation (EEC, Euratom) 1182/71, Article 3(1), (4) and (5); whether it applies here is not verified.
    """
    ends = _next_hour(authority_due(aware_at))
    begins = _next_hour(aware_at.astimezone(UTC))
    last_moment = ends - timedelta(microseconds=1)
    within = _working_days(day_in_finland(begins), day_in_finland(last_moment))
    if within >= _ENOUGH:
        return ends
    day = day_in_finland(last_moment)
    for _ in range(_ENOUGH - within):
        day = working_days.next_working_day(day)
    return start_of_day(day + timedelta(days=1))


def reminder_instant(aware_at: datetime, hours: int) -> datetime:
    """Return when people are reminded so many elapsed hours after awareness."""
    return aware_at.astimezone(UTC) + timedelta(hours=hours)


def due(aware_at: datetime, now: datetime, hours: Sequence[int], given: Collection[int]) -> Due | None:
    """Return which reminder is to be given now; None: none that was not given or overtaken.

    Args:
        hours: after which people are reminded, ascending.
        given: those that were given or overtaken.
    """
    reached = [one for one in _open(hours, given) if reminder_instant(aware_at, one) <= now]
    return Due(hours=reached[-1], overtaken=tuple(reached[:-1])) if reached else None


def next_due(aware_at: datetime, since: datetime, hours: Sequence[int], given: Collection[int]) -> datetime | None:
    """Return when the next reminder is due; None: all were given.

    Args:
        since: when the clock was put down. Nothing is due before that; what could have been told until then is due at
            once, with the most urgent of it.
    """
    left = _open(hours, given)
    if not left:
        return None
    first = due(aware_at, since, hours, given)
    return max(since, reminder_instant(aware_at, left[0] if first is None else first.hours))


def explained(aware_at: datetime, ground: AwareGround, reason: str) -> Explanation:
    """Say how the deadline came about, and what the general rules on periods may add to it."""
    strict, later = authority_due(aware_at), later_reading(aware_at)
    steps = (
        sentence(
            "Rekisterinpitäjä sai tiedon {at}.",
            "Den personuppgiftsansvarige fick vetskap {at}.",
            "The controller became aware on {at}.",
            at=aware_at,
        ),
        _GROUNDS[ground],
        sentence(
            "72 tuntia kuluvat tunti tunnilta, myös yöllä, viikonloppuna ja kun kelloja siirretään: määräaika päättyy"
            " {due}.",
            "De 72 timmarna löper timme för timme, även på natten, under veckoslut och när klockan ställs om: fristen"
            " går ut {due}.",
            "The 72 hours run hour by hour, at night, at weekends and when clocks are set too: the time ends on {due}.",
            due=strict,
        ),
        sentence(
            "Vain tiedoksi: määräaikojen yleisten sääntöjen (asetus 1182/71) mukaan aika voisi tulkintamme mukaan"
            " jatkua {later} asti. Sitä ei ole vahvistettu, eikä mikään täällä noudata sitä.",
            "Endast för kännedom: enligt de allmänna reglerna om tidsfrister (förordning 1182/71) kunde tiden i vår"
            " tolkning löpa till {later}. Det är inte bekräftat, och ingenting här följer det.",
            "For information only: by the general rules on periods (Regulation 1182/71) the time might, in our reading,"
            " run until {later}. That is not verified, and nothing here goes by it.",
            later=later,
        ),
    )
    return Explanation(
        rule=RULE,
        sources=(GDPR_33, PERIODS),
        inputs={"aware_at": aware_at.isoformat(), "ground": ground.value, "reason": reason},
        steps=steps,
        result=strict.isoformat(),
    )


def _next_hour(instant: datetime) -> datetime:
    # Finland's clocks differ from UTC by whole hours, so the hours begin together.
    return instant.replace(minute=0, second=0, microsecond=0) + _HOUR


def _working_days(first: date, last: date) -> int:
    days = (first + timedelta(days=one) for one in range((last - first).days + 1))
    return sum(working_days.is_working_day(day) for day in days)


def _open(hours: Sequence[int], given: Collection[int]) -> list[int]:
    """Return the reminders that are more urgent than any that was given."""
    return [one for one in hours if not given or one > max(given)]
