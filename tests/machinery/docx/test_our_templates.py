"""The templates that travel with the program, filled as agreements fill them."""

import io
import re
from collections import Counter

import docx
import pytest
from lxml import etree

from kanta_tenancy.agreements.models.rendering import CONTRACT
from kanta_tenancy.machinery.docx import SignatureLine, Values, compile_template, content_hash, read_clauses
from kanta_tenancy.machinery.docx.fields import ALLOWED
from kanta_tenancy.machinery.opc import Package
from kanta_tenancy.machinery.resources import folder
from tests.machinery.docx import forms
from tests.machinery.docx.forms import W, found

FILES = sorted(folder("templates").glob("agreements/main-connector-tenant-*/*.docx"))
EMF = bytes(40) + b" EMF" + bytes(100)
JOINT = frozenset({"signatory.tenant.2", "signatory.main_connector.2"})
BLOCKS = {f"{W}{name}" for name in ("p", "tbl", "bookmarkStart", "bookmarkEnd", "proofErr")}
# What may stand in what, as far as filling can get it wrong: parent → children (ECMA-376-1, 17.2 to 17.4).
CHILDREN = {
    f"{W}body": BLOCKS | {f"{W}sectPr"},
    f"{W}hdr": BLOCKS,
    f"{W}ftr": BLOCKS,
    f"{W}tc": BLOCKS | {f"{W}tcPr"},
    f"{W}tbl": {f"{W}{name}" for name in ("tblPr", "tblGrid", "tr", "bookmarkStart", "bookmarkEnd")},
    f"{W}tr": {f"{W}{name}" for name in ("trPr", "tblPrEx", "tc")},
    f"{W}p": {f"{W}{name}" for name in ("pPr", "r", "hyperlink", "fldSimple", "bookmarkStart", "bookmarkEnd")},
    f"{W}t": set(),
}  # fmt: skip


def rows(group, number):
    return {item: f"{item} {number}" for item in group.items.all()}


def headings(written):
    styles = (paragraph.style.name for paragraph in docx.Document(io.BytesIO(written)).paragraphs)
    return Counter(name for name in styles if name.startswith("Heading"))


def values(present):
    """Values in which every text says its own name."""
    lines = CONTRACT.signature_lines.required | {name.removeprefix("signatory.") for name in present}
    return Values(
        properties=forms.values().properties,
        texts={name: f"<{name}> & more" for name in CONTRACT.texts.all()},
        rows={group.name: [rows(group, n) for n in range(3)] for group in CONTRACT.groups},
        present=present,
        signature_lines={
            name: SignatureLine(id=forms.guid(number), name=name, title="CEO", email="a@b.fi", image=EMF)
            for number, name in enumerate(sorted(lines), 1)
        },
    )  # fmt: skip


@pytest.fixture(params=FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def file(request):
    return request.param.read_bytes()


def test_there_are_three_languages():
    assert {one.stem for one in FILES} == {"fi", "sv", "en"}


def test_each_is_a_template_of_the_agreement(file):
    assert found(file, CONTRACT) == []


@pytest.mark.parametrize("present", [frozenset(), frozenset({"signatory.tenant.2"}), JOINT], ids=[1, 3, 4])
def test_each_is_filled_into_a_document_of_the_right_shape(file, present):
    package = Package.read(compile_template(file, CONTRACT).fill(values(present)))
    package.archive.check_all()
    for part, kind in package.parts.items():
        if not kind.endswith(("document.main+xml", "header+xml", "footer+xml")):
            continue
        for element in package.xml(part).iter(*CHILDREN):
            assert {child.tag for child in element} <= CHILDREN[element.tag], etree.tostring(element)[:300]
            assert element.tag != f"{W}tc" or element[-1].tag == f"{W}p"
            assert element.tag != f"{W}tbl" or element.find(f"{W}tr") is not None


def test_every_value_is_printed_and_every_line_is_there(file):
    filled = compile_template(file, CONTRACT).fill(values(JOINT))
    package = Package.read(filled)
    printed = "".join("".join(package.xml(part).itertext()) for part in package.parts if part.endswith(".xml"))
    assert [name for name in CONTRACT.texts.all() if f"<{name}> & more" not in printed] == []
    assert [f"service.name {n}" in printed for n in range(4)] == [True, True, True, False]
    lines = package.xml(package.main_part()).iter("{urn:schemas-microsoft-com:office:office}signatureline")
    assert sorted(line.get("{urn:schemas-microsoft-com:office:office}suggestedsigner") for line in lines) == sorted(
        CONTRACT.signature_lines.all()
    )


def test_the_second_signatory_leaves_nothing_when_there_is_none(file):
    filled = compile_template(file, CONTRACT).fill(values(frozenset()))
    document = forms.part(filled, "word/document.xml").decode()
    assert "tenant.2" not in document
    assert "main_connector.2" not in document
    assert sum(name.startswith("word/media/") for name in forms.names(filled)) == 2


def test_headings_stay_headings(file):
    before = headings(file)
    after = headings(compile_template(file, CONTRACT).fill(values(JOINT)))
    assert before == after
    assert sum(before.values()) >= 21


def test_the_clauses_are_numbered_from_1_to_21(file):
    numbers = [clause.number for clause in read_clauses(file)]
    assert [number for number in numbers if number and "." not in number] == [str(n) for n in range(1, 22)]
    assert {"4.1", "4.2", "17.1", "17.2"} <= set(numbers)


def test_two_languages_are_two_contents():
    assert len({content_hash(one.read_bytes()) for one in FILES}) == len(FILES)


def test_the_page_about_templates_names_every_placeholder_and_no_other():
    page = (folder("templates").parent / "docs" / "templates.md").read_text("utf-8")
    table = page.partition("## The names of the agreement")[2].partition("## What a template may not have")[0]
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    named = {tag for line in rows for tag in re.findall(r"`([a-z0-9_.:]+)`", line.split("|")[1])}
    assert named == {
        *CONTRACT.texts.all(),
        *(f"each:{group.name}" for group in CONTRACT.groups),
        *(name for group in CONTRACT.groups for name in group.items.all()),
        *(f"if:{name}" for name in CONTRACT.conditions.all()),
        *(f"signature_line:{name}" for name in CONTRACT.signature_lines.all()),
    }
    required = {tag for line in rows if "| yes" in line for tag in re.findall(r"`([a-z0-9_.]+)`", line.split("|")[1])}
    assert required & CONTRACT.texts.all() == CONTRACT.texts.required


def test_the_page_about_templates_lists_the_fields_that_are_allowed():
    page = (folder("templates").parent / "docs" / "templates.md").read_text("utf-8")
    sentence = page.partition("fields other than ")[2].partition(":")[0]
    assert set(re.findall(r"[A-Z]+", sentence)) == ALLOWED
