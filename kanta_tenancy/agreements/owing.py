"""What agreements owe, as promises: by which key, until when, by which rule. Pure."""

from datetime import date, datetime
from typing import Final, Protocol
from uuid import UUID

from kanta_tenancy.agreements.ends import last_day_before
from kanta_tenancy.agreements.model import Agreement, Party, Signature
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.explanation import Explanation, Sentence, sentence
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.promises import Owed, Owner

END: Final = "agreement.end"
REMIND: Final = "campaign.reminder"
SIGN: Final = "campaign.signature"
RAISE: Final = "signature.upgrade"


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
        explanation=_reminded_on(day_in_finland(agreement.offered_at or at), day_in_finland(due_at), campaign_id),
    )


def _reminded_on(offered_on: date, day: date, campaign_id: UUID) -> Explanation:
    days = (day - offered_on).days
    return Explanation(
        rule="K20.3",
        sources=(f"campaign {campaign_id}",),
        inputs={"offered_on": offered_on.isoformat(), "days": str(days)},
        steps=(
            sentence(
                "Sopimus tarjottiin {day}.",
                "Avtalet erbjöds {day}.",
                "The agreement was offered on {day}.",
                day=offered_on,
            ),
            sentence(
                "Pääliittyjä muistuttaa, kun päiviä on kulunut {days}: {day}. Määräaikaa allekirjoittamiselle ei ole.",
                "Huvudanslutaren påminner när {days} dagar har gått: {day}. Ingen tidsfrist gäller för underskrift.",
                "The main connector reminds when {days} days have passed: {day}. There is no time limit for signing.",
                days=days,
                day=day,
            ),
        ),
        result=day.isoformat(),
    )


def signature_key(agreement: Known) -> str:
    return f"{SIGN}/{agreement.id}"


def to_sign(agreement: Agreement, campaign_id: UUID, *, at: datetime) -> Owed:
    """Return the system's promise to sign an offer for the main connector, with the key beside the service."""
    return Owed(
        key=signature_key(agreement),
        kind=SIGN,
        subject=subject(agreement),
        owner=Owner.SYSTEM,
        due_at=at,
        rule="K21",
        title=sentence(
            "Pääliittyjän avain allekirjoittaa sopimuksen {reference}.",
            "Huvudanslutarens nyckel undertecknar avtalet {reference}.",
            "The main connector's key signs agreement {reference}.",
            reference=agreement.reference,
        ),
        made_at=at,
        tenancy_id=agreement.tenancy_id,
        facts={"agreement": agreement.reference, "campaign": str(campaign_id)},
    )


def raising_key(agreement_id: AgreementId, party: Party, position: int) -> str:
    return f"{RAISE}/{agreement_id}/{party.value}/{position}"


def raised_of(key: str) -> tuple[AgreementId, Party, int]:
    """Return whose signature, on which agreement, a promise to raise one is about."""
    agreement_id, party, position = key.removeprefix(f"{RAISE}/").split("/")
    return AgreementId(UUID(agreement_id)), Party(party), int(position)


def to_raise(agreement: Agreement, signature: Signature) -> Owed:
    """Return the system's promise to bring a signature to the level that was wanted when it was accepted."""
    level = "" if signature.level_wanted is None else signature.level_wanted.value
    return Owed(
        key=raising_key(agreement.id, signature.party, signature.position),
        kind=RAISE,
        subject=subject(agreement),
        owner=Owner.SYSTEM,
        due_at=signature.signed_at,
        rule="K21",
        title=sentence(
            "Sopimuksen {reference} allekirjoitus täydennetään tasolle {level}.",
            "En underskrift på avtalet {reference} kompletteras till nivå {level}.",
            "A signature on agreement {reference} is brought to level {level}.",
            reference=agreement.reference,
            level=level,
        ),
        made_at=signature.signed_at,
        tenancy_id=agreement.tenancy_id,
        facts={"agreement": agreement.reference, "party": signature.party.value, "position": signature.position},
    )
