"""How PostgreSQL executes a statement: which indexes it reads, and how many rows it looks at."""

from collections.abc import Collection

import msgspec

from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.database import Database
from kanta_tenancy.machinery.postgres.statements import Statement
from tests.agreements.test_plans import nodes


class Plan:
    """What was done in one execution; `tables` are those that may not be read whole."""

    def __init__(self, plan: dict, tables: Collection[str]) -> None:
        self.nodes = nodes(plan)
        self.kinds = {node["Node Type"] for node in self.nodes}
        self.scans = [node for node in self.nodes if node.get("Relation Name") in tables]

    def indexes(self, table: str | None = None) -> set[str]:
        """Return the indexes that were read, of a table or all."""
        of = self.nodes if table is None else [node for node in self.scans if node["Relation Name"] == table]
        return {node["Index Name"] for node in of if "Index Name" in node}

    def read(self, table: str) -> float:
        """Return how many rows were looked at."""
        return sum(
            (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
            for node in self.scans
            if node["Relation Name"] == table
        )

    def rounding(self, table: str) -> float:
        """Return by how many rows `read` may be too many: before PostgreSQL 18 a loop tells whole rows, on average."""
        return sum(
            node["Actual Loops"] * (0.5 if isinstance(node["Actual Rows"], int) else 0.005)
            for node in self.scans
            if node["Relation Name"] == table
        )


async def plans(
    database: Database, caller: Caller, statement: Statement, *, tables: Collection[str], **given: object
) -> list[Plan]:
    """Return how the statement is executed, planned for these values and planned for any; no table is read whole."""
    asked = {"main_connector_id": caller.scope.main_connector_id, **given}
    arguments = ", ".join(_literal(asked[name]) for name in statement.parameters)
    found = []
    for mode in ("force_custom_plan", "force_generic_plan"):
        async with database.transaction(caller) as tx:
            await tx.connection.execute(f"SET LOCAL plan_cache_mode = {mode}")
            await tx.connection.execute(f"PREPARE asked AS {statement.sql}")
            await tx.connection.execute("SAVEPOINT asked")  # what is written the first time is not there the second
            explained = await tx.connection.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE asked ({arguments})")
            await tx.connection.execute("ROLLBACK TO SAVEPOINT asked")
            await tx.connection.execute("DEALLOCATE asked")
        plan = Plan(msgspec.json.decode(explained)[0]["Plan"], tables)
        assert [node["Relation Name"] for node in plan.scans if node["Node Type"] == "Seq Scan"] == []
        found.append(plan)
    return found


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"'\\x{value.hex()}'"
    return "'{" + ",".join(map(str, value)) + "}'" if isinstance(value, list) else f"'{value}'"
