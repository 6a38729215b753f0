"""What will fall due, by which rule and source. Pure."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy.agreements.mandates.model import RunsOut
from kanta_tenancy.kernel.calendar import start_of_day
from kanta_tenancy.kernel.explanation import Sentence, sentence
from kanta_tenancy.kernel.identifiers import AgreementId, TenancyId
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.promises import Owner, Promise, is_overdue

_DAY: Final = timedelta(days=1)


class Due(Record, frozen=True, kw_only=True):
    """Something that will happen or has to be done by an instant."""

    id: UUID  # of the promise, of the amendment, or of a signatory's place in an offer
    due_at: datetime
    kind: str
    subject: str
    tenancy_id: TenancyId | None
    owner: Owner
    rule: str
    sources: tuple[str, ...]
    title: Sentence
    overdue: bool = False

    @property
    def place(self) -> tuple[datetime, UUID]:
        """Where it stands in the forecast."""
        return self.due_at, self.id


def promised(promise: Promise, now: datetime) -> Due:
    """Return a promise as the forecast shows it."""
    return Due(
        id=promise.id,
        due_at=promise.due_at,
        kind=promise.kind,
        subject=promise.subject,
        tenancy_id=promise.tenancy_id,
        owner=promise.owner,
        rule=promise.rule,
        sources=() if promise.explanation is None else promise.explanation.sources,
        title=promise.title,
        overdue=is_overdue(promise, now),
    )


def annex_changes(amendment: AgreementId, reference: str, tenancy_id: TenancyId, since: date) -> Due:
    """Return that an amendment which all have signed begins to hold."""
    return Due(
        id=amendment,
        due_at=start_of_day(since),
        kind="annex.changes",
        subject=f"agreement/{amendment}",
        tenancy_id=tenancy_id,
        owner=Owner.SYSTEM,
        rule="K1.3",
        sources=(f"amendment {reference}",),
        title=sentence(
            "Liitteen 1 muutos {reference} tulee voimaan {day}.",
            "Ändringen {reference} av bilaga 1 träder i kraft {day}.",
            "Amendment {reference} of Annex 1 takes effect on {day}.",
            reference=reference,
            day=since,
        ),
    )


def mandate_ends(found: RunsOut, today: date) -> Due:
    """Return that a mandate ends, or has ended, by which somebody is still to sign."""
    return Due(
        id=found.id,
        due_at=start_of_day(found.last_day + _DAY),
        kind="mandate.ends",
        subject=f"agreement/{found.agreement_id}",
        tenancy_id=found.tenancy_id,
        owner=Owner(found.party.value),
        rule="K21",
        sources=(f"mandate {found.mandate_id}",),
        title=sentence(
            "Sopimuksen {reference} allekirjoittajan edustusoikeus päättyy {day}, eikä hän ole vielä allekirjoittanut.",
            "Behörigheten för en undertecknare av avtalet {reference} upphör {day}, och underskriften saknas ännu.",
            "The mandate of a signatory of agreement {reference} ends on {day}, and the signature is still to come.",
            reference=found.reference,
            day=found.last_day,
        ),
        overdue=today > found.last_day,
    )
