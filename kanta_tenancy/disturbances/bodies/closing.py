"""How a disturbance is closed and opened again, as the API shows and takes it."""

from datetime import datetime
from typing import Annotated

import msgspec

from kanta_tenancy.disturbances.actions.closing import SaidCause, SaidFindings
from kanta_tenancy.disturbances.bodies.reports import Lines
from kanta_tenancy.disturbances.case import Cause, Finding, FindingKind, Hold
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.records import Body

Found = Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]


class GivenCause(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    cause: Annotated[Cause, msgspec.Meta(description="The class of the cause")]
    text: Annotated[Found, msgspec.Meta(examples=["The certificate of the access point had expired"])]


class FindingOut(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What was found out; what is left out stays as it was said before."""

    cause: GivenCause | None = None
    remedy: Annotated[Found, msgspec.Meta(description="What was done, so that it does not come again")] | None = None

    def said(self) -> SaidFindings:
        cause = None if self.cause is None else SaidCause(cause=self.cause.cause, text=self.cause.text)
        return SaidFindings(cause=cause, remedy=self.remedy)


class Reopening(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    because: Annotated[Lines, msgspec.Meta(description="Which facts came")]


class ShownFinding(Body, frozen=True, kw_only=True):
    kind: FindingKind
    cause: Annotated[Cause | None, msgspec.Meta(description="Its class; of a cause")]
    text: str
    said_by: str
    said_at: datetime


class ShownHold(Body, frozen=True, kw_only=True):
    """What another room has open that keeps it from being closed."""

    key: str
    because: Sentence
    placed_at: datetime


def shown_finding(one: Finding) -> ShownFinding:
    return ShownFinding(**msgspec.structs.asdict(one))


def shown_hold(one: Hold) -> ShownHold:
    return ShownHold(**msgspec.structs.asdict(one))
