"""Whose requests, units and prescribers a transaction can reach: a tenant its own, another realm nothing at all."""

import uuid
from datetime import date, timedelta

import asyncpg
import pytest

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.statements import QUERIES, Statement
from kanta_tenancy.renewals.lifecycle import Move
from kanta_tenancy.renewals.model import Reason
from kanta_tenancy.renewals.store import duties, figures, policies, prescribers, requests, units
from tests.conftest import someone
from tests.parties.examples import a_realm, a_tenant
from tests.renewals.examples import NOON
from tests.renewals.practice import MARCH_2
from tests.scopes import reached

STATEMENTS = {
    statement.name: statement
    for module in (units, prescribers, policies, requests, duties, figures)
    for statement in vars(module).values()
    if isinstance(statement, Statement)
}
ACROSS = {"renewals/request.realms_due", "renewals/request.reduce", "renewals/figure.open", "renewals/figure.duties"}
WRITES = {name for name in STATEMENTS if name.rpartition(".")[2].startswith("insert")} | {"renewals/request.take_in"}
ANSWERS = {
    "renewals/request.holding",
    "renewals/request.together",
    "renewals/request.alone",
}  # they answer with a row whatever there is
OF_ALL_TENANTS = {"renewals/policy.newest"}
TABLES = (
    "renewal_unit", "renewal_decision", "prescriber", "prescriber_post", "prescriber_absence", "renewal_prevention",
    "renewal_request", "renewal_step", "renewal_duty", "renewal_figure",
)  # fmt: skip


class Neighbourhood:
    """A practice with something of each kind, a neighbour in its realm, and a stranger."""

    def __init__(self, practice) -> None:
        self.practice = practice
        self.database = practice.database
        self.realm = practice.realm
        self.tenant = practice.tenant

    async def settle(self, owner: asyncpg.Connection) -> None:
        practice = self.practice
        self.neighbour = await a_tenant(self.database, practice.clock, self.realm, 1100000)
        self.stranger = await a_realm(self.database, practice.clock, 2100000)
        self.impostor = someone(self.stranger.scope.main_connector_id, self.tenant.tenancy.id)
        self.absent = await practice.absent(practice.author, NOON + timedelta(days=30), NOON + timedelta(days=40))
        self.prevention = await practice.prevented()
        self.open = await practice.followed()
        rejected = await practice.followed()
        await practice.answer(rejected, Move.REJECT, reason=Reason.CARE)
        self.closed = (await practice.read(rejected)).request
        self.arrived = await practice.arrived()
        await owner.execute(
            "INSERT INTO renewal_figure (main_connector_id, tenancy_id, month, outcome, handed_over, hours, requests)"
            " VALUES ($1, $2, '2026-01-01', 'renewed', false, 7, 1)",
            self.realm.scope.main_connector_id,
            self.tenant.tenancy.id,
        )
        await owner.execute("UPDATE renewal_request SET holds = $1 WHERE id = $2", practice.agreement.id, self.open.id)

    @property
    def others(self) -> tuple[Caller, ...]:
        return self.neighbour.caller, self.stranger, self.impostor

    def ask(self, statement: Statement) -> dict[str, object]:
        name = statement.name
        known = {
            "main_connector_id": self.realm.scope.main_connector_id,
            "unit_id": self.practice.unit.id,
            "prescriber_id": self.practice.author.id,
            "holder": self.tenant.tenancy.id,
            "holders": [self.tenant.tenancy.id],
            "tenancy_id": self.tenant.tenancy.id,
            "agreement_id": self.practice.agreement.id,
            "person": self.practice.physician.id,
            "ids": [self.open.id if "wake" in name else self.practice.author.id],
            "id": self._id(name),
            "request": self.closed.id,
            "request_ids": [self.open.request_id],
            "prescription_id": self.open.prescription_id,
            "state": "rejected",
            "states": ["rejected", "renewed"],
            "month": date(2026, 1, 1),
            "since": MARCH_2 if "prescriber.save" in name else NOON - timedelta(days=400),
            "until": NOON + timedelta(days=1),
            "now": NOON,
            "at": NOON if "wake" in name else NOON + timedelta(days=1),
            "day": MARCH_2,
            "after": NOON if "prescriber." in name and "page" not in name else uuid.UUID(int=0),
            "before": prescribers.NEWEST_POSSIBLE,
            "after_at": requests.BEGINNING.at,
            "after_id": uuid.UUID(int=0),
            "after_holder": uuid.UUID(int=0),
            "count": 9,
            "version": self._version(name),
            "name": "Another",
            "office": "prescriber",
            "entitlement": "full",
            "shifts": [],
            "by": "tenant",
            "way": "call",
            "said": [self._saved()],
        }
        if "prescriber.save" in name:
            known["until"] = None
        return {parameter: known.get(parameter) for parameter in statement.parameters}

    def _id(self, name: str) -> uuid.UUID:
        of = {
            "renewals/unit.save": self.practice.unit.id,
            "renewals/unit.save_decision": self.practice.unit.decisions[0].id,
            "renewals/prescriber.save": self.practice.author.id,
            "renewals/prescriber.withdraw_absence": self.absent.absences[0].id,
            "renewals/prescriber.end_prevention": self.prevention,
            "renewals/prescriber.find_prevention": self.prevention,
        }
        return of.get(name, self.open.id)

    def _version(self, name: str) -> int:
        return self.practice.unit.version + 1 if "unit" in name else self.practice.author.version + 1

    def _saved(self) -> dict[str, object]:
        return {field: getattr(self.open, field) for field in requests._SAVED}  # noqa: SLF001 -- what save() writes


