"""The main connector's duties are fulfilled by mail when a person says so; what does not arrive is to be told anew."""

from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy import promises
from kanta_tenancy.disturbances import checking, owing, reading, wording
from kanta_tenancy.disturbances.actions import duties as duty_actions
from kanta_tenancy.disturbances.actions import enclosing
from kanta_tenancy.disturbances.actions.enclosing import NOTHING, Enclosure
from kanta_tenancy.disturbances.case import KeptDuty
from kanta_tenancy.disturbances.errors import DutyUnaddressed
from kanta_tenancy.disturbances.lifecycle import RULE, DutyMove
from kanta_tenancy.disturbances.model import Channel
from kanta_tenancy.disturbances.reading import Whole
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.messages import Notice, Recipient, tell
from kanta_tenancy.parties import wording as texts

TOPIC: Final = "disturbance.notice"
_RULE: Final = Sentence(fi="Sääntö", sv="Regel", en="Rule")


async def mail(
    tx: Transaction,
    clock: Clock,
    duty_id: UUID,
    *,
    version: int,
    language: Language,
    email: str | None,
    enclosure: Enclosure = NOTHING,
) -> KeptDuty:
    """Send the prefilled text of a duty by mail to whom it is to tell.

    Args:
        email: where to, in the place of the address that is known.
        enclosure: the document that goes with it, as `enclosing.prepare` has sealed it; or why there is none.

    Raises:
        DutyNotFound, DutyChanged: there is none, or not at that version any more.
        DutyCarried: another room sees to it.
        DutyMoveNotAllowed: it is not in a state that allows it.
        DutyUnaddressed: no address is known and none was given, or it is a tenant's, who tells from its own post.
        DisturbanceRefused: the address cannot be one.
    """
    before = await duty_actions.take_to_send(tx, duty_id, version)
    at = clock.now()
    found = await reading.whole(tx, before.disturbance_id)
    day = day_in_finland(at)
    to = await reading.addressed(tx, found.disturbance, before, day)
    address = to.email if email is None else _address(email)
    if address is None:
        raise DutyUnaddressed("no address is known: give one")
    document = await enclosing.keep(tx, enclosure)
    note = enclosing.noted(address, document, enclosure)
    after = await duty_actions.settle_taken(tx, before, DutyMove.SEND, at=at, channel=Channel.MAIL, note=note)
    recipient = Recipient(contact_id=None, name=to.name or address, email=address, language=language)
    notice = await _notice(tx, found, after, recipient, at)
    await tell(tx, at, [enclosing.enclosed(notice, found.disturbance, after, document, enclosure)])
    await promises.owe(tx, owing.to_look(after, at + owing.LOOK_AFTER, at=at))
    return after


def notice_key(duty: KeptDuty) -> str:
    """Return the key of the mail of a duty that was sent; what did not arrive is another mail."""
    return f"{owing.DUTY}/{duty.id}/{duty.tries}"


def _address(email: str) -> str:
    look = texts.Examination()
    return checking.fit(look, look.text("email", texts.email, email, clause=RULE))


async def _notice(tx: Transaction, found: Whole, duty: KeptDuty, to: Recipient, at: datetime) -> Notice:
    about = await reading.about(tx, found, day_in_finland(at), duty.tenancy_id)
    letters = {language: wording.letter(about, duty.purpose, language) for language in Language}
    lines = zip(*(letters[language].text.split("\n") for language in Language), strict=True)
    subject = Sentence(**{language.value: letter.subject for language, letter in letters.items()})
    return Notice(
        key=notice_key(duty),
        to=to,
        topic=TOPIC,
        subject=subject,
        lines=tuple(Sentence(fi=fi, sv=sv, en=en) for fi, sv, en in lines if fi),
        facts=((_RULE, duty.explanation.sources[0]),),
        tenancy_id=None,
        urgent=True,
    )
