"""Orders are the main connector's alone: no tenant and no other realm reaches one, whatever statement it has."""

import asyncpg
import pytest

from kanta_tenancy.certificates.orders import actions, store
from kanta_tenancy.certificates.orders.errors import OrderNotFound
from kanta_tenancy.certificates.orders.model import OrderState
from kanta_tenancy.machinery.postgres.statements import Statement
from tests.certificates.orders.examples import MARCH_2, NOON, Orders, a_request, issued
from tests.parties.examples import a_realm, a_tenant
from tests.scopes import reached

STATEMENTS = {one.name: one for one in vars(store).values() if isinstance(one, Statement)}
READS = STATEMENTS.keys() - {"certificates/order.insert"}


class Around:
    """An order that has arrived, one that waits for a certificate which came; a tenant of the realm, and a stranger."""

    def __init__(self, orders: Orders, clock) -> None:
        self.orders = orders
        self.database = orders.database
        self.clock = clock

    async def settle(self) -> None:
        self.tenant = (await a_tenant(self.database, self.clock, self.orders.caller)).caller
        self.stranger = await a_realm(self.database, self.clock, 2100000)
        order = await self.orders.replacing()
        await self.orders.came(issued())
        self.order = await self.orders.read(order.id)
        await self.orders.put_down(a_request("waiting"))
        self.came = (await self.orders.taken(issued("waiting"))).new

    def ask(self, statement: Statement) -> dict[str, object]:
        known = {
            "main_connector_id": self.orders.caller.scope.main_connector_id,
            "order_id": self.order.id,
            "before_day": store.LATEST.ordered_on,
            "before_id": store.LATEST.id,
            "count": 9,
            "state": OrderState.ARRIVED,
            "certificate_id": self.order.certificate_id,
            "certificate_ids": list(self.came) if "arrivals" in statement.name else [self.order.old.id],
            "profile": "dvv-server",
            "ordered_on": MARCH_2,
            "arrived_at": NOON,
            "version": self.order.version + 1,
        }
        return {name: known.get(name) for name in statement.parameters}


@pytest.fixture
async def around(orders, clock) -> Around:
    around = Around(orders, clock)
    await around.settle()
    return around


@pytest.mark.parametrize("name", sorted(READS))
async def test_no_statement_reaches_what_belongs_to_others(around, name):
    for caller in (around.tenant, around.stranger):
        assert await reached(around, STATEMENTS[name], caller) == 0
    assert await reached(around, STATEMENTS[name], around.orders.caller), "the test asks for nothing"


async def test_nobody_else_takes_an_order_or_puts_one_down(around, clock):
    for caller in (around.tenant, around.stranger):
        others = Orders(around.orders.database, clock, caller)
        with pytest.raises(OrderNotFound):
            await others.act(actions.cancel, around.order, because="x")
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        await Orders(around.orders.database, clock, around.tenant).put_down(a_request("other"))


async def test_a_strangers_certificate_with_the_key_is_not_the_ordered_one(around, clock):
    order = await around.orders.put_down(a_request("third"))
    await Orders(around.orders.database, clock, around.stranger).came(issued("third"))
    assert (await around.orders.read(order.id)).state is OrderState.ORDERED
