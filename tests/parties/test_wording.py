import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kanta_tenancy.parties import wording
from kanta_tenancy.parties.wording import Examination, Unfit
from tests.parties.examples import business_id

REFUSED_KINDS = frozenset({"Cc", "Cs", "Zl", "Zp"})
BIDI_CONTROLS = frozenset([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])

serials = st.integers(0, 9_999_998)


@given(serials)
def test_a_business_id_is_known_however_it_is_written(serial):
    number = business_id(serial)
    digits = number.replace("-", "")
    for written in (number, digits, f" {number} ", f"FI{digits}", f"fi {digits}", number.lstrip("0")):
        if written[0] != "-":
            assert wording.business_id(written) == number


@given(serials, st.integers(1, 9))
def test_no_other_check_digit_is_taken(serial, shift):
    number = business_id(serial)
    wrong = number[:-1] + str((int(number[-1]) + shift) % 10)
    with pytest.raises(Unfit, match="check digit"):
        wording.business_id(wrong)


@given(serials, st.integers(0, 6), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(serial, place, shift):
    number = business_id(serial)
    wrong = f"{number[:place]}{(int(number[place]) + shift) % 10}{number[place + 1 :]}"
    with pytest.raises(Unfit):
        wording.business_id(wrong)


@given(st.text(max_size=30))
@example("\uff11\uff12\uff13\uff14\uff15\uff16\uff17-1")  # full-width digits
@example("1234567\u20111")  # a hyphen that does not break
@example("1000008-0")  # a serial that has no check digit
@example("-")
@example("")
def test_any_other_text_is_no_business_id_or_becomes_a_plain_one(text):
    try:
        number = wording.business_id(text)
    except Unfit:
        return
    assert number == business_id(int(number[:7]))


@given(st.text(max_size=210))
@example("a" * 201)
@example("e\u0301" * 200)  # 400 characters as sent, 200 in NFC
@example("\u200b\u200d")
@example("\ufdd0")
@example("\U0001fffe")
@example("\ud800")
def test_a_name_is_kept_safe_or_refused(text):
    try:
        kept = wording.name(text)
    except Unfit:
        return
    assert kept == unicodedata.normalize("NFC", text).strip()
    assert 1 <= len(kept) <= 200
    assert not any(unicodedata.category(one) in {"Cc", "Cs", "Zl", "Zp"} for one in kept)
    assert not set(kept) & set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert wording.name(kept) == kept
    f"<w:t>{kept}</w:t>".encode()  # no half of a surrogate pair


@pytest.mark.parametrize("text", ["Åbo & Co <Öst>", "名前", "ראש", "👩‍⚕️ Praktik", "=1+1", "'; --", "A  B"])
def test_unusual_names_are_names(text):
    assert wording.name(text) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("A\0", "character 2 is a control character, U[+]0000"),
        ("A\n", "a control character"),
        ("\u2028", "a line break"),
        ("x\u202ey", "a bidirectional control, U[+]202E"),
        ("A\u200eB", "a bidirectional control, U[+]200E"),
        ("A\u200fB", "a bidirectional control, U[+]200F"),
        ("A\u061cB", "a bidirectional control, U[+]061C"),
        ("\ud800", "half of a surrogate pair"),
        ("\uffff", "no character at all"),
        ("  ", "it is empty"),
        ("\u00ad", "shows nothing"),
        ("x" * 10_000, "it has 10000 characters; 200 are allowed"),
    ],
)
def test_what_is_wrong_with_a_name_is_said(text, why):
    with pytest.raises(Unfit, match=why):
        wording.name(text)


@pytest.mark.parametrize("text", ["aino@example.org", "a+b.c_d@x.fi", "åsa@högskolan.fi", "x@sub.domain.example"])
def test_e_mail_addresses_are_taken(text):
    assert wording.email(f" {text} ") == text


@pytest.mark.parametrize(
    "text",
    ["aino", "aino@", "@x.fi", "a b@x.fi", "a@b@x.fi", "a@x", "a@x..fi", "a@-x.fi", "<a@x.fi>", "a@x.fi\nBcc: b@x.fi",
     "a@x.1f", "a@" + "x" * 64 + ".fi", "a" * 65 + "@x.fi", "a@x.fi.", "a@x.fi,b@x.fi"],
)  # fmt: skip
def test_what_is_no_e_mail_address_is_refused(text):
    with pytest.raises(Unfit):
        wording.email(text)


@pytest.mark.parametrize("text", ["112", "+358 40 123 4567", "(02) 123-4567", "09/1234.567"])
def test_telephone_numbers_are_taken(text):
    assert wording.phone(text) == text


@pytest.mark.parametrize(
    "text", ["12", "++358", "call me", "1" * 21, "+358 40 123 4567 ext", "\uff11\uff11\uff12", "1" + " " * 50 + "12"]
)
def test_what_is_no_telephone_number_is_refused(text):
    with pytest.raises(Unfit):
        wording.phone(text)


def test_an_oid_with_another_number_is_doubted_and_not_refused():
    own = wording.oid("1.2.246.10.2462460.10.0")
    assert wording.doubt_about_oid(own, "0246246-0") is None
    assert wording.doubt_about_oid(None, "0246246-0") is None
    doubt = wording.doubt_about_oid(wording.oid("1.2.246.10.32213086.10.0"), "0246246-0")
    assert doubt is not None
    assert (doubt.field, doubt.rule) == ("oid", "K1.1")


@pytest.mark.parametrize(
    "text",
    [
        "1.2.246.10",
        "1.2.246.10.",
        "1.2.246.10.02",
        "1.2.246.10.1.01",
        "1.2.246.11.1",
        "1.2.246.10.123456789",
        "1.2.246.10.\u0661",
    ],
)
def test_what_is_no_oid_of_an_organisation_is_refused(text):
    with pytest.raises(Unfit):
        wording.oid(text)


def test_a_digest_is_64_hexadecimal_digits():
    assert wording.sha256(" " + "AB" * 32 + " ") == "ab" * 32
    for text in ("", "ab" * 31, "xy" * 32, "ab" * 33):
        with pytest.raises(Unfit):
            wording.sha256(text)


def test_an_examination_tells_of_every_flaw_at_once():
    seen = Examination("contacts[2].")
    assert seen.text("name", wording.name, " Aino ") == "Aino"
    seen.text("email", wording.email, "x")
    assert seen.optional("phone", wording.phone, " ") is None
    assert seen.optional("fax", wording.phone, None) is None
    seen.optional("phone", wording.phone, "x")
    assert [flaw.field for flaw in seen.flaws] == ["contacts[2].email", "contacts[2].phone"]


def test_of_all_characters_those_and_no_others_are_refused_that_break_a_line_turn_it_or_are_none():
    def is_no_character(point):
        return point & 0xFFFE == 0xFFFE or 0xFDD0 <= point <= 0xFDEF

    def is_refused(point):
        return unicodedata.category(chr(point)) in REFUSED_KINDS or point in BIDI_CONTROLS or is_no_character(point)

    def is_taken(point):
        try:
            return bool(wording.name(f"a{chr(point)}"))
        except Unfit:
            return False

    assert [f"{point:04X}" for point in range(sys.maxunicode + 1) if is_refused(point) is is_taken(point)] == []
