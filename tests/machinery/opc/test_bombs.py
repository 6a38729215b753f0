"""Zip bombs are refused quickly and without taking memory; measured in a process of their own."""

import functools
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from isal import isal_zlib

from tests.machinery.opc.zips import Item, zipped

MEGABYTE = 1024 * 1024
MEASURE = """
import json, resource, sys, time
from kanta_tenancy.machinery.opc import Archive, BrokenPackage
data = open(sys.argv[1], "rb").read()
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
start = time.process_time()
try:
    Archive.read(data).check_all()
    outcome = "read"
except BrokenPackage as broken:
    outcome = broken.rule
taken = time.process_time() - start
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps({"outcome": outcome, "seconds": taken, "grown_kb": grown}))
"""


LIE = {"crc": 0, "size": 100_000}


@functools.cache
def hole() -> bytes:
    packed: bytes = isal_zlib.compress(b"\0" * (300 * MEGABYTE), 1, -15)
    return packed


BOMBS: dict[str, Callable[[], bytes]] = {
    "honest about its size": lambda: zipped(Item(name="a.bin", raw=hole(), both={"size": 300 * MEGABYTE})),
    "lying about its size": lambda: zipped(Item(name="a.bin", raw=hole(), both=LIE)),
    "of many lies": lambda: zipped(
        *(Item(name=f"{number}.bin", raw=hole()[:20_000], both=LIE) for number in range(20)),
    ),
    "of very many entries": lambda: zipped(*(Item(name=f"{number}.xml") for number in range(65_000))),
}


def measured(path: Path) -> dict[str, Any]:
    ran = subprocess.run([sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_refused_within_200_ms_and_50_mb_that_is(tmp_path: Path, kind: str):
    path = tmp_path / "bomb.zip"
    path.write_bytes(BOMBS[kind]())
    found = measured(path)
    assert found["outcome"] == "R0"
    assert found["seconds"] < 0.2
    assert found["grown_kb"] < 50 * 1024


def test_an_archive_in_an_archive_is_left_packed(tmp_path: Path):
    inner = zipped(Item(name="a.bin", raw=hole(), both={"size": 300 * MEGABYTE}))
    path = tmp_path / "nested.zip"
    path.write_bytes(zipped(Item(name="inner.zip", content=inner)))
    found = measured(path)
    assert found["outcome"] == "read"
    assert found["grown_kb"] < 50 * 1024
