"""The duty to tell a patient, as it begins (K15). Pure."""

from datetime import timedelta

from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.renewals import requirements
from kanta_tenancy.renewals.model import Duty, Party, Request


def begun(request: Request, owed_by: Party) -> Duty:
    """Return the duty that a rejection or a lapse begins.

    Source:
        Decree 1088/2010, section 19(4). By when, no source says.
    """
    closed_at = request.closed_at or request.lapses_at
    hours = requirements.informing_on(day_in_finland(closed_at)).hours
    return Duty(
        request=request.id,
        tenancy_id=request.tenancy_id,
        owed_by=owed_by,
        outcome=request.state,
        opened_at=closed_at,
        due_at=closed_at + timedelta(hours=hours),
    )
