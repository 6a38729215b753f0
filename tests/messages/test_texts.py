import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.messages.texts import lines, one_line


@given(st.text())
def test_one_line_is_one_line_and_holds_no_control(text: str):
    shown = one_line(text)
    assert shown.splitlines() in ([], [shown])
    assert not [c for c in shown if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}]
    assert one_line(shown) == shown


@given(st.text())
def test_lines_are_ended_in_one_way_and_hold_no_control(text: str):
    kept = lines(text)
    assert not [c for c in kept if c != "\n" and unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}]
    assert lines(kept) == kept


@pytest.mark.parametrize("text", ["Åke Äijö-Öhberg", "日本語", "👩‍⚕️ 👍🏽", "نام‌خانوادگی", "O'Brien & Søn; a, b"])
def test_the_letters_of_every_script_are_kept(text: str):
    assert one_line(text) == lines(text) == text


@pytest.mark.parametrize("text", ["a\u202eb", "a\u2066b", "a\x1b[31mb", "a\u2028b", "a\x85b", "a\ud800b"])
def test_what_turns_or_hides_what_follows_is_not(text: str):
    assert len(one_line(text)) <= len(text)
    assert not set(one_line(text)) & set("\u202e\u2066\x1b\u2028\x85\ud800")
    assert not set(lines(text)) & set("\u202e\u2066\x1b\u2028\x85\ud800")
