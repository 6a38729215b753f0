"""Which notices go together into which mail, and when. Pure: no clock, no database, no network."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Final

from kanta_tenancy.kernel.calendar import HELSINKI, day_in_finland
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.messages.model import MessageId, NewMail, NoticeId, OpenMail, Recipient, Waiting

MORNING: Final = time(8)  # in Finland: what is not urgent comes then, once a day
MOST_IN_A_MAIL: Final = 500


class Gathered(Record, frozen=True, kw_only=True):
    """The mails to make, and which mail takes each notice."""

    new: tuple[NewMail, ...]
    taken: tuple[tuple[MessageId, NoticeId], ...]


def due_at(told_at: datetime, *, urgent: bool) -> datetime:
    """Return when a notice is told at the earliest: at once, or on the next morning in Finland.

    Raises:
        ValueError: `told_at` has no time zone.
    """
    morning = next_morning(told_at)
    return told_at if urgent else morning


def next_morning(at: datetime) -> datetime:
    """Return when the next mails of what is not urgent go out.

    Raises:
        ValueError: `at` has no time zone.
    """
    today = day_in_finland(at)
    morning = datetime.combine(today, MORNING, HELSINKI)
    if morning <= at:
        morning = datetime.combine(today + timedelta(days=1), MORNING, HELSINKI)
    return morning.astimezone(at.tzinfo)


def gather(waiting: Sequence[Waiting], open_mails: Iterable[OpenMail], *, new_id: Callable[[], MessageId]) -> Gathered:
    """Put what waits for one person into one mail: urgent things into one of their own, others with others.

    A person is an e-mail address, whatever its case, and called by the name and language that were heard last. What
    is not urgent goes into a mail that has not arrived yet, when there is one, so that a mail server that was away
    for a day leaves one mail and not two.

    Args:
        waiting: oldest first.
        open_mails: those of the same realm that are not urgent.
    """
    room = {mail.email.lower(): mail for mail in open_mails}
    new: list[NewMail] = []
    taken: list[tuple[MessageId, NoticeId]] = []
    for (email, urgent), notices in _by_person(waiting).items():
        at = 0
        there = None if urgent else room.get(email)
        if there is not None:
            at = max(0, MOST_IN_A_MAIL - there.notices)
            taken += [(there.id, one.id) for one in notices[:at]]
        for start in range(at, len(notices), MOST_IN_A_MAIL):
            mail = NewMail(id=new_id(), to=_person(notices[-1]), urgent=urgent)
            new.append(mail)
            taken += [(mail.id, one.id) for one in notices[start : start + MOST_IN_A_MAIL]]
    return Gathered(new=tuple(new), taken=tuple(taken))


def _by_person(waiting: Iterable[Waiting]) -> dict[tuple[str, bool], list[Waiting]]:
    found: dict[tuple[str, bool], list[Waiting]] = {}
    for one in waiting:
        found.setdefault((one.email.lower(), one.urgent), []).append(one)
    return found


def _person(notice: Waiting) -> Recipient:
    return Recipient(contact_id=notice.contact_id, name=notice.name, email=notice.email, language=notice.language)
