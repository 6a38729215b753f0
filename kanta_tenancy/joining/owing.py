"""What a change notice owes: the main connector tells Kela by the end of its due day in Finland (K2.1). Pure."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from kanta_tenancy import promises
from kanta_tenancy.joining.due_day import RULE
from kanta_tenancy.joining.model import ChangeNotice
from kanta_tenancy.kernel.calendar import start_of_day
from kanta_tenancy.kernel.explanation import sentence

KIND: Final = "joining.change_notice"
_DAY: Final = timedelta(days=1)


def subject(notice: ChangeNotice) -> str:
    return f"change_notice/{notice.id}"


def key_of(change_notice_id: UUID) -> str:
    return f"{KIND}/{change_notice_id}"


def id_in(key: str) -> UUID:
    """Return whose promise a key is."""
    return UUID(key.removeprefix(f"{KIND}/"))


def due_at(notice: ChangeNotice) -> datetime:
    """Return the end of the due day in Finland."""
    return start_of_day(notice.due_on + _DAY)


def owed(notice: ChangeNotice, at: datetime) -> promises.Owed:
    """Return the promise to tell Kela; nothing in it is a person's."""
    return promises.Owed(
        key=key_of(notice.id),
        kind=KIND,
        subject=subject(notice),
        owner=promises.Owner.MAIN_CONNECTOR,
        due_at=due_at(notice),
        rule=RULE,
        title=sentence(
            "Ilmoittakaa Kelalle teknisten asiakastietojen muutoksesta, joka tulee voimaan {day}",
            "Anmäl till FPA den ändring av tekniska kunduppgifter som träder i kraft {day}",
            "Notify Kela of the change of technical client data that takes effect on {day}",
            day=notice.effective_on,
        ),
        made_at=at,
        facts={
            "kind": notice.kind.value,
            "effective_on": notice.effective_on.isoformat(),
            "due_on": notice.due_on.isoformat(),
        },
        explanation=notice.explanation,
    )
