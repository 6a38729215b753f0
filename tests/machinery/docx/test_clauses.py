"""Clauses as a reader of the document sees them."""

import pytest

from kanta_tenancy.machinery.docx import read_clauses
from kanta_tenancy.machinery.opc import BrokenPackage
from tests.machinery.docx import forms
from tests.machinery.docx.forms import form, paragraph, run


def level(depth, pattern, kind="decimal", style="", more=""):
    tied = f'<w:pStyle w:val="{style}"/>' if style else ""
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>{tied}{more}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


NUMBERING = (
    f"<w:numbering {forms.NAMESPACES}>"
    f'<w:abstractNum w:abstractNumId="1">{level(0, "%1", style="Otsikko1")}{level(1, "%1.%2", style="Otsikko2")}'
    "</w:abstractNum>"
    f'<w:abstractNum w:abstractNumId="2">{level(0, "(%1)", "lowerLetter")}{level(1, "%2.", "upperRoman")}'
    "</w:abstractNum>"
    f'<w:abstractNum w:abstractNumId="3">{level(0, "•", "bullet")}</w:abstractNum>'
    '<w:abstractNum w:abstractNumId="4"><w:numStyleLink w:val="List"/></w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="5"><w:styleLink w:val="List"/>{level(0, "%1)", "decimalZero")}</w:abstractNum>'
    f'<w:abstractNum w:abstractNumId="6">{level(0, "Art. %1", "upperRoman")}'
    f"{level(1, '%1.%2', more='<w:isLgl/>')}</w:abstractNum>"
    + "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in range(1, 7))
    + '<w:num w:numId="7"><w:abstractNumId w:val="2"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="3"/>'
    "</w:lvlOverride></w:num></w:numbering>"
).encode()
STYLES = (
    f"<w:styles {forms.NAMESPACES}>"
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normaali"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Otsikko1"><w:name w:val="heading 1"/><w:basedOn w:val="Normaali"/>'
    '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Otsikko2"><w:name w:val="Otsikko 2"/>'
    '<w:pPr><w:numPr><w:ilvl w:val="1"/><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Mine"><w:name w:val="My clause"/>'
    '<w:pPr><w:outlineLvl w:val="0"/></w:pPr></w:style>'
    '<w:style w:type="paragraph" w:styleId="Same"><w:name w:val="Same"/><w:basedOn w:val="Mine"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Loop"><w:name w:val="Loop"/><w:basedOn w:val="Loop"/></w:style></w:styles>'
).encode()


def listed(number, text, depth=0):
    properties = f'<w:pPr><w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr></w:pPr>'
    return f"<w:p>{properties}{run(text)}</w:p>"


def clauses(*paragraphs):
    docx = forms.changed(form("".join(paragraphs)), {"word/numbering.xml": NUMBERING, "word/styles.xml": STYLES})
    return [(one.number, one.level, one.heading, one.paragraphs) for one in read_clauses(docx)]


def test_headings_divide_the_text_and_are_numbered_as_word_numbers_them():
    assert clauses(
        paragraph(run("Before all clauses")),
        paragraph(run("Johdanto"), "Otsikko1"),
        paragraph(run("First.")),
        paragraph(""),
        paragraph(run("Second.")),
        paragraph(run("Häiriöt"), "Otsikko1"),
        paragraph(run("Häiriö"), "Otsikko2"),
        paragraph(run("Text.")),
        paragraph(run("Loukkaus"), "Otsikko2"),
        paragraph(run("Lopuksi"), "Otsikko1"),
        paragraph(run("Alku"), "Otsikko2"),
    ) == [
        ("1", 1, "Johdanto", ("First.", "Second.")),
        ("2", 1, "Häiriöt", ()),
        ("2.1", 2, "Häiriö", ("Text.",)),
        ("2.2", 2, "Loukkaus", ()),
        ("3", 1, "Lopuksi", ()),
        ("3.1", 2, "Alku", ()),
    ]


@pytest.mark.parametrize(
    ("typed", "number", "heading"),
    [
        ("4.1 Acting", "4.1", "Acting"),
        ("12. Archivist", "12", "Archivist"),
        ("3) Systems", "3", "Systems"),
        ("Annex 1 Services", "", "Annex 1 Services"),
        ("2026", "", "2026"),
    ],
)
def test_a_typed_number_is_taken_off_the_heading(typed, number, heading):
    assert clauses(paragraph(run(typed), "Mine")) == [(number, 1, heading, ())]


def test_an_outline_level_makes_a_heading_and_unmakes_one():
    unmade = '<w:p><w:pPr><w:pStyle w:val="Otsikko1"/><w:outlineLvl w:val="9"/></w:pPr>' + run("no heading") + "</w:p>"
    made = '<w:p><w:pPr><w:outlineLvl w:val="2"/></w:pPr>' + run("made") + "</w:p>"
    found = clauses(paragraph(run("Based"), "Same"), paragraph(run("round"), "Loop"), unmade, made)
    assert [(level, heading) for _, level, heading, _ in found] == [(1, "Based"), (3, "made")]


def test_lists_are_read_with_their_letters_and_bullets_without():
    items = [
        listed(2, "one"),
        listed(2, "two"),
        listed(2, "deep", 1),
        listed(2, "deeper", 1),
        listed(2, "three"),
        listed(2, "again", 1),
        listed(3, "bullet"),
        listed(4, "linked"),
        listed(7, "restarted"),
        listed(7, "goes on"),
        listed(0, "no list"),
        listed(99, "no such list"),
    ]
    [(_, _, _, body)] = clauses(paragraph(run("Lists"), "Mine"), *items)
    assert body == (
        "(a) one", "(b) two", "I. deep", "II. deeper", "(c) three", "I. again", "bullet", "01) linked",
        "(c) restarted", "(d) goes on", "no list", "no such list",
    )  # fmt: skip


def test_legal_numbering_shows_digits():
    [(_, _, _, body)] = clauses(paragraph(run("X"), "Mine"), listed(6, "a"), listed(6, "b", 1))
    assert body == ("Art. I a", "1.1 b")


def test_placeholders_and_tables_are_read_where_they_stand():
    body = paragraph(run("Parties"), "Otsikko1") + forms.NAME + forms.SERVICES
    assert clauses(body) == [("1", 1, "Parties", ("Tenant: prompt.", "Services", "prompt prompt"))]


def test_a_heading_is_read_across_its_runs_and_white_space():
    heading = paragraph(run("4.1") + "<w:r><w:tab/></w:r>" + run(" Acting  in ") + run("disturbances"), "Mine")
    assert clauses(heading) == [("4.1", 1, "Acting in disturbances", ())]


@pytest.mark.parametrize("start", [b"999999999", b"99999999999999999999", b"-1", b"x", b""])
@pytest.mark.parametrize("form_of", [b"upperRoman", b"lowerLetter", b"decimalZero", b"chineseCounting"])
def test_hostile_numbers_do_no_harm(start, form_of):
    wild = NUMBERING.replace(b'w:start w:val="1"', b'w:start w:val="%b"' % start).replace(b"decimal", form_of)
    docx = forms.changed(form(paragraph(run("X"), "Otsikko1")), {"word/numbering.xml": wild, "word/styles.xml": STYLES})
    [clause] = read_clauses(docx)
    assert clause.heading == "X"
    assert len(clause.number) <= 9


def test_a_file_that_is_no_document_is_refused():
    with pytest.raises(BrokenPackage):
        read_clauses(b"not a document")
