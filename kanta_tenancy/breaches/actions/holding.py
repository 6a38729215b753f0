"""An open breach in the main connector's register holds the disturbance open of which it is a part.

A breach in a tenant's register does not: what a tenant does as controller is its own, and can take long after the
disturbance is over.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.breaches import lifecycle
from kanta_tenancy.breaches.model import Breach
from kanta_tenancy.disturbances.actions import closing
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.machinery.postgres.database import Transaction

_BECAUSE: Final = Sentence(
    fi="Tietoturvaloukkaus on omassa rekisterissä avoinna.",
    sv="En personuppgiftsincident är öppen i det egna registret.",
    en="A personal data breach is open in the own register.",
)


async def follow(tx: Transaction, breach: Breach, disturbance_id: UUID | None, *, at: datetime) -> None:
    """Hold a disturbance open, or let it go, as the breach stands now."""
    if disturbance_id is None or breach.tenancy_id is not None:
        return
    key = f"breach/{breach.id}"
    if breach.state in lifecycle.OPEN:
        await closing.place_hold(tx, disturbance_id, key, _BECAUSE, at=at)
    else:
        await closing.release_hold(tx, disturbance_id, key, at=at)
