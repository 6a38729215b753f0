"""pgbench running what the service sends: the same statements, parameters and round trips in the same transaction."""

import json
import re
import subprocess
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from tests.bench.recording import Recorded, Sent
from tests.postgres_server import binaries

_PARAMETER: Final = re.compile(r"\$(\d+)")
_COMMENT: Final = re.compile(r"^--.*\n", re.MULTILINE)
_RATE: Final = re.compile(r"^tps = ([\d.]+) \(without initial connection time\)$", re.MULTILINE)
_THREADS: Final = 2

TENANCIES: Final = "bench_tenancy"  # a table with a tenancy for each client
_CHOOSE_TENANCY: Final = """\\if :knows_tenancy
\\else
SELECT tenancy_id AS tenancy FROM bench_tenancy WHERE client = :client_id \\gset
\\set knows_tenancy 1
\\endif
\\set number random(1, 1000000000000)
"""


class Script:
    """A recorded request for pgbench; what differs from agreement to agreement is made anew each time."""

    def __init__(self, recorded: Recorded) -> None:
        self._anew: Mapping[object, str] = {
            recorded.agreement_id: "uuidv7()",
            recorded.reference: "('2026-' || :number::text)",
            recorded.tenancy_id: ":tenancy",
        }
        self.variables: dict[str, str] = {"knows_tenancy": "0"}
        self.text = _CHOOSE_TENANCY + "".join(map(self._written, recorded.statements))

    def _written(self, sent: Sent) -> str:
        several = [piece.strip() for piece in _COMMENT.sub("", sent.sql).split(";") if piece.strip()]
        if len(several) > 1:  # sent as one simple query, so one round trip here too
            return "\n".join(["\\startpipeline", *(f"{piece};" for piece in several), "\\endpipeline", ""])

        def parameter(match: re.Match[str]) -> str:
            return self._parameter(sent.arguments[int(match[1]) - 1])

        return f"{_PARAMETER.sub(parameter, several[0])};\n"

    def _parameter(self, argument: Any) -> str:
        if argument is None:
            return "NULL"
        if isinstance(argument, UUID | str) and argument in self._anew:
            return self._anew[argument]
        name = f"p{len(self.variables)}"
        self.variables[name] = _as_text(argument)
        return f":{name}"


def transactions_per_second(script: Script, *, url: str, folder: Path, clients: int, seconds: float) -> float:
    """Run a script with so many clients.

    Raises:
        subprocess.CalledProcessError: a transaction failed, or pgbench did.
    """
    told = run_pgbench(
        script.text, script.variables, "--protocol=prepared", url=url, folder=folder, clients=clients, seconds=seconds
    )
    return rate_told(told)


def run_pgbench(
    text: str, variables: Mapping[str, str], *options: str, url: str, folder: Path, clients: int, seconds: float
) -> str:
    """Run a script with so many clients, and return what pgbench tells of it.

    Raises:
        subprocess.CalledProcessError: a transaction failed, or pgbench did.
    """
    file = folder / "script.sql"
    file.write_text(text)
    address = urlsplit(url)
    command: Sequence[object] = [
        binaries() / "pgbench", "--no-vacuum", f"--client={clients}", f"--jobs={_THREADS}",
        f"--time={round(seconds)}", f"--file={file}", "--exit-on-abort", *options,
        *(f"--define={name}={value}" for name, value in variables.items()),
        "-h", parse_qs(address.query)["host"][0], "-U", address.username or "", address.path.removeprefix("/"),
    ]  # fmt: skip
    return subprocess.run(
        [str(word) for word in command], check=True, capture_output=True, text=True, cwd=folder
    ).stdout


def rate_told(told: str) -> float:
    """Return the transactions a second that pgbench tells of."""
    rate = _RATE.search(told)
    if rate is None:
        raise LookupError(f"pgbench told no rate: {told}")
    return float(rate[1])


def _as_text(argument: Any) -> str:
    """Write an argument as PostgreSQL reads it."""
    if isinstance(argument, bytes):
        return f"\\x{argument.hex()}"
    if isinstance(argument, date | datetime):
        return argument.isoformat()
    if isinstance(argument, list | tuple) and all(isinstance(each, str | UUID) for each in argument):
        return "{" + ",".join(json.dumps(str(each)) for each in argument) + "}"
    if isinstance(argument, list | tuple | dict):
        return json.dumps(argument)
    return str(argument)
