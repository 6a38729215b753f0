"""`make bench`: measures us against others in one run and writes build/bench.json (docs/bench.md)."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from tests import postgres_server
from tests.bench import (
    campaign,
    certificates,
    issuing,
    lists,
    promises,
    rendering,
    renewals,
    reports,
    results,
    signatures,
    start_up,
    sweep,
    timestamps,
    writing,
)

_FILE: Final = Path(__file__).parents[2] / "build" / "bench.json"
_SETTINGS: Final = ("shared_buffers=512MB", "max_wal_size=8GB", "checkpoint_timeout=30min")


def main() -> None:
    """Measure everything, print a table and write the file; a goal that does not hold is told, not an error."""
    server_options = [*postgres_server.DURABLE, *(word for setting in _SETTINGS for word in ("-c", setting))]
    rows: list[results.Row] = []
    with postgres_server.running(*server_options) as server:
        for name, measure in _groups(server).items():
            if len(sys.argv) == 1 or name in sys.argv[1:]:
                print(f"measuring {name} …", flush=True)
                rows += measure()
    print()
    print(results.as_table(rows))
    missed = [row.name for row in rows if not row.holds]
    print(f"\nGoals that do not hold: {'; '.join(missed) or 'none'}")
    if len(sys.argv) == 1:
        results.write(rows, _FILE)


def _groups(server: str) -> Mapping[str, Callable[[], list[results.Row]]]:
    return {
        "rendering": rendering.measure,
        "signatures": signatures.measure,
        "timestamps": timestamps.measure,
        "writing": lambda: writing.measure(server),
        "reports": lambda: reports.measure(server),
        "campaign": lambda: campaign.measure(server),
        "issuing": lambda: issuing.measure(server),
        "lists": lambda: lists.measure(server),
        "promises": lambda: promises.measure(server),
        "sweep": lambda: sweep.measure(server),
        "certificates": lambda: certificates.measure(server),
        "renewals": lambda: renewals.measure(server),
        "start-up": lambda: start_up.measure(server),
    }


if __name__ == "__main__":
    main()
