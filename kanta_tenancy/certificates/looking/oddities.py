"""What is odd about a certificate, as people are told it in their language."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509.inspected import Oddity, OddityKind

_FILE: Final = Path(__file__).parent / "data" / "oddities.toml"


class _Said(Record, frozen=True, kw_only=True):
    fi: str
    sv: str


def told(oddity: Oddity) -> Sentence:
    said = _sentences()[oddity.kind]
    return Sentence(
        fi=said.fi.replace("{about}", oddity.about),
        sv=said.sv.replace("{about}", oddity.about),
        en=oddity.sentence,
    )


@cache
def _sentences() -> Mapping[OddityKind, _Said]:
    return msgspec.convert(tomllib.loads(_FILE.read_text("utf-8")), dict[OddityKind, _Said])
