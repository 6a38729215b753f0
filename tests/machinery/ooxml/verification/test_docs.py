"""The page about signatures, held against the code."""

import re
from pathlib import Path

from kanta_tenancy.machinery.ooxml.report import Outcome, Verdict
from kanta_tenancy.machinery.opc import LIMITS

ROOT = Path(__file__).parents[4]
MACHINERY = ROOT / "kanta_tenancy" / "machinery"
PAGE = (ROOT / "docs" / "signatures.md").read_text("utf-8")
RULES = {
    line.split("|")[1].strip(): re.findall(r"`((?:opc|ooxml)/[a-z_/]+\.py)`", line)
    for line in PAGE.splitlines()
    if re.match(r"\| R\d+ \|", line)
}


def test_every_rule_is_told_and_lies_where_the_page_says():
    assert list(RULES) == [*(f"R{number}" for number in range(10)), "R11"]
    for rule, files in RULES.items():
        assert files
        for file in files:
            assert (MACHINERY / file).is_file(), file
        assert any(f'"{rule}"' in (MACHINERY / file).read_text("utf-8") for file in files), rule


def test_no_other_rule_is_named_in_the_code():
    sources = [*(MACHINERY / "opc").rglob("*.py"), *(MACHINERY / "ooxml" / "verification").rglob("*.py")]
    named = {rule for source in sources for rule in re.findall(r'"(R\d+)"', source.read_text("utf-8"))}
    assert named == set(RULES)


def test_the_page_uses_the_words_of_the_code():
    assert {f"| `{verdict}` |" in PAGE for verdict in Verdict} == {True}
    assert {f"`{outcome}`" in PAGE for outcome in Outcome} == {True}
    megabyte = 1024 * 1024
    for figure in (
        f"{LIMITS.file_size // megabyte} MB",
        f"{LIMITS.entries:,} entries",
        f"{LIMITS.unpacked_size // megabyte} MB unpacked",
        f"{LIMITS.ratio} times",
        f"{LIMITS.ratio_matters_from // megabyte} MB on",
    ):
        assert figure in PAGE
