"""Whether what people say of follow-ups can be kept. Pure."""

from datetime import date, datetime, timedelta
from typing import Final

from msgspec.structs import replace

from kanta_tenancy.disturbances import checking
from kanta_tenancy.disturbances.follow_ups.lifecycle import RULE
from kanta_tenancy.disturbances.follow_ups.model import Owner, SaidAction, SaidFault
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.parties import wording

AHEAD: Final = timedelta(days=3_653)
_A_TENANT: Final = "whose it is: say the tenancy"


def action(said: SaidAction, now: datetime) -> SaidAction:
    """Return what is to be done as it is kept.

    Raises:
        DisturbanceRefused: it cannot be.
    """
    look = wording.Examination()
    what = checking.lines("what", said.what, look)
    _due(said.due_on, day_in_finland(now), look)
    if said.owner is Owner.TENANT and said.tenancy_id is None:
        look.note("tenancy_id", _A_TENANT, clause=RULE)
    return checking.fit(look, replace(said, what=what))


def fault(said: SaidFault, now: datetime, *, own: TenancyId | None) -> SaidFault:
    """Return a fault as it is kept.

    Args:
        own: of the tenant that notifies it, which leaves to the main connector who mends it and until when.

    Raises:
        DisturbanceRefused: it cannot be.
    """
    look = wording.Examination()
    what = checking.lines("what", said.what, look)
    checking.started(said.noticed_at, now, look, "noticed_at")
    if said.due_on is not None:
        _due(said.due_on, day_in_finland(now), look)
    if own is not None:
        _tenants(said, own, look)
    elif said.owner is Owner.TENANT and said.tenancy_id is None:
        look.note("tenancy_id", _A_TENANT, clause=RULE)
    return checking.fit(look, replace(said, what=what, tenancy_id=own or said.tenancy_id))


def note(field: str, text: str) -> str:
    """Return evidence or a reason as it is kept.

    Raises:
        DisturbanceRefused: it cannot be.
    """
    look = wording.Examination()
    return checking.fit(look, checking.lines(field, text, look))


def _tenants(said: SaidFault, own: TenancyId, look: wording.Examination) -> None:
    """Note what a tenant does not say of a fault."""
    if said.tenancy_id not in {None, own}:
        look.note("tenancy_id", "a tenant notifies its own faults", clause=RULE)
    for field, is_said in (
        ("owner", said.owner is not Owner.MAIN_CONNECTOR),
        ("due_on", said.due_on is not None),
        ("contact_id", said.contact_id is not None),
    ):
        if is_said:
            look.note(field, "the main connector says that", clause=RULE)


def _due(due_on: date, today: date, look: wording.Examination) -> None:
    if not today <= due_on <= today + AHEAD:
        look.note("due_on", "a day from today on is meant, at most ten years ahead", clause=RULE)
