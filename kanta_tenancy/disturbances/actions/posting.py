"""The main connector's duties are fulfilled by the addressee's webhook when a person says so; as by mail otherwise."""

from uuid import UUID

from kanta_tenancy import messages, promises
from kanta_tenancy.disturbances import owing, paper, reading
from kanta_tenancy.disturbances.actions import duties as duty_actions
from kanta_tenancy.disturbances.case import KeptDuty
from kanta_tenancy.disturbances.errors import DutyUnaddressed
from kanta_tenancy.disturbances.lifecycle import DutyMove
from kanta_tenancy.disturbances.model import Channel
from kanta_tenancy.disturbances.notice import NOTICE, notice
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.database import Transaction


async def post(
    tx: Transaction, clock: Clock, duty_id: UUID, *, version: int, language: Language | None = None
) -> KeptDuty:
    """Send the prefilled text of a duty, with its facts, to the webhook of whom it is to tell.

    Args:
        language: in the place of the one that was said with the webhook.

    Raises:
        DutyNotFound, DutyChanged: there is none, or not at that version any more.
        DutyCarried: another room sees to it.
        DutyMoveNotAllowed: it is not in a state that allows it.
        DutyUnaddressed: no webhook of theirs is known, or it is a tenant's, who tells by its own means.
        EndpointNotFound, EndpointClosed: their webhook takes nothing any more.
    """
    before = await duty_actions.take_to_send(tx, duty_id, version)
    at = clock.now()
    day = day_in_finland(at)
    found = await reading.whole(tx, before.disturbance_id)
    to = await reading.addressed(tx, found.disturbance, before, day)
    if to.webhook is None:
        raise DutyUnaddressed("no webhook of theirs is known: say first by which they take reports")
    about = await reading.about(tx, found, day, tenancy_id=None)
    said = notice(about, paper.held(found.answers, about), before, to.name, language or to.webhook.language)
    sent = await messages.post_to(tx, at, messages.EndpointId(to.webhook.endpoint_id), NOTICE, said)
    note = f"{sent.host}, message {sent.message_id}"
    after = await duty_actions.settle_taken(tx, before, DutyMove.SEND, at=at, channel=Channel.WEBHOOK, note=note)
    await promises.owe(tx, owing.to_look(after, at + owing.LOOK_AFTER, at=at, message_id=sent.message_id))
    return after
