"""pgbench taking reports in: what the service would send, with ids of its own each time, to one function."""

import itertools
import re
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import asyncpg
import msgspec

from kanta_tenancy.disturbances.actions import reporting
from kanta_tenancy.disturbances.bodies.reports import Reporting
from kanta_tenancy.disturbances.store.reports import as_rows
from kanta_tenancy.kernel.acting import Actor, ActorKind, Scope
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.parties import tokens
from kanta_tenancy.parties.tokens import Token
from tests.bench.pgbench import rate_told, run_pgbench
from tests.bench.realm import Realm

_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHA256: Final = re.compile(r'("content_sha256":"[0-9a-f]{52})[0-9a-f]{12}"')
_FUNCTION: Final = """
CREATE FUNCTION bench_report(
    key_id uuid, reports json, duties json, contents bigint[], holders uuid[]
) RETURNS text
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RETURN public.disturbance_take_in(
        reports, duties, contents, holders, '{}', ARRAY[key_id], now(), current_date, 5);
END
$$;
CREATE TABLE bench_reporter (client integer PRIMARY KEY, tenancy uuid NOT NULL, access_key uuid NOT NULL);
GRANT SELECT ON bench_reporter TO kanta_service;
"""
# Ids end with twelve digits that no other transaction has, in the order in which each client makes them.
_CHOOSE: Final = """\\if :knows
\\else
SELECT tenancy, access_key FROM bench_reporter WHERE client = :client_id \\gset
\\set knows 1
\\endif
\\set n :n + 1
\\set suffix 100000000000 + :client_id * 10000000000 + :n
"""


def said(mark: str) -> dict[str, Any]:
    """Return the body of a report, which differs from any other with another mark."""
    return {
        "what": f"Prescriptions do not open: the list stays empty {mark}",
        "since": "2026-03-02T06:00:00Z",
        "ongoing": True,
        "service": "prescription",
    }


class PgbenchReports:
    """pgbench, ready to take reports in."""

    def __init__(self, text: str, url: str, folder: Path) -> None:
        self._text = text
        self._url = url
        self._folder = folder
        self._runs = itertools.count(1)

    def run(self, *, clients: int, seconds: float) -> dict[str, float]:
        """Return the rate, and the time in which 99 of 100 reports are taken in."""
        number = next(self._runs)
        told = run_pgbench(
            self._text,
            {"knows": "0", "n": str(number * 100_000_000)},
            "--protocol=simple",
            "--log",
            f"--log-prefix=run-{number}",
            url=self._url,
            folder=self._folder,
            clients=clients,
            seconds=seconds,
        )
        logs = self._folder.glob(f"run-{number}.*")
        took = sorted(int(line.split()[2]) for log in logs for line in log.read_text().splitlines())
        return {"rate": rate_told(told), "p99_s": took[len(took) * 99 // 100] / 1_000_000}


async def prepare_pgbench(realm: Realm, keys: list[Token], folder: Path) -> PgbenchReports:
    """Make the function in the database, and the script that calls it."""
    ids = [presented.key_id for presented in map(tokens.read, (key.text for key in keys)) if presented is not None]
    owner = await asyncpg.connect(realm.owner_url)
    try:
        await owner.execute(_FUNCTION)
        await owner.execute(
            "INSERT INTO bench_reporter SELECT number - 1, tenancy_id, access_key.id"
            "  FROM unnest($1::uuid[]) WITH ORDINALITY AS each (key, number)"
            "  JOIN access_key ON access_key.id = each.key",
            ids,
        )
        tenancy_id = await owner.fetchval("SELECT tenancy FROM bench_reporter WHERE client = 0")
    finally:
        await owner.close()
    scope = Scope(main_connector_id=realm.caller.scope.main_connector_id, tenancy_id=tenancy_id)
    text = _CHOOSE + f"SELECT bench_report(':access_key', {_sent(scope, ids[0])});\n"
    return PgbenchReports(text, realm.service_url, folder)


def _sent(scope: Scope, key_id: UUID) -> str:
    """Return what the service would send of a report, with variables where each report differs."""
    by = reporting.Reporter(
        scope=scope, actor=Actor(kind=ActorKind.SYSTEM, name="billing", key_id=key_id), request_id=str(UUID(int=1))
    )
    report = msgspec.convert(said("0" * 12), Reporting).said()
    clock = SystemClock()
    rows = as_rows([reporting.prepared(reporting.accepted(by, clock, report), clock.now())])
    text = ", ".join("'{}'".format(each.replace("'", "''")) for each in (rows.reports, rows.duties))
    constant = {str(scope.main_connector_id), str(UUID(int=1))}
    known = {str(scope.tenancy_id): ":tenancy", str(key_id): ":access_key"}
    for number, one in enumerate(dict.fromkeys(_UUID.findall(text))):
        if one not in constant:
            text = text.replace(one, known.get(one, f"0199a0d2-0000-7000-{0x8000 + number:x}-:suffix"))
    return _SHA256.sub(r'\1:suffix"', text) + ", ARRAY[:suffix], ARRAY[':tenancy']::uuid[]"
