"""Personal identity codes are seen however they are written, and identifiers of other kinds are left alone."""

import hashlib
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.fi import hetu

from kanta_tenancy.kernel.personal_identity_codes import holds_personal_identity_code

FIRST = date(1900, 1, 1)
SIGNS = {1900: "-YXWVU", 2000: "ABCDEF"}
CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"


@st.composite
def codes(draw: st.DrawFn) -> str:
    """Return a code as the register gives them, computed apart from the library that is asked."""
    born = FIRST + timedelta(days=draw(st.integers(0, 46_000)))
    individual = draw(st.integers(2, 999))
    digits = f"{born:%d%m%y}{individual:03}"
    sign = draw(st.sampled_from(SIGNS[born.year // 100 * 100]))
    return f"{digits[:6]}{sign}{digits[6:]}{CHECKS[int(digits) % 31]}"


@given(codes(), st.sampled_from(["{}", "x {}.", "hetu {}", "hetu{}", "({})", "a,{};b", "1 {}", "{}\n"]))
def test_every_code_is_seen_in_any_text(code: str, around: str):
    assert hetu.is_valid(code, allow_temporary=True)
    assert holds_personal_identity_code(around.format(code))
    assert holds_personal_identity_code(around.format(code.lower()))


@pytest.mark.parametrize(
    "written",
    [
        "131052-308T",
        "131052+308t",
        "131052-308U",  # mistyped, and still somebody's
        "131052 - 308T",
        "131052 -308T",
        "131052\u2013308T",
        "131052\u2011308T",
        "131052\u2212308T",
        "131052\u00a0-\u00a0308T",
        "\uff11\uff13\uff11\uff10\uff15\uff12\uff0d\uff13\uff10\uff18\uff34",  # wide, as a copied text may have them
        "\u0661\u0663\u0661\u0660\u0665\u0662-\u0663\u0660\u0668T",
        "131\u200b052-30\u00ad8T",
        "010594Y9021",
        "1.2.246.21.131052-308T",
    ],
)
def test_a_code_is_seen_however_it_is_written(written: str):
    assert holds_personal_identity_code(f"potilas {written}")


@pytest.mark.parametrize(
    "harmless",
    [
        "",
        "1.2.246.10.12345678.93.2026.131052308",
        "+358 40 123 4567",
        "0246246-0",
        "2026-03-02T09:00:00Z",
        "0197ad3a-6f00-7000-8000-131052308000",
        "1310521308000",
        "991052-308T",  # no day
        "131352-308T",  # no month
        "001052-308T",
        "131052-308G",  # no check character
        "131052-308TT",
        "1131052-308T",
        "131052-38T",
        "9131052a308f00",
    ],
)
def test_identifiers_times_and_numbers_are_left_alone(harmless: str):
    assert not holds_personal_identity_code(harmless)


@given(st.uuids())
def test_no_uuid_is_taken_for_a_code(one: UUID):
    assert not holds_personal_identity_code(str(one))


def test_hardly_any_digest_is_taken_for_a_code():
    taken = sum(holds_personal_identity_code(hashlib.sha256(str(one).encode()).hexdigest()) for one in range(20_000))
    assert taken == 0


def test_a_long_text_is_looked_at_once():
    assert not holds_personal_identity_code("131052-30" * 100_000)
    assert holds_personal_identity_code("131052-30" * 100_000 + " 131052-308T")
