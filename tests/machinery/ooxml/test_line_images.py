import struct
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.ooxml.emf import Stroke, Text, picture, width
from kanta_tenancy.machinery.ooxml.line_images import line_images, unsigned_image
from kanta_tenancy.machinery.ooxml.signature_lines import SignatureLine

HEADER, EOF, TEXT = 1, 14, 84
NIGHT_IN_FINLAND = datetime(2026, 3, 1, 22, 30, tzinfo=UTC)
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=200)


def line(signer: str = "Aino", title: str = "Director") -> SignatureLine:
    return SignatureLine(setup_id="", suggested_signer=signer, title=title, email="", signed=False)


def records(emf: bytes) -> list[tuple[int, bytes]]:
    """Read a metafile back, checking that it is what its header says."""
    found, at = [], 0
    while at < len(emf):
        kind, size = struct.unpack_from("<II", emf, at)
        assert size % 4 == 0
        found.append((kind, emf[at : at + size]))
        at += size
    length, count, handles = struct.unpack_from("<IIH", emf, 48)
    assert (length, count) == (len(emf), len(found))
    assert emf[40:44] == b" EMF"
    assert (found[0][0], found[-1][0]) == (HEADER, EOF)
    assert handles == 1 + sum(kind in (38, 82) for kind, _ in found)  # pens and fonts, and none that is none
    return found


def texts(emf: bytes) -> list[str]:
    shown = []
    for kind, record in records(emf):
        if kind == TEXT:
            count, at, _, *_, spacing = struct.unpack_from("<III4iI", record, 44)
            assert spacing + 4 * count == len(record)
            shown.append(record[at : at + 2 * count].decode("utf-16-le"))
    return shown


def test_the_pictures_show_who_signed_whom_the_line_expected_and_the_day_in_finland():
    valid, invalid = line_images(line("Aino Öhman", "Toimitusjohtaja"), "Aino M. Öhman", NIGHT_IN_FINLAND)
    assert texts(valid) == ["2026-03-02", "X", "Aino M. Öhman", "Aino Öhman", "Toimitusjohtaja"]
    assert texts(invalid)[0] == "Virheellinen · Ogiltig · Invalid"
    assert texts(invalid)[1:] == texts(valid)[1:]


def test_an_unsigned_line_shows_whom_it_expects():
    assert texts(unsigned_image("Aino", " ")) == ["X", "Aino"]


@given(NAMES, NAMES, NAMES)
def test_any_name_gives_a_well_formed_picture_in_which_it_fits(name: str, signer: str, title: str):
    for emf in line_images(line(signer, title), name, NIGHT_IN_FINLAND):
        assert all(width(shown, 10) <= 256 for shown in texts(emf))


@pytest.mark.parametrize(("text", "pixels"), [("", 0), ("i", 2), ("W", 9), ("Ö", 8), ("漢", 10), ("😀", 10)])
def test_widths_are_those_of_the_face(text: str, pixels: int):
    assert width(text, 10) == pixels


def test_a_picture_has_the_size_of_a_signature_line_in_office():
    head = picture((256, 128), [Text(x=1, baseline=20, size=12, text="a"), Stroke(start=(0, 0), end=(9, 9))])
    frame = struct.unpack_from("<4i", head, 24)
    assert [round(hundredths / 100 / 25.4 * 72) for hundredths in frame[2:]] == [192, 96]  # points


def test_the_same_input_gives_the_same_picture():
    assert line_images(line(), "Aino", NIGHT_IN_FINLAND) == line_images(line(), "Aino", NIGHT_IN_FINLAND)