@pytest.fixture
async def around(practice, owner) -> Neighbourhood:
    around = Neighbourhood(practice)
    await around.settle(owner)
    return around


@pytest.mark.parametrize("name", sorted(STATEMENTS.keys() - WRITES - ANSWERS - ACROSS - OF_ALL_TENANTS))
async def test_no_statement_reaches_what_belongs_to_others(around, name):
    for caller in around.others:
        assert await reached(around, STATEMENTS[name], caller) == 0
    if not name.endswith(("unseen",)):
        assert await reached(around, STATEMENTS[name], around.realm), "the test asks for nothing"


async def test_whether_an_ending_is_held_is_told_of_ones_own(around):
    for caller, held in ((around.realm, True), *((other, False) for other in around.others)):
        async with around.database.transaction(caller) as tx:
            assert await requests.holds_ending(tx, around.practice.agreement.id) is held


@pytest.mark.parametrize("table", TABLES)
async def test_a_table_shows_a_tenant_its_own_and_nothing_to_others(around, owner, table):
    realm = around.realm.scope.main_connector_id
    count = f"SELECT count(*) FROM {table} WHERE main_connector_id = $1"  # noqa: S608 -- a name of TABLES
    own = f"{count} AND tenancy_id = $2"
    seen = {
        around.realm: await owner.fetchval(count, realm),
        around.tenant.caller: await owner.fetchval(own, realm, around.tenant.tenancy.id),
    }
    assert seen[around.tenant.caller], "the test looks at nothing"
    for caller, expected in (*seen.items(), *((other, 0) for other in around.others)):
        async with around.database.transaction(caller) as tx:
            assert await tx.connection.fetchval(count, realm) == expected
    async with around.database.unscoped() as connection:
        assert await connection.fetchval(count, realm) == 0


@pytest.mark.parametrize(
    "table", ["renewal_unit", "renewal_decision", "renewal_request", "renewal_policy", "renewal_figure"]
)
async def test_what_is_the_main_connectors_to_write_no_tenant_writes(around, owner, table):
    await owner.execute(
        "INSERT INTO renewal_policy VALUES (gen_random_uuid(), $1, '{24}', 48, now())",
        around.realm.scope.main_connector_id,
    )
    columns = await owner.fetchval(
        "SELECT string_agg(column_name, ', ') FROM information_schema.columns"
        " WHERE table_name = $1 AND is_generated = 'NEVER'",
        table,
    )
    for caller in (around.tenant.caller, around.impostor):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with around.database.transaction(caller) as tx:
                await tx.connection.execute(
                    f"INSERT INTO {table} ({columns}) SELECT {columns} FROM json_populate_record(NULL::{table}, $1)",  # noqa: S608 -- names of ours
                    await owner.fetchval(f"SELECT row_to_json(one)::text FROM {table} AS one LIMIT 1"),  # noqa: S608 -- a name of ours
                )


