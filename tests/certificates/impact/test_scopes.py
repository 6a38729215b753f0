"""No statement about impact reaches what belongs to others, whatever it is asked."""

import uuid
from datetime import UTC, datetime

import pytest

from kanta_tenancy.certificates.impact import store
from kanta_tenancy.machinery.postgres.statements import QUERIES, Statement
from tests.certificates.impact.examples import MAY_3
from tests.conftest import someone
from tests.parties.examples import a_realm, a_tenant

STATEMENTS = {one.name: one for one in vars(store).values() if isinstance(one, Statement)}
COUNTS = {"certificates/impact.reach"}  # it answers with a row whatever there is


def test_every_statement_is_walked():
    text = (QUERIES / "certificates" / "impact.sql").read_text("utf-8")
    named = {line.removeprefix("-- name: ") for line in text.splitlines() if line.startswith("-- name: ")}
    assert {name.rpartition(".")[2] for name in STATEMENTS} == named


@pytest.mark.parametrize("name", sorted(STATEMENTS))
async def test_no_statement_reaches_what_belongs_to_others(database, clock, inventory, tenant, name):
    neighbour = await a_tenant(database, clock, inventory.caller, 2900000)
    stranger = await a_realm(database, clock, 2100000)
    impostor = someone(stranger.scope.main_connector_id, tenant.tenancy.id)
    certificate = await inventory.certificate(tenancy_id=tenant.tenancy.id)
    await inventory.used(certificate, (await inventory.system(tenant.tenancy.id)).id)
    asked = {
        "main_connector_id": inventory.realm,
        "certificate_ids": [certificate],
        "days": [MAY_3],
        "certificate_id": certificate,
        "kind": "server",
        "day": MAY_3,
        "holds_beyond": datetime(2027, 5, 4, tzinfo=UTC),
        "holder": tenant.tenancy.id,
        "after": uuid.UUID(int=0),
        "after_end": datetime(2000, 1, 1, tzinfo=UTC),
        "after_id": uuid.UUID(int=0),
        "count": 10,
    }
    statement = STATEMENTS[name]

    async def reached(caller) -> int:
        async with database.transaction(caller) as tx:
            rows = await statement.all(tx, **{each: asked[each] for each in statement.parameters})
        return sum(row.uses + row.tenants for row in rows) if name in COUNTS else len(rows)

    assert [await reached(caller) for caller in (neighbour.caller, stranger, impostor)] == [0, 0, 0]
    for caller in (inventory.caller, tenant.caller):
        assert await reached(caller), "the test asks for nothing"
