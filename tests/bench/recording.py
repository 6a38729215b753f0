"""What the service sends to PostgreSQL for one request, written down as it is sent."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from asyncpg.connection import LoggedQuery

from kanta_tenancy.assembly.application import build_application
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.postgres.database import Connection, connect
from kanta_tenancy.parties.access import LastUses
from tests.bench.realm import Realm


class Sent(Record, frozen=True, kw_only=True):
    sql: str
    arguments: tuple[Any, ...]


class Recorded(Record, frozen=True, kw_only=True):
    """The statements of drafting an agreement, and what in them belongs to this one agreement."""

    statements: tuple[Sent, ...]
    agreement_id: UUID
    reference: str
    tenancy_id: UUID


def said(tenancy_id: UUID) -> dict[str, Any]:
    """Return the body of a request that drafts an agreement."""
    who = {"title": "Managing director", "mandate": "Entered in the trade register", "email": "aino@example.org"}
    return {
        "tenancy_id": str(tenancy_id),
        "language": "sv",
        "services": ["prescription", "patient_data"],
        "registers": ["patient_register", "log_register"],
        "signatories": [{"party": party, "name": "Aino Ahola", **who} for party in ("main_connector", "tenant")],
    }


async def recorded(realm: Realm, home: Path) -> Recorded:
    """Draft an agreement with the service in this process and write down what it sends."""
    heard: list[Sent] = []

    async def listen(connection: Connection) -> None:
        connection.add_query_logger(hear)

    def hear(query: LoggedQuery) -> None:
        if query.exception is not None:
            raise query.exception
        heard.append(Sent(sql=query.query, arguments=tuple(query.args or ())))

    tenancy_id = realm.tenancies[0]
    async with connect(realm.service_url, size=1, check=listen) as database:
        settings = read_settings({"KANTA_HOME": str(home)})
        application = build_application(settings, database, SystemClock(), LastUses())
        async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://bench") as client:
            headers = {"Authorization": f"Bearer {realm.token}"}
            await client.post("/v1/agreements", json=said(tenancy_id), headers=headers)  # it prepares statements
            heard.clear()
            answer = await client.post("/v1/agreements", json=said(tenancy_id), headers=headers)
    answer.raise_for_status()
    made = answer.json()
    return Recorded(
        statements=_of_one_request(heard),
        agreement_id=UUID(made["id"]),
        reference=made["reference"],
        tenancy_id=tenancy_id,
    )


def _of_one_request(heard: Sequence[Sent]) -> tuple[Sent, ...]:
    if not heard or heard[-1].sql != "COMMIT":
        raise LookupError(f"a request that ends with its commit was expected: {heard}")
    return tuple(heard)
