"""The roster as CSV: what RFC 4180 says, and nothing in it that a spreadsheet could compute."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.joining.roster_csv import COLUMNS, as_csv, harmless
from tests.joining.examples import a_roster

TRIGGERS = "=+-@\uff1d\uff0b\uff0d\uff20"
HARMFUL = [
    "=1+1", "+1+1", "-1+1", "@SUM(1;1)", "\uff1d1+1", "\uff0b1+1", "\uff0d1+1", "\uff201",
    "\t=1+1", "\r=1+1", "\n=1+1", " =1+1", "\u00a0=1+1", "\u200b=1+1", "\ufeff=1+1", '"=1+1', "'=1+1",
    "\tplain", "\rplain", '=HYPERLINK("http://x.example";"x")', "=cmd|' /C calc'!A0",
    "Oy;=1+1", "Oy,=1+1", "Oy|=1+1", "Oy\t=1+1", "Oy\n=1+1", 'Oy", "=1+1', 'Oy";"=1+1', "Oy; =1+1",
]  # fmt: skip
HARMLESS = [
    "",
    "Lääkäri Tuomas Virtanen",
    "A-klinikka Oy",
    "Terveys+ Oy",
    "e = mc",
    "x@y",
    "1.2.246.10.2462460",
    "'Oy'",
]
TEXT = st.text(st.sampled_from([*TRIGGERS, *"\t\r\n ;,|\"'ab1", "\u00a0", "\u200b", "\ufeff"]), max_size=12)
# What some program might drop before a cell, and where some program might begin one.
LEADING = re.compile('[\\s"\u200b\ufeff]*')
CELLS = re.compile("[,;|\t\r\n]")


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def could_be_computed(text: str) -> bool:
    """Say, in another way than the program does, whether any program could take a part of the text for a formula."""
    return any(part[LEADING.match(part).end() :][:1] in {*TRIGGERS} for part in CELLS.split(text))


@pytest.mark.parametrize("text", HARMFUL)
def test_what_could_be_computed_gets_an_apostrophe(text):
    made = harmless(text)
    assert "'" in made
    assert made.replace("'", "") == text.replace("'", "")
    assert not could_be_computed(made)


@pytest.mark.parametrize("text", HARMLESS)
def test_any_other_text_stays_as_it_is(text):
    assert harmless(text) == text


@given(TEXT)
def test_no_text_whatever_can_be_computed_and_none_loses_a_character(text):
    made = harmless(text)
    assert not could_be_computed(made)
    assert made[:1] not in {"\t", "\r", "\n"}
    assert made.replace("'", "") == text.replace("'", "")
    assert made == text or could_be_computed(text) or could_be_computed(text.replace("'", "")) or text[:1] in "\t\r\n"


@given(st.lists(TEXT.filter(bool), max_size=5))
def test_it_is_read_back_cell_for_cell(names):
    rows = read(as_csv(a_roster(*names)))
    assert rows[0] == list(COLUMNS)
    assert [row[COLUMNS.index("tenant")] for row in rows[1:]] == [harmless(name) for name in names]
    assert {len(row) for row in rows} == {len(COLUMNS)}


def test_it_is_utf_8_with_a_byte_order_mark_and_every_line_ends_as_the_rfc_says():
    content = as_csv(a_roster("Åke Äijö-Öhberg"))
    assert content.startswith(b"\xef\xbb\xbf")
    lines = content.decode("utf-8-sig").split("\r\n")
    assert (len(lines), lines[-1]) == (3, "")
    assert lines[1] == (
        '"2026-03-02","prescription","Resepti-palvelu","yes","Åke Äijö-Öhberg","0246246-0","1.2.246.10.2462460","V-1",'
        '"2026-01-01"'
    )
    assert all(re.fullmatch(r'("[^"]*",?)+', line) for line in lines[:-1])


def test_a_roster_of_nobody_is_its_heading():
    assert read(as_csv(a_roster())) == [list(COLUMNS)]
