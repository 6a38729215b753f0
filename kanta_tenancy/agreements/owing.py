"""What agreements owe, as promises: by which key, until when, by which rule. Pure."""

from datetime import datetime
from typing import Final, Protocol

from kanta_tenancy.agreements.model import Agreement
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.promises import Owed, Owner

END: Final = "agreement.end"


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
        "Sopimus {reference} päättyy {until}.",
        "Avtalet {reference} upphör {until}.",
        "Agreement {reference} ends on {until}.",
        reference=agreement.reference,
        until=until,
    )
