"""Documents that were drawn up for an addressee of a disturbance and of a breach, to try operations on."""

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from kanta_tenancy.breaches.actions import drawing_up as of_breaches
from kanta_tenancy.breaches.model import Addressee
from kanta_tenancy.disturbances.actions import drawing_up as of_duties
from kanta_tenancy.kernel.languages import Language
from tests.journeys.conftest import Realm
from tests.seals.examples import a_folder, a_seal


async def ids_of(realm: Realm, database, clock, *, duty_id: str, breach_id: str) -> dict[str, Any]:
    """Give the service a seal and draw one document up of each; return their identifiers."""
    with tempfile.TemporaryDirectory() as folder:
        keys = a_folder(Path(folder))
        await a_seal(database, keys, clock)
        async with database.transaction(realm.caller) as tx:
            of_duty = await of_duties.draw_up(tx, clock, keys, UUID(duty_id), Language.SWEDISH)
            told = {"to": Addressee.AUTHORITY, "language": Language.SWEDISH}
            of_breach = await of_breaches.draw_up(tx, clock, keys, UUID(breach_id), **told)
    return {"document_id": of_duty.id, "breach_document_id": of_breach.id}
