"""Files for the demo, and the demo as its users call it. Say only what matters to the test."""

import copy
import json
import subprocess
from datetime import UTC, datetime
from typing import Any

import msgspec

from kanta_tenancy.assembly.demo_input import DemoInput
from kanta_tenancy.machinery.resources import folder
from tests.assembly.processes import command

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SAMPLE = json.loads((folder("examples") / "demo.json").read_text("utf-8"))


def a_small_file(**of_tenant: Any) -> dict[str, Any]:
    """Return the sample with one tenant, whose keys take no time to make."""
    said = copy.deepcopy(SAMPLE)
    tenant = said["tenants"][1] | of_tenant
    for signatory in tenant["agreement"]["signatories"]:
        signatory["key"] = "ec-p256"
    return said | {"tenants": [tenant]}


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the small file with one value replaced, or removed when it is `...`."""
    said = a_small_file()
    *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place: Any = said
    for step in way:
        place = place[step]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return said


def as_input(said: object) -> DemoInput:
    return msgspec.convert(said, DemoInput)


def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
    return command("demo", *map(str, arguments))
