"""No cell of a CSV for spreadsheets can be computed, and none loses a character."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.spreadsheets import harmless

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
