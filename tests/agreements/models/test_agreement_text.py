"""The model agreement that travels with the program: three documents, a manifest, and the table of their duties."""

import hashlib
import re
import tomllib
from pathlib import Path

import pytest
from docx import Document
from lxml import etree

ROOT = Path(__file__).parents[3]
MODEL = ROOT / "templates" / "agreements" / "main-connector-tenant-1"
MANIFEST = tomllib.loads((MODEL / "manifest.toml").read_text("utf-8"))
LANGUAGES = ("fi", "sv", "en")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"

ROW = re.compile(
    r"^\| (Annex 1|[\d.]+) \| (\d+) \| (main connector|tenant|both|\N{EN DASH}) \| (.+) \| (K[^|]+) \|$", re.MULTILINE
)
UNSTATED = re.compile(r"^\| (K[\d.]+[abc]?) \|", re.MULTILINE)
END_OF_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-ZÅÄÖ])")
_IDS = (
    "K1.1 K1.2 K1.3 K2.1 K2.2 K2.3 K2.4 K3.1 K3.2 K4.1a K4.1b K4.1c K4.2 K5 K6 K7 K8 K9 K10 K11 K12 K13 K14 K15 K16 "
    "K17.1 K17.2 K17.3 K18 K19 K20.1 K20.2 K20.3 K20.4 K20.5 K21"
)
REQUIREMENTS = frozenset(_IDS.split())
DUTIES = (ROOT / "docs" / "duties.md").read_text("utf-8")


def document(language):
    return Document(str(MODEL / f"{language}.docx"))


def headings(language):
    return [p for p in document(language).paragraphs if p.style.name in {"Heading 1", "Heading 2"}]


def numbered(paragraphs):
    """Number headings as their styles do."""
    clause = section = 0
    for paragraph in paragraphs:
        if paragraph.style.name == "Heading 1":
            clause, section = clause + 1, 0
            yield str(clause), paragraph.text
        else:
            section += 1
            yield f"{clause}.{section}", paragraph.text


def sentences_by_clause(language):
    """Count sentences as docs/duties.md says; controls around paragraphs (repeated items) are not counted."""
    counts = {}
    numbers = iter([number for number, _ in numbered(headings(language))])
    clause = None
    for paragraph in document(language).paragraphs:
        style = paragraph.style.name
        if style in {"Heading 1", "Heading 2"}:
            clause = next(numbers)
        elif style == "Annex Heading":
            clause = "Annex 1"
        elif clause and style.startswith("Body Text"):
            counts[clause] = counts.get(clause, 0) + len(END_OF_SENTENCE.split(paragraph.text))
        elif clause and style.startswith("List "):
            counts[clause] = counts.get(clause, 0) + 1
    return counts


def tags(language):
    package = document(language).part.package
    return [
        tag.get(f"{W}val")
        for part in sorted(package.iter_parts(), key=lambda part: part.partname)
        if part.partname.endswith(".xml")
        for tag in etree.fromstring(part.blob).iter(f"{W}tag")
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_document_is_the_one_that_the_manifest_froze(language):
    stated = MANIFEST["languages"][language]
    assert hashlib.sha256((MODEL / stated["file"]).read_bytes()).hexdigest() == stated["sha256"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_document_has_the_clauses_and_headings_of_the_manifest(language):
    stated = [(clause["number"], clause["heading"]) for clause in MANIFEST["languages"][language]["clauses"]]
    assert list(numbered(headings(language))) == stated
    assert [number for number, _ in stated if "." not in number] == [str(n) for n in range(1, 22)]


def test_the_three_languages_hold_the_same_controls_in_the_same_order():
    assert tags("fi") == tags("sv") == tags("en")


def test_the_controls_are_those_of_the_manifest():
    stated = MANIFEST["placeholders"]
    names = {*stated["text"], *stated["conditional_text"], *stated["conditional"], *stated["signature_lines"]}
    for repeated, items in stated["repeated"].items():
        names |= {repeated, *items}
    assert set(tags("en")) == names


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_has_a_row_in_the_table_of_duties(language):
    rows = {}
    for clause, sentence, *_ in ROW.findall(DUTIES):
        rows.setdefault(clause, []).append(int(sentence))
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in rows.values())
    assert {clause: len(numbers) for clause, numbers in rows.items()} == sentences_by_clause(language)


def test_every_requirement_is_stated_by_a_sentence_or_said_to_be_unstated():
    stated = {one.strip() for *_, names in ROW.findall(DUTIES) for one in names.split(",")}
    unstated = set(UNSTATED.findall(DUTIES))
    assert stated | unstated == REQUIREMENTS
    assert not stated & unstated


def test_every_line_of_the_table_of_duties_can_be_read():
    table = DUTIES.split("|---|---|---|---|---|\n")[1].split("\n\n")[0]
    assert len(table.splitlines()) == len(ROW.findall(DUTIES))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_document_names_no_person_and_says_its_language(language):
    properties = document(language).core_properties
    assert (properties.author, properties.last_modified_by) == ("Kanta Tenancy", "Kanta Tenancy")
    assert properties.title == MANIFEST["languages"][language]["title"]
    assert properties.language == MANIFEST["languages"][language]["tag"]
