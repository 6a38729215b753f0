"""Duties as the API shows and takes them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec

from kanta_tenancy.disturbances import rules
from kanta_tenancy.disturbances.bodies.people import ReachedByWebhook, webhook
from kanta_tenancy.disturbances.case import Carried, DutyState, KeptDuty, Purpose
from kanta_tenancy.disturbances.lifecycle import DUTY_MOVES
from kanta_tenancy.disturbances.model import Addressee, Channel, Matter, Rule, Source
from kanta_tenancy.disturbances.reading import Addressed
from kanta_tenancy.disturbances.wording import ADDRESSEES, Letter
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.kernel.explanation import Explanation, Sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.kernel.records import Body

Note = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class ShownDuty(Body, frozen=True, kw_only=True):
    """That somebody must tell somebody, by what, until when, and what became of it."""

    id: UUID
    disturbance_id: UUID
    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="Whose duty it is; null: the main connector's")]
    rule: str
    round: Annotated[int, msgspec.Meta(description="1, and one more for each change of what was told")]
    purpose: Purpose
    addressee: Addressee
    to: Sentence
    source: Source
    clause: Annotated[str, msgspec.Meta(description="Of the agreement, the law or the instruction")]
    certainty: Annotated[Certainty, msgspec.Meta(description="How well that is known")]
    channels: Annotated[
        tuple[Channel, ...], msgspec.Meta(description="How the source has it told, the preferred first")
    ]
    due_at: datetime
    state: DutyState
    state_at: datetime
    told_at: Annotated[
        datetime | None, msgspec.Meta(description="When it was told; null: not yet, or by the report itself")
    ]
    version: int
    channel: Annotated[Channel | None, msgspec.Meta(description="How it was told")]
    note: str | None
    settled_by: Annotated[str | None, msgspec.Meta(description="null: by the facts")]
    carried_by: Annotated[
        str | None,
        msgspec.Meta(description="What sees to it, such as `breach/…`: there it is done. null: whoever owes it, here"),
    ]
    explanation: Annotated[Explanation, msgspec.Meta(description="How it and its time came about")]
    next_moves: tuple[str, ...]


class ShownAddressee(Body, frozen=True, kw_only=True):
    """Whom a duty is to tell today, as far as that is known."""

    name: str | None
    email: str | None
    phone: str | None
    form: str | None
    webhook: Annotated[
        ReachedByWebhook | None, msgspec.Meta(description="By which they take reports; `POST …/webhook`")
    ]
    certainty: Annotated[Certainty | None, msgspec.Meta(description="Of how an authority is reached")]
    note: Sentence | None


class WholeDuty(Body, frozen=True, kw_only=True):
    duty: ShownDuty
    addressee: ShownAddressee


class PossibleDuty(Body, frozen=True, kw_only=True):
    """A duty that an answer would bring which nobody has given yet."""

    rule: str
    to: Sentence
    source: Source
    clause: str
    meaning: Sentence


class ShownCarried(Body, frozen=True, kw_only=True):
    """How something that is asked stands in another room that sees to it."""

    tenancy_id: Annotated[UUID | None, msgspec.Meta(description="Whose duty; null: the main connector's")]
    carrier: Annotated[str, msgspec.Meta(examples=["breach/0199c1a2-7a10-7c55-9d3e-2b1f0a9c8e77"])]
    matter: Matter
    state: DutyState
    note: str
    due_at: Annotated[datetime | None, msgspec.Meta(description="While it is pending")]
    said_at: datetime


class TextAsked(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    language: Language = Language.FINNISH


class ShownLetter(Body, frozen=True, kw_only=True):
    """What is told, prefilled by what is known."""

    subject: str
    text: str


class Telling(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That somebody was told, by whom and how."""

    channel: Channel
    note: Annotated[Note, msgspec.Meta(description="What was said to whom, or the receipt of a form")]


class Mailing(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That the prefilled text goes out by mail."""

    language: Language = Language.FINNISH
    email: (
        Annotated[str, msgspec.Meta(min_length=3, max_length=200, description="In the place of what is known")] | None
    ) = None
    document: (
        Annotated[
            bool,
            msgspec.Meta(
                description="Whether the sealed document goes with it; left out: only where a source has it sent so"
            ),
        ]
        | None
    ) = None


class Posting(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That the prefilled text and the facts go to the addressee's webhook."""

    language: Annotated[
        Language | None, msgspec.Meta(description="In the place of the one that was said with the webhook")
    ] = None


class Noting(Body, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the addressee acknowledged it, or why it failed or need not be told."""

    note: Note


def shown_duty(duty: KeptDuty) -> ShownDuty:
    said = msgspec.structs.asdict(duty)
    rule = rules.rule_on(duty.rule, day_in_finland(duty.made_at))
    names = set(ShownDuty.__struct_fields__) & said.keys()
    return ShownDuty(
        to=ADDRESSEES[duty.addressee],
        clause=rule.clause,
        certainty=rule.certainty,
        channels=rule.channels,
        next_moves=() if duty.carried_by else tuple(move.value for state, move in DUTY_MOVES if state is duty.state),
        **{name: said[name] for name in names},
    )


def shown_carried(one: Carried) -> ShownCarried:
    return ShownCarried(**{name: getattr(one, name) for name in ShownCarried.__struct_fields__})


def whole_duty(duty: KeptDuty, to: Addressed) -> WholeDuty:
    authority = to.authority
    shown = ShownAddressee(
        name=to.name,
        email=to.email,
        phone=to.phone,
        form=to.form,
        webhook=webhook(to.webhook),
        certainty=None if authority is None else authority.contact_certainty,
        note=None if authority is None else authority.note,
    )
    return WholeDuty(duty=shown_duty(duty), addressee=shown)


def possible(rule: Rule) -> PossibleDuty:
    return PossibleDuty(
        rule=rule.key, to=ADDRESSEES[rule.to], source=rule.source, clause=rule.clause, meaning=rule.meaning
    )


def letter(written: Letter) -> ShownLetter:
    return ShownLetter(subject=written.subject, text=written.text)
