"""The roster as CSV: what RFC 4180 says, and nothing in it that a spreadsheet could compute."""

import csv
import io
import re

from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.joining.roster_csv import COLUMNS, as_csv
from kanta_tenancy.machinery.spreadsheets import harmless
from tests.joining.examples import a_roster
from tests.machinery.test_spreadsheets import TEXT


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


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
