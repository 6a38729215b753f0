"""The roster as other programs read it: a spreadsheet that computes what it can, and pages."""

import csv
import subprocess
from pathlib import Path

import pytest
from docx import Document
from lxml import etree

from kanta_tenancy.joining.roster_csv import COLUMNS, as_csv
from kanta_tenancy.joining.roster_document import TITLE, as_docx
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.spreadsheets import harmless
from tests.joining.examples import a_roster
from tests.machinery.test_spreadsheets import HARMFUL, HARMLESS

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# By commas as RFC 4180 says; by what programs of other countries expect instead; by all of these at once.
DIVIDED_BY = {"comma": "44", "semicolon": "59", "tab": "9", "bar": "124", "any": "44/59/9/124"}
# UTF-8, quotes, and "detect special numbers": as eager to compute as it can be told to be.
EAGER = "{},34,76,1,,0,false,true,false,false,false,-1,true"
WRITTEN = "Text - txt - csv (StarCalc):44,34,76,1"
NAMES = [name for name in [*HARMFUL, *HARMLESS] if name]


pytestmark = pytest.mark.interop


def cells(sheet: Path) -> list[etree._Element]:
    return list(etree.parse(sheet).iter(f"{TABLE}table-cell"))


def texts(cell: etree._Element) -> str:
    return "\n".join("".join(paragraph.itertext()) for paragraph in cell.iter(f"{TEXT}p"))


def computed(sheet: Path) -> list[str]:
    """Return the formulas that a spreadsheet found."""
    return [cell.get(f"{TABLE}formula") for cell in cells(sheet) if cell.get(f"{TABLE}formula")]


@pytest.mark.parametrize("divided_by", DIVIDED_BY)
def test_libreoffice_computes_nothing_in_it_however_it_divides_the_lines(soffice, tmp_path, divided_by):
    file = tmp_path / "roster.csv"
    file.write_bytes(as_csv(a_roster(*NAMES, service="=1+1")))
    assert computed(soffice(file, "fods", f"--infilter=CSV:{EAGER.format(DIVIDED_BY[divided_by])}")) == []


def test_libreoffice_would_compute_it_if_nothing_were_guarded(soffice, tmp_path):
    file = tmp_path / "bare.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out, quoting=csv.QUOTE_ALL).writerows([["tenant", "x"], *([name, "x"] for name in NAMES)])
    assert "of:=1+1" in computed(soffice(file, "fods", f"--infilter=CSV:{EAGER.format(44)}"))


def test_libreoffice_reads_every_name_as_it_was_written(soffice, tmp_path):
    names = [name for name in NAMES if name.isprintable()]
    file = tmp_path / "roster.csv"
    file.write_bytes(as_csv(a_roster(*names)))
    sheet = soffice(file, "fods", "--infilter=CSV:44,34,76,1")
    rows = [row for row in etree.parse(sheet).iter(f"{TABLE}table-row") if len(list(row)) >= len(COLUMNS)]
    column = COLUMNS.index("tenant")
    assert [texts(list(row)[column]) for row in rows[1:]] == [harmless(name) for name in names]
    assert {list(row)[column].get(f"{OFFICE}value-type") for row in rows[1:]} == {"string"}


def test_libreoffice_writes_it_out_again_without_a_result(soffice, tmp_path):
    names = ["=1+1", "+1+1", "@SUM(1;1)", "\uff1d1+1"]
    file = tmp_path / "roster.csv"
    file.write_bytes(as_csv(a_roster(*names)))
    again = soffice(file, f"csv:{WRITTEN}", "--infilter=CSV:44,34,76,1,,0,false,true")
    rows = list(csv.reader(again.read_text("utf-8-sig").splitlines()))
    assert [row[COLUMNS.index("tenant")] for row in rows[1:]] == [f"'{name}" for name in names]


@pytest.mark.parametrize("language", Language)
def test_the_document_says_who_uses_what_and_repeats_the_heading_on_every_page(soffice, tmp_path, language):
    names = [f"Hoitokoti {number} & Pojat <Tmi>" for number in range(60)]
    file = tmp_path / f"{language}.docx"
    file.write_bytes(as_docx(a_roster(*names, language=language)))
    pdf = soffice(file, "pdf")
    shown = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout
    pages = [page for page in shown.split("\f") if page.strip()]
    assert len(pages) > 2
    heading = Document(str(file)).tables[1].rows[0].cells[1].text
    assert all(heading in page for page in pages)
    assert all(name in shown for name in names)


@pytest.mark.parametrize("language", Language)
def test_the_document_can_be_read_aloud(tmp_path, language):
    """Its language, title and headings are told, and each table says what it is and which row is its heading."""
    file = tmp_path / "roster.docx"
    file.write_bytes(as_docx(a_roster("Oy", language=language)))
    document = Document(str(file))
    tag = {"fi": "fi-FI", "sv": "sv-FI", "en": "en-GB"}[language.value]
    assert (document.core_properties.language, document.core_properties.title) == (tag, TITLE.said_in(language))
    defaults = document.styles.element.find(f"{W}docDefaults//{W}lang")
    assert defaults.get(f"{W}val") == tag
    assert [one.style.name for one in document.paragraphs if one.style.name.startswith("Heading")] == ["Heading 1"] * 2
    for table in document.tables:
        properties = table._tbl.tblPr  # noqa: SLF001 -- python-docx has no other way to it
        assert properties.find(f"{W}tblCaption").get(f"{W}val")
        assert properties.find(f"{W}tblDescription").get(f"{W}val")
        marked = [row.find(f"{W}trPr/{W}tblHeader") is not None for row in table._tbl.tr_lst]  # noqa: SLF001
        assert marked == [True, *[False] * (len(marked) - 1)]


def test_the_same_roster_is_the_same_bytes():
    assert as_docx(a_roster("Oy")) == as_docx(a_roster("Oy"))


def test_a_roster_of_nobody_says_so(tmp_path):
    said = {}
    for name, roster in (("one", a_roster("Oy")), ("nobody", a_roster())):
        file = tmp_path / f"{name}.docx"
        file.write_bytes(as_docx(roster))
        said[name] = [paragraph.text for paragraph in Document(str(file)).paragraphs]
    sentence = "Yhdelläkään vuokralaisella ei ole Kanta-palvelua tänä päivänä."
    assert (sentence in said["one"], sentence in said["nobody"]) == (False, True)
