"""Help with breaches, and reminders, as the API shows and takes them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.breaches.bodies.reports import Instant, Reason, Text
from kanta_tenancy.breaches.model import Help, HelpAnswer, HelpState, Reminded
from kanta_tenancy.breaches.reading import Answered
from kanta_tenancy.kernel.records import Body
from kanta_tenancy.machinery.web.pages import PageQuery


class SaidHelp(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the other party is asked. It sees the question, and nothing else of the breach."""

    question: Text
    wanted_by: Annotated[Instant | None, msgspec.Meta(description="Left out: within 72 hours")] = None
    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="Whom the main connector asks")] = None


class SaidAnswer(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    answer: Text
    is_final: Annotated[bool, msgspec.Meta(description="false: more is to come")] = True


class SaidTakingBack(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: Reason


class HelpAsked(PageQuery, frozen=True, kw_only=True, forbid_unknown_fields=True):
    tenancy_id: Annotated[UUID, msgspec.Meta(description="Between the main connector and this tenant alone")] | None = (
        None
    )


class ShownHelp(Body, frozen=True, kw_only=True):
    id: UUID
    tenancy_id: Annotated[UUID, msgspec.Meta(description="The tenant of the two")]
    breach_id: Annotated[UUID, msgspec.Meta(description="In the register of who asks")]
    asked_by_tenant: bool
    question: str
    wanted_by: datetime
    asked_by: str
    asked_at: datetime
    state: HelpState
    state_at: datetime
    because: Annotated[str | None, msgspec.Meta(description="Why it was taken back")]
    version: int


class ShownAnsweredHelp(ShownHelp, frozen=True, kw_only=True):
    answers: tuple[HelpAnswer, ...]


class ShownHelpOfBreach(Body, frozen=True, kw_only=True):
    items: tuple[ShownHelp, ...]


class ShownReminders(Body, frozen=True, kw_only=True):
    items: tuple[Reminded, ...]


def listed(asked: Help) -> ShownHelp:
    return ShownHelp(**msgspec.structs.asdict(asked))


def shown(found: Answered) -> ShownAnsweredHelp:
    return ShownAnsweredHelp(answers=found.answers, **msgspec.structs.asdict(found.asked))
