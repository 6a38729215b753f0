"""What follows from a rescission or a circumstance, as promises of the main connector. Pure."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy.agreements.endings.model import Circumstance, Rescission
from kanta_tenancy.agreements.ends import CircumstanceKind
from kanta_tenancy.kernel.calendar import day_in_finland, start_of_day
from kanta_tenancy.kernel.explanation import Explanation, Sentence, sentence
from kanta_tenancy.promises import Owed, Owner

TELL: Final = "rescission.tell"
DECIDE: Final = "circumstance.decide"
TIME_TO_DECIDE: Final = timedelta(days=14)  # ours: no source sets a time
_CLAUSE_20: Final = "model agreement, clause 20"
_DAY: Final = timedelta(days=1)


def telling_key(rescission_id: UUID) -> str:
    return f"{TELL}/{rescission_id}"


def about(rescission: Rescission) -> str:
    return f"rescission/{rescission.id}"


def told_by(at: datetime) -> datetime:
    """Return until when a tenant is told of a rescission of this instant: the same day."""
    return start_of_day(day_in_finland(at) + _DAY)


def to_tell(rescission: Rescission, reference: str, *, at: datetime) -> Owed:
    """Return the main connector's promise to tell the tenant in writing that it has rescinded, the same day.

    The agreement says that it rescinds at once; that the tenant is told the same day is our reading.
    """
    return Owed(
        key=telling_key(rescission.id),
        kind=TELL,
        subject=about(rescission),
        owner=Owner.MAIN_CONNECTOR,
        due_at=told_by(at),
        rule="K20.4",
        title=sentence(
            "Ilmoittakaa vuokralaiselle kirjallisesti, että sopimus {reference} on purettu.",
            "Meddela hyresgästen skriftligt att avtalet {reference} har hävts.",
            "Tell the tenant in writing that agreement {reference} is rescinded.",
            reference=reference,
        ),
        made_at=at,
        tenancy_id=rescission.tenancy_id,
        facts={"agreement": reference},
        explanation=Explanation(
            rule="K20.4",
            sources=(_CLAUSE_20,),
            inputs={"rescinded_at": at.isoformat()},
            steps=_told_the_same_day(at),
            result=day_in_finland(at).isoformat(),
        ),
    )


def to_decide(circumstance: Circumstance) -> Owed:
    """Return the main connector's promise to decide what follows; the tenant does not see it."""
    return Owed(
        key=f"{DECIDE}/{circumstance.id}",
        kind=DECIDE,
        subject=f"circumstance/{circumstance.id}",
        owner=Owner.MAIN_CONNECTOR,
        due_at=start_of_day(circumstance.decide_by + _DAY),
        rule="K20.1",
        title=_DECIDE[circumstance.kind],
        made_at=circumstance.recorded_at,
        facts={"kind": circumstance.kind, "tenancy": str(circumstance.tenancy_id)},
        explanation=Explanation(
            rule="K20.1",
            sources=(_CLAUSE_20,),
            inputs={"known_on": circumstance.known_on.isoformat(), "decide_by": circumstance.decide_by.isoformat()},
            steps=_decided_by(circumstance),
            result=circumstance.decide_by.isoformat(),
        ),
    )


def _told_the_same_day(at: datetime) -> tuple[Sentence, ...]:
    return (
        sentence(
            "Pääliittyjä purki sopimuksen {at} (Suomen aikaa).",
            "Huvudanslutaren hävde avtalet {at} (finsk tid).",
            "The main connector rescinded the agreement on {at} (time in Finland).",
            at=at,
        ),
        sentence(
            "Sopimus ei sano, milloin purkamisesta ilmoitetaan; tämän palvelun tulkinnan mukaan samana päivänä.",
            "Avtalet säger inte när hävningen ska meddelas; enligt den här tjänstens tolkning samma dag.",
            "The agreement does not say when the other party is told; by this service's reading it is the same day.",
        ),
    )


def _decided_by(circumstance: Circumstance) -> tuple[Sentence, ...]:
    known = sentence(
        "Asia tuli tietoon {day}.",
        "Saken blev känd {day}.",
        "It became known on {day}.",
        day=circumstance.known_on,
    )
    if circumstance.decide_by != circumstance.known_on + TIME_TO_DECIDE:
        named = sentence(
            "Pääliittyjä on itse asettanut päätökselle päivän {day}.",
            "Huvudanslutaren har själv satt dagen {day} för beslutet.",
            "The main connector itself has set {day} for the decision.",
            day=circumstance.decide_by,
        )
        return known, named
    proposed = sentence(
        "Sopimus ei aseta päätökselle määräaikaa; tämä palvelu ehdottaa {days} päivää: {day}.",
        "Avtalet sätter ingen tid för beslutet; den här tjänsten föreslår {days} dagar: {day}.",
        "The agreement sets no time for the decision; this service proposes {days} days: {day}.",
        days=TIME_TO_DECIDE.days,
        day=circumstance.decide_by,
    )
    return known, proposed


_DECIDE: Final = {
    CircumstanceKind.DEATH: sentence(
        "Osapuoli on kuollut. Sopimus ei pääty siihen itsestään: päättäkää, mitä siitä seuraa.",
        "En part har avlidit. Avtalet upphör inte av sig självt: besluta vad som följer.",
        "A party has died. That does not end the agreement by itself: decide what follows.",
    ),
    CircumstanceKind.BANKRUPTCY: sentence(
        "Osapuoli on konkurssissa. Sopimus ei pääty siihen itsestään: päättäkää, mitä siitä seuraa.",
        "En part har gått i konkurs. Avtalet upphör inte av sig självt: besluta vad som följer.",
        "A party is bankrupt. That does not end the agreement by itself: decide what follows.",
    ),
    CircumstanceKind.LICENCE_WITHDRAWN: sentence(
        "Osapuolen lupa tai rekisteröinti on peruttu. Sopimus ei pääty siihen itsestään: päättäkää, mitä siitä seuraa.",
        "En parts tillstånd eller registrering har återkallats. Avtalet upphör inte av sig självt: besluta vad som"
        " följer.",
        "A party's licence or registration was withdrawn. That does not end the agreement by itself: decide what"
        " follows.",
    ),
}