@pytest.mark.parametrize("table", [table for table in TABLES if table != "prescriber_post"])
async def test_nothing_is_ever_deleted_by_the_service_itself(around, table):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with around.database.transaction(around.realm) as tx:
            await tx.connection.execute(f"DELETE FROM {table}")  # noqa: S608 -- a name of TABLES


@pytest.mark.parametrize(
    "mischief",
    [
        "UPDATE renewal_request SET arrived_at = now()",
        "UPDATE renewal_request SET lapses_at = now()",
        "UPDATE renewal_request SET prescription_id = '1.2.246.1'",
        "UPDATE renewal_step SET done = 'warned'",
        "UPDATE renewal_duty SET outcome = 'lapsed'",
        "UPDATE renewal_decision SET receives = false",
        "UPDATE renewal_figure SET requests = 7",
        "UPDATE renewal_policy SET hand_over_after_hours = 1",
        "UPDATE prescriber SET code = '7654321'",
    ],
)
async def test_the_service_cannot_change_what_never_changes(around, mischief):
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with around.database.transaction(around.realm) as tx:
            await tx.connection.execute(mischief)


@pytest.mark.parametrize(
    "change",
    ["state = 'renewed', answered_by = 'tenant'", "warned_hours = 7", "next_at = now()", "holds = NULL"],
)
async def test_what_was_closed_is_final_whatever_the_program_says(around, change):
    with pytest.raises(asyncpg.RaiseError, match="that is final"):
        async with around.database.transaction(around.realm) as tx:
            await tx.connection.execute(f"UPDATE renewal_request SET {change} WHERE closed_at IS NOT NULL")  # noqa: S608 -- of the list above


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("person = NULL", "renewal_request_has_one_responsible"),
        ("ground = NULL", "renewal_request_has_one_responsible"),
        ("state = 'with_prescriber'", "renewal_request_has_one_responsible"),
        ("state = 'lapsed', closed_at = lapses_at - interval '1 second'", "renewal_request_lapse_is_at_its_instant"),
        ("state = 'renewed', closed_at = lapses_at, answered_by = 'tenant'", "renewal_request_answered_in_time"),
        ("state = 'rejected', closed_at = arrived_at, answered_by = 'tenant'", "renewal_request_rejection_has"),
        ("state = 'renewed', closed_at = arrived_at", "renewal_request_answer_has_its_party"),
    ],
)
async def test_the_database_itself_keeps_one_responsible_and_the_instant(around, owner, change, constraint):
    state = "with_prescriber" if change == "person = NULL" else "with_physician"
    hand_over = "now()" if state == "with_prescriber" else "NULL"
    await owner.execute(
        f"UPDATE renewal_request SET state = '{state}', hand_over_at = {hand_over} WHERE id = $1",  # noqa: S608 -- of the list above
        around.open.id,
    )
    with pytest.raises(asyncpg.CheckViolationError, match=constraint):
        await owner.execute(f"UPDATE renewal_request SET {change} WHERE id = $1", around.open.id)  # noqa: S608 -- of the list above


async def test_a_request_never_points_to_a_unit_of_another_tenant(around, owner):
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await owner.execute(
            "UPDATE renewal_request SET tenancy_id = $1 WHERE id = $2", around.neighbour.tenancy.id, around.open.id
        )


def test_every_statement_of_the_room_is_asked_here():
    written = {
        f"renewals/{file.stem}.{line.removeprefix('-- name: ')}"
        for file in (QUERIES / "renewals").glob("*.sql")
        for line in file.read_text("utf-8").splitlines()
        if line.startswith("-- name: ")
    }
    assert written == STATEMENTS.keys()
