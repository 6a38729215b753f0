"""From when an agreement is not in force (clause 20), explained in three languages. Pure.

Three things the agreement does not say are our reading, and every explanation says so: the time runs from the day on
which the notice was delivered; that day is not counted; the last day of the time is still a day in force, so that the
agreement is not in force from the midnight, in Finland, that ends it.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy.agreements.ends import End, Ground, Period, Unit
from kanta_tenancy.kernel.calendar import add_months, start_of_day
from kanta_tenancy.kernel.explanation import Explanation, Sentence, Value, sentence

ONE_MONTH: Final = Period(count=1, unit=Unit.MONTHS)
CLAUSE_20: Final = "model agreement, clause 20"
_DAY: Final = timedelta(days=1)


def last_day_of(delivered_on: date, period: Period) -> date:
    """Return the last day of a notice period: the day of delivery is not counted, a month's end is clamped.

    Raises:
        OverflowError, ValueError: the calendar of the machine has no such day.
    """
    if period.unit is Unit.MONTHS:
        return add_months(delivered_on, period.count)
    return delivered_on + timedelta(days=period.count)


def by_notice(
    notice_id: UUID,
    *,
    given_on: date,
    delivered_on: date,
    period: Period = ONE_MONTH,
    service_agreement: str | None = None,
    is_the_longest: bool = False,
    text_is_known: bool = True,
) -> End:
    """Return the end that a delivered notice brings (K20.1, K20.2).

    Args:
        period: one month, or what a service-production agreement says instead.
        service_agreement: what people call that agreement; None: none prevails.
        is_the_longest: there are other service-production agreements, with other periods.
        text_is_known: false for an agreement made on a text that this program does not know, such as version 1.3.
    """
    last_day = last_day_of(delivered_on, period)
    until = start_of_day(last_day + _DAY)
    prevailing = service_agreement is not None
    steps = (
        _DELIVERED(given=given_on, delivered=delivered_on),
        *_which(period, service_agreement, text_is_known=text_is_known),
        *((_LONGEST(),) if is_the_longest else ()),
        _counted(delivered_on, period, last_day),
        _LAST_DAY(last=last_day, until=until),
    )
    return End(
        ground=Ground.NOTICE,
        source=notice_id,
        until=until,
        explanation=Explanation(
            rule="K20.2" if prevailing else "K20.1",
            sources=(CLAUSE_20, f"service-production agreement {service_agreement}") if prevailing else (CLAUSE_20,),
            inputs={
                "given_on": given_on.isoformat(),
                "delivered_on": delivered_on.isoformat(),
                "notice_period": f"{period.count} {period.unit}",
            },
            steps=steps,
            result=last_day.isoformat(),
        ),
    )


def by_service_agreement(service_agreement_id: UUID, *, name: str, last_day: date) -> End:
    """Return the end that the end of a service-production agreement brings: the same day, by itself (K20.2)."""
    until = start_of_day(last_day + _DAY)
    return End(
        ground=Ground.SERVICE_AGREEMENT,
        source=service_agreement_id,
        until=until,
        explanation=Explanation(
            rule="K20.2",
            sources=(CLAUSE_20, f"service-production agreement {name}"),
            inputs={"service_agreement_last_day": last_day.isoformat()},
            steps=(_ENDS_WITH(name=name, last=last_day), _LAST_DAY(last=last_day, until=until)),
            result=last_day.isoformat(),
        ),
    )


def by_rescission(rescission_id: UUID, *, confirmed_at: datetime) -> End:
    """Return the end that a confirmed rescission brings: at that instant (K20.4)."""
    return End(
        ground=Ground.RESCISSION,
        source=rescission_id,
        until=confirmed_at,
        explanation=Explanation(
            rule="K20.4",
            sources=(CLAUSE_20,),
            inputs={"confirmed_at": confirmed_at.isoformat()},
            steps=(_RESCINDED(), _AT_ONCE(at=confirmed_at)),
            result=confirmed_at.isoformat(),
        ),
    )


def by_replacement(agreement_id: UUID, *, reference: str, at: datetime) -> End:
    """Return the end that a later agreement brings by taking force: at that instant, without gap or overlap (K20.3)."""
    return End(
        ground=Ground.REPLACEMENT,
        source=agreement_id,
        until=at,
        explanation=Explanation(
            rule="K20.3",
            sources=(CLAUSE_20,),
            inputs={"replaced_by": reference, "in_force_from": at.isoformat()},
            steps=(_REPLACED(reference=reference, at=at),),
            result=at.isoformat(),
        ),
    )


def earliest(ends: Iterable[End]) -> End | None:
    """Return the end that comes first; of two at one instant, the one whose source was recorded first."""
    return min(ends, key=lambda end: (end.until, end.source), default=None)


def _which(period: Period, service_agreement: str | None, *, text_is_known: bool) -> tuple[Sentence, ...]:
    if service_agreement is not None:
        return (_PREVAILS[period.unit](name=service_agreement, count=period.count),)
    return (_ONE_MONTH(),) if text_is_known else (_TEXT_UNKNOWN(), _ONE_MONTH())


def _counted(delivered_on: date, period: Period, last_day: date) -> Sentence:
    if period.unit is Unit.DAYS:
        return _DAYS_COUNTED(count=period.count, last=last_day)
    if last_day.day != delivered_on.day:
        return _CLAMPED(day=delivered_on.day, last=last_day)
    return _SAME_DAY(last=last_day)


class _Said:
    """A sentence to be filled in."""

    def __init__(self, fi: str, sv: str, en: str) -> None:
        self._fi, self._sv, self._en = fi, sv, en

    def __call__(self, **values: Value) -> Sentence:
        return sentence(self._fi, self._sv, self._en, **values)


_DELIVERED: Final = _Said(
    "Irtisanominen on annettu {given} ja annettu toiselle osapuolelle tiedoksi {delivered}. Aika lasketaan"
    " tiedoksiantopäivästä; sopimus ei sitä sano, se on tämän palvelun tulkinta.",
    "Uppsägningen gavs {given} och delgavs motparten {delivered}. Tiden räknas från dagen för delgivningen; avtalet"
    " säger det inte, det är den här tjänstens tolkning.",
    "The notice was given on {given} and delivered to the other party on {delivered}. The time runs from the day of"
    " delivery; the agreement does not say so, it is this service's reading.",
)
_TEXT_UNKNOWN: Final = _Said(
    "Sopimus on tehty tekstille, jota tällä palvelulla ei ole. Irtisanomisaika on otettu myöhemmästä sopimusmallista:"
    " tarkistakaa se sopimuksesta.",
    "Avtalet har ingåtts på en text som den här tjänsten inte har. Uppsägningstiden är tagen ur den senare"
    " avtalsmodellen: kontrollera den i avtalet.",
    "The agreement was made on a text that this service does not have. The notice period is taken from the later model"
    " agreement: check it in the agreement itself.",
)
_ONE_MONTH: Final = _Said(
    "Irtisanomisaika on yksi kuukausi (kohta 20).",
    "Uppsägningstiden är en månad (punkt 20).",
    "The notice period is one month (clause 20).",
)
_PREVAILS: Final = {
    Unit.MONTHS: _Said(
        "Palvelutuotantosopimuksessa ”{name}” on sovittu toisesta irtisanomisajasta (kuukausia: {count}); sitä"
        " noudatetaan (kohta 20).",
        "I avtalet om produktion av tjänster ”{name}” har en annan uppsägningstid avtalats (månader: {count}); den"
        " gäller (punkt 20).",
        "The service-production agreement “{name}” provides for another notice period (months: {count}); that one"
        " applies (clause 20).",
    ),
    Unit.DAYS: _Said(
        "Palvelutuotantosopimuksessa ”{name}” on sovittu toisesta irtisanomisajasta (päiviä: {count}); sitä"
        " noudatetaan (kohta 20).",
        "I avtalet om produktion av tjänster ”{name}” har en annan uppsägningstid avtalats (dagar: {count}); den"
        " gäller (punkt 20).",
        "The service-production agreement “{name}” provides for another notice period (days: {count}); that one"
        " applies (clause 20).",
    ),
}
_LONGEST: Final = _Said(
    "Osapuolilla on useita palvelutuotantosopimuksia, joissa on eri irtisanomisaika. Sopimus ei sano, mitä niistä"
    " noudatetaan; tämän palvelun tulkinnan mukaan pisintä.",
    "Parterna har flera avtal om produktion av tjänster med olika uppsägningstid. Avtalet säger inte vilken av dem som"
    " gäller; enligt den här tjänstens tolkning den längsta.",
    "The parties have several service-production agreements with different notice periods. The agreement does not say"
    " which of them applies; by this service's reading it is the longest.",
)
_SAME_DAY: Final = _Said(
    "Kuukausina laskettu aika päättyy samana kuukaudenpäivänä: {last}.",
    "En tid i månader löper ut samma dag i månaden: {last}.",
    "A time in months ends on the same day of the month: {last}.",
)
_CLAMPED: Final = _Said(
    "Kuukaudessa ei ole päivää {day}, joten aika päättyy sen viimeisenä päivänä: {last}.",
    "Månaden har ingen dag {day}, så tiden löper ut dess sista dag: {last}.",
    "The month has no day {day}, so the time ends on its last day: {last}.",
)
_DAYS_COUNTED: Final = _Said(
    "Tiedoksiantopäivää ei lasketa mukaan; viimeinen päivä ({count}.) on {last}.",
    "Dagen för delgivningen räknas inte; den sista dagen (nr {count}) är {last}.",
    "The day of delivery is not counted; the last day (number {count}) is {last}.",
)
_LAST_DAY: Final = _Said(
    "Viimeinen voimassaolopäivä on {last}; sopimus ei ole voimassa {until} alkaen (Suomen aikaa; tämän palvelun"
    " tulkinta).",
    "Den sista dagen i kraft är {last}; avtalet är inte i kraft från {until} (finsk tid; den här tjänstens tolkning).",
    "The last day in force is {last}; the agreement is not in force from {until} (time in Finland; this service's"
    " reading).",
)
_ENDS_WITH: Final = _Said(
    "Palvelutuotantosopimus ”{name}” on voimassa viimeisen kerran {last}. Tämä sopimus päättyy automaattisesti samana"
    " päivänä (kohta 20).",
    "Avtalet om produktion av tjänster ”{name}” är i kraft sista gången {last}. Det här avtalet upphör automatiskt"
    " samma dag (punkt 20).",
    "The service-production agreement “{name}” is in force for the last time on {last}. This agreement ends by itself"
    " the same day (clause 20).",
)
_RESCINDED: Final = _Said(
    "Pääliittyjä purkaa sopimuksen vuokralaisen vakavan sopimusrikkomuksen vuoksi (kohta 20).",
    "Huvudanslutaren häver avtalet på grund av hyresgästens allvarliga avtalsbrott (punkt 20).",
    "The main connector rescinds the agreement because of a serious breach by the tenant (clause 20).",
)
_AT_ONCE: Final = _Said(
    "Sopimus ei ole voimassa {at} alkaen (Suomen aikaa), jolloin pääliittyjän toinen henkilö vahvisti purkamisen;"
    " hetki on tämän palvelun tulkinta.",
    "Avtalet är inte i kraft från {at} (finsk tid), då huvudanslutarens andra person bekräftade hävningen; tidpunkten"
    " är den här tjänstens tolkning.",
    "The agreement is not in force from {at} (time in Finland), when the main connector's second person confirmed the"
    " rescission; the instant is this service's reading.",
)
_REPLACED: Final = _Said(
    "Sopimus {reference} tuli voimaan {at} (Suomen aikaa) ja korvasi tämän samalla hetkellä (kohta 20).",
    "Avtalet {reference} trädde i kraft {at} (finsk tid) och ersatte detta i samma ögonblick (punkt 20).",
    "Agreement {reference} took force on {at} (time in Finland) and replaced this one at that instant (clause 20).",
)
