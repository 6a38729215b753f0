"""What a report lets one suppose: answers that are proposed, each with its reason, until a person says so. Pure."""

from collections.abc import Callable, Mapping
from typing import Final

from kanta_tenancy.disturbances.case import Place, SaidReport
from kanta_tenancy.disturbances.model import Answer, Fact
from kanta_tenancy.kernel.records import Record


class Proposal(Record, frozen=True, kw_only=True):
    """An answer that follows from what was reported, and why."""

    answer: Answer
    reason: str


def proposals(report: SaidReport, *, by_tenant: bool) -> Mapping[Fact, Proposal]:
    """Return the answers that a report proposes; what it says nothing of stays unanswered."""
    found = {
        Fact.NOTICED_BY_TENANT: Proposal(
            answer=Answer.YES if by_tenant else Answer.NO,
            reason="A tenant reported it" if by_tenant else "The main connector reported it",
        ),
        Fact.DISTURBANCE: Proposal(answer=Answer.YES, reason="It was reported as one"),
    }
    for fact, reason, drawn in _DRAWN:
        if drawn(report):
            found[fact] = Proposal(answer=Answer.YES, reason=reason)
    return found


def _of_kanta(report: SaidReport) -> bool:
    return report.service is not None or report.place is Place.KANTA


# Fact, why, and when a report says it. Nothing proposes a notion of law but the first: that is for people to judge.
_DRAWN: Final[tuple[tuple[Fact, str, Callable[[SaidReport], bool]], ...]] = (
    (Fact.KANTA_RELATED, "The report names a Kanta service, or Kanta as the place", _of_kanta),
    (
        Fact.CRITICAL_OR_WIDE,
        "The report says that patient safety is affected, and that it is still going on",
        lambda report: report.patient_safety is Answer.YES and report.ongoing,
    ),
    (
        Fact.BREACH_SUSPECTED,
        "The report says that data protection is affected",
        lambda report: report.data_protection is Answer.YES,
    ),
    (Fact.KELA_IN_KANTA, "The report names Kanta as the place", lambda report: report.place is Place.KANTA),
    (
        Fact.KELA_PATIENT_SAFETY,
        "The report says that patient safety is affected",
        lambda report: report.patient_safety is Answer.YES,
    ),
    (
        Fact.KELA_DATA_PROTECTION,
        "The report says that data protection is affected",
        lambda report: report.data_protection is Answer.YES,
    ),
    (
        Fact.KELA_PLACE_UNCERTAIN,
        "The report names a Kanta service and does not know the place",
        lambda report: report.place is Place.UNKNOWN and report.service is not None,
    ),
)
