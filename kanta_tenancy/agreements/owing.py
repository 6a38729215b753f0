"""What agreements owe, as promises: by which key, until when, by which rule. Pure."""

from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from kanta_tenancy.agreements.ends import CircumstanceKind, last_day_before
from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.agreements.occurrences import Circumstance, Rescission
from kanta_tenancy.kernel.calendar import day_in_finland, start_of_day
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.promises import Owed, Owner

END: Final = "agreement.end"
TELL: Final = "rescission.tell"
DECIDE: Final = "circumstance.decide"
REMIND: Final = "campaign.reminder"
_DAY: Final = timedelta(days=1)


class Known(Protocol):
    """What tells one agreement at one version from any other."""

    @property
    def id(self) -> AgreementId: ...
    @property
    def version(self) -> int: ...


def subject(agreement: Known) -> str:
    return f"agreement/{agreement.id}"


def end_key(agreement: Known) -> str:
    """Return the key of the promise to end an agreement as it is foreseen now.

    An agreement in force has a new version whenever its end becomes another, so each foreseen end is a promise of its
    own: one that was released stays so.
    """
    return f"{END}/{agreement.id}/{agreement.version}"


def to_end(agreement: Agreement, until: datetime, *, at: datetime) -> Owed:
    """Return the system's promise to put down that an agreement has ended, when it has."""
    return Owed(
        key=end_key(agreement),
        kind=END,
        subject=subject(agreement),
        owner=Owner.SYSTEM,
        due_at=until,
        rule="" if agreement.end_explanation is None else agreement.end_explanation.rule,
        title=_title(agreement, until),
        made_at=at,
        tenancy_id=agreement.tenancy_id,
        facts={"agreement": agreement.reference, "ground": agreement.end_ground},
        explanation=agreement.end_explanation,
    )


def _title(agreement: Agreement, until: datetime) -> Sentence:
    return sentence(
        "Sopimuksen {reference} viimeinen voimassaolopäivä on {last}.",
        "Den sista dagen i kraft för avtalet {reference} är {last}.",
        "The last day in force of agreement {reference} is {last}.",
        reference=agreement.reference,
        last=last_day_before(until),
    )


def to_tell(rescission: Rescission, reference: str, *, at: datetime) -> Owed:
    """Return the main connector's promise to tell the tenant in writing that it has rescinded, the same day.

    The agreement says that it rescinds at once; that the tenant is told the same day is our reading.
    """
    return Owed(
        key=f"{TELL}/{rescission.id}",
        kind=TELL,
        subject=f"rescission/{rescission.id}",
        owner=Owner.MAIN_CONNECTOR,
        due_at=start_of_day(day_in_finland(at) + _DAY),
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
    )


def reminder_key(agreement_id: AgreementId, number: int) -> str:
    return f"{REMIND}/{agreement_id}/{number}"


def to_remind(agreement: Agreement, campaign_id: UUID, number: int, due_at: datetime, *, at: datetime) -> Owed:
    """Return the system's promise to remind a tenant of an offer that it has not signed."""
    return Owed(
        key=reminder_key(agreement.id, number),
        kind=REMIND,
        subject=subject(agreement),
        owner=Owner.SYSTEM,
        due_at=due_at,
        rule="K20.3",
        title=sentence(
            "Vuokralaista muistutetaan allekirjoittamattomasta sopimuksesta {reference}.",
            "Hyresgästen påminns om att avtalet {reference} inte är undertecknat.",
            "The tenant is reminded that agreement {reference} is not signed.",
            reference=agreement.reference,
        ),
        made_at=at,
        tenancy_id=agreement.tenancy_id,
        facts={"agreement": agreement.reference, "campaign": str(campaign_id), "number": number},
    )


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
