"""Whatever is changed, added, removed or swapped after signing, the verdict is never *valid*."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanta_tenancy.machinery.ooxml.names import UNSIGNED_RELATIONSHIPS
from kanta_tenancy.machinery.ooxml.report import Outcome, Verdict
from tests.machinery.ooxml.verification.asking import ask, assert_breaks, only, outcomes
from tests.machinery.ooxml.verification.documents import (
    DOCUMENT,
    DOCUMENT_LINES,
    PACKAGE,
    RELATIONSHIPS,
    TYPES,
    WORD,
    Parts,
    R,
    a_document,
    default,
    override,
    packed,
    relationship,
    relationships,
)
from tests.machinery.ooxml.verification.forger import (
    C14N,
    MDSSI,
    RELATIONSHIP_TRANSFORM,
    SIG1,
    Forgery,
    part_reference,
    references,
    relationships_reference,
    signed,
    with_line,
)
from tests.machinery.ooxml.verification.signers import signer
from tests.machinery.opc.zips import Item, zipped

SIGNED = signed(a_document())
SIGNED_NAMES = [name for name in a_document() if name != TYPES and not name.startswith("docProps/")]


@given(name=st.sampled_from(SIGNED_NAMES), at=st.integers(0, 10**6), change=st.integers(1, 255))
def test_a_changed_byte_of_a_signed_part_is_never_valid(name: str, at: int, change: int):
    content = bytearray(SIGNED[name])
    content[at % len(content)] ^= change
    assert ask({**SIGNED, name: bytes(content)}).verdict is not Verdict.VALID or _same_relationships(name, content)


def _same_relationships(name: str, content: bytearray) -> bool:
    """Tell whether a `.rels` part still says the same: what it relates is signed, not how that is written."""
    if not name.endswith(".rels"):
        return False
    return _lines(bytes(content)) == _lines(SIGNED[name])


def _lines(content: bytes) -> list[dict[bytes, bytes]]:
    lines = [
        dict(re.findall(rb"(\w+)\s*=\s*\"([^\"]*)\"", line))
        for line in re.findall(rb"(?s)<Relationship\s.*?/>", content)
    ]
    for line in lines:
        if line.get(b"Type", b"").decode("latin-1") in UNSIGNED_RELATIONSHIPS:
            line.pop(b"Id", None)  # what leads to metadata and signatures is not signed, whatever it is called
    return lines


@given(at=st.integers(0, 10**6), change=st.integers(1, 255))
@settings(max_examples=300)
def test_a_changed_byte_of_what_a_signature_signs_is_never_valid(at: int, change: int):
    content = bytearray(SIGNED[SIG1])
    key_info = range(SIGNED[SIG1].index(b"<KeyInfo>"), SIGNED[SIG1].index(b"</KeyInfo>"))
    position = [each for each in range(100, len(content)) if each not in key_info][
        at % (len(content) - 100 - len(key_info))
    ]
    content[position] ^= change
    report = ask({**SIGNED, SIG1: bytes(content)})
    if bytes(content[position : position + 1]).isspace() and SIGNED[SIG1][position : position + 1].isspace():
        return  # one space for another in a tag
    assert report.verdict is not Verdict.VALID


@given(at=st.integers(0, 10**6), change=st.integers(1, 255))
def test_a_changed_byte_of_the_certificates_never_gives_another_signer(at: int, change: int):
    start, end = SIGNED[SIG1].index(b"<KeyInfo>"), SIGNED[SIG1].index(b"</KeyInfo>")
    content = bytearray(SIGNED[SIG1])
    content[start + at % (end - start)] ^= change
    report = ask({**SIGNED, SIG1: bytes(content)})
    assert report.verdict is not Verdict.VALID or only(report).signer == only(ask(SIGNED)).signer


def without(parts: Parts, *names: str) -> Parts:
    return {name: content for name, content in parts.items() if name not in names}


def with_part(name: str = "word/people.xml", kind: str = f"{WORD}.people+xml", content: bytes = b"<people/>") -> Parts:
    return {**SIGNED, TYPES: with_line(SIGNED[TYPES], override(f"/{name}", kind)), name: content}


def related(name: str, line: str, parts: Parts | None = None) -> Parts:
    parts = parts or SIGNED
    return {**parts, name: with_line(parts[name], line)}


def changed(name: str, old: bytes, new: bytes, parts: Parts | None = None) -> Parts:
    parts = parts or SIGNED
    assert old in parts[name]
    return {**parts, name: parts[name].replace(old, new)}


CORE = f"{PACKAGE}/relationships/metadata/core-properties"
CHANGED = {
    "a changed text": ({"R5"}, changed(DOCUMENT, b"100", b"900")),
    "a changed image": ({"R5"}, changed("word/media/image1.png", b"\x01", b"\x02")),
    "a changed style": ({"R5"}, changed("word/styles.xml", b"22", b"24")),
    "a removed part": ({"R5"}, without(SIGNED, "word/header1.xml")),
    "a removed main part": ({"R4", "R5"}, without(SIGNED, DOCUMENT, RELATIONSHIPS)),
    "an added part": ({"R5"}, with_part()),
    "an added part that is related": (
        {"R5", "R6"},
        related(RELATIONSHIPS, relationship("rId9", "urn:people", "people.xml"), with_part()),
    ),
    "an added part among the metadata": ({"R5"}, with_part("docProps/evil.xml", f"{WORD}.people+xml")),
    "an added part of a metadata type": (
        {"R5"},
        with_part("docProps/core2.xml", "application/vnd.openxmlformats-package.core-properties+xml"),
    ),
    "metadata that leads elsewhere": (
        {"R5", "R6"},
        changed("_rels/.rels", b"docProps/core.xml", b"word/people.xml", with_part()),
    ),
    "metadata of two kinds": (
        {"R5", "R6"},
        related("_rels/.rels", relationship("rId9", CORE, "docProps/evil.xml"), with_part("docProps/evil.xml")),
    ),
    "metadata as an image": (
        {"R6"},
        related(RELATIONSHIPS, relationship("rId9", f"{R}/image", "/docProps/core.xml")),
    ),
    "an added relationship to a signed part": (
        {"R6"},
        related(RELATIONSHIPS, relationship("rId9", f"{R}/image", "media/image1.png")),
    ),
    "a relationship of metadata in another part": (
        {"R6"},
        related(RELATIONSHIPS, relationship("rId9", CORE, "/docProps/core.xml")),
    ),
    "relationships of metadata": (
        {"R6"},
        {**SIGNED, "docProps/_rels/app.xml.rels": relationships(relationship("rId1", f"{R}/image", "core.xml"))},
    ),
    "a removed relationship": (
        {"R6"},
        {**SIGNED, RELATIONSHIPS: relationships(*DOCUMENT_LINES[:-1])},
    ),
    "a relationship led elsewhere": ({"R6"}, changed(RELATIONSHIPS, b"header1.xml", b"styles.xml")),
    "a relationship of another type": ({"R6"}, changed(RELATIONSHIPS, b"/header", b"/footer")),
    "a relationship made external": (
        {"R6"},
        changed(RELATIONSHIPS, b'header1.xml"', b'header1.xml" TargetMode="External"'),
    ),
    "swapped relationships": (
        {"R6"},
        changed(
            RELATIONSHIPS,
            b"X",
            b"header1.xml",
            changed(RELATIONSHIPS, b"header1.xml", b"styles.xml", changed(RELATIONSHIPS, b"styles.xml", b"X")),
        ),
    ),
    "removed relationships of a part": ({"R6"}, without(SIGNED, RELATIONSHIPS)),
    "another content type": ({"R5"}, changed(TYPES, f"{WORD}.header+xml".encode(), f"{WORD}.footer+xml".encode())),
    "another default content type": ({"R5"}, changed(TYPES, b"image/png", b"image/gif")),
    "a content type overridden": ({"R5"}, related(TYPES, override("/word/media/image1.png", "image/svg+xml"))),
    "a relationships part of another type": (
        {"R8"},
        related(TYPES, override("/word/_rels/document.xml.rels", "application/xml")),
    ),
    "a part in the folder of signatures": ({"R7"}, with_part("_xmlsignatures/extra.xml")),
}


@pytest.mark.parametrize(("rules", "parts"), CHANGED.values(), ids=CHANGED.keys())
def test_it_is_invalid_after(rules: set[str], parts: Parts):
    assert_breaks(parts, *rules)


@pytest.mark.parametrize(
    "change", ["a changed text", "a removed part", "a removed relationship", "a relationship led elsewhere"]
)
def test_what_was_signed_and_changed_fails_integrity(change: str):
    assert only(ask(CHANGED[change][1])).integrity.outcome is Outcome.FAILED


@pytest.mark.parametrize("change", ["an added part", "another content type", "an added relationship to a signed part"])
def test_what_was_never_signed_fails_coverage_and_not_integrity(change: str):
    signature = only(ask(CHANGED[change][1]))
    assert signature.integrity.outcome is Outcome.PASSED
    assert signature.coverage.outcome is Outcome.FAILED


def test_a_signature_that_does_not_hold_together_leaves_the_other_questions_open():
    found = outcomes(only(ask(changed(SIG1, b"DigestValue>", b"DigestValues>"))))
    assert found.pop("integrity") is found.pop("coverage") is Outcome.FAILED
    assert set(found.values()) == {Outcome.UNKNOWN}


def test_an_answer_tells_the_first_finding_and_how_many_there_are():
    once = only(ask(changed(DOCUMENT, b"100", b"900"))).integrity
    assert once.reason == "/word/document.xml: The part was changed after it was signed."
    twice = only(ask(changed("word/styles.xml", b"22", b"24", changed(DOCUMENT, b"100", b"900")))).integrity
    assert twice.reason == f"{once.reason} And 1 more."
    assert only(ask(SIGNED)).integrity.reason == "Everything that was signed is unchanged."


def test_what_is_not_covered_is_named():
    parts = related(RELATIONSHIPS, relationship("rId9", "urn:people", "people.xml"), with_part())
    report = ask(parts)
    assert set(report.uncovered) == {"/word/people.xml", "/word/_rels/document.xml.rels#rId9"}
    assert only(report).coverage.outcome is Outcome.FAILED
    assert only(report).integrity.outcome is Outcome.PASSED


def test_entries_are_looked_at_as_a_zip_too():
    entries = [Item(name=name, content=content) for name, content in SIGNED.items()]
    evil = SIGNED[DOCUMENT].replace(b"100", b"900")
    assert ask(zipped(*entries)).verdict is Verdict.VALID
    for more in (
        Item(name=DOCUMENT, content=evil),
        Item(name="word/Document.xml", content=evil),
        Item(name="word\\document.xml", content=evil),
        Item(name="word/./document.xml", content=evil),
        Item(name="/word/document.xml", content=evil),
        Item(name="word/evil.xml", content=evil, local={"name": b"word/other.xm"[:13]}),
    ):
        assert_breaks(zipped(*entries, more), "R0")
    assert_breaks(zipped(*entries, before=b"MZ"), "R0")
    assert_breaks(packed(SIGNED) + b"\0", "R0")


def test_a_signature_must_cover_everything_when_it_is_made():
    def leaving_out(name: str) -> Forgery:
        return Forgery(references=lambda found: [each for each in found if f'"/{name}?' not in each])

    for name in SIGNED_NAMES:
        report = assert_breaks(signed(a_document(), leaving_out(name)), "R6" if name.endswith(".rels") else "R5")
        assert only(report).coverage.outcome is Outcome.FAILED


def test_a_manifest_that_names_what_is_not_there_is_invalid():
    ghost = part_reference("word/ghost.xml", "application/xml", b"")
    assert_breaks(signed(a_document(), Forgery(references=lambda found: [*found, ghost])), "R5")
    link = relationships_reference(
        RELATIONSHIPS, a_document()[RELATIONSHIPS], ["rId1", "rId2", "rId3", "rId10", "rId11"]
    )
    changed_links = Forgery(references=lambda found: [*(each for each in found if RELATIONSHIPS not in each), link])
    assert_breaks(signed(a_document(), changed_links), "R6")


def test_a_part_signed_as_something_else_is_invalid():
    def as_header(found: list[str]) -> list[str]:
        return [each.replace(f"{WORD}.styles+xml", f"{WORD}.header+xml") for each in found]

    report = assert_breaks(signed(a_document(), Forgery(references=as_header)), "R5")
    assert report.uncovered == ("/word/styles.xml",)


def test_relationships_selected_by_type_do_not_count():
    group = (
        f'<Transforms><Transform Algorithm="{RELATIONSHIP_TRANSFORM}"><mdssi:RelationshipsGroupReference '
        f'xmlns:mdssi="{MDSSI}" SourceType="{R}/officeDocument"></mdssi:RelationshipsGroupReference>'
        f'</Transform><Transform Algorithm="{C14N}"></Transform></Transforms>'
    )
    root = relationships_reference("_rels/.rels", a_document()["_rels/.rels"], ["rId1"], transform=group)
    how = Forgery(references=lambda found: [root if "/_rels/.rels?" in each else each for each in found])
    assert_breaks(signed(a_document(), how), "R6")


def test_a_relationship_must_not_lead_to_what_is_not_signed():
    document = a_document(
        **{RELATIONSHIPS: relationships(*DOCUMENT_LINES, relationship("rId9", f"{R}/x", "/docProps/app.xml"))}
    )
    report = assert_breaks(signed(document), "R6")
    assert report.uncovered == ("/word/_rels/document.xml.rels#rId9",)


SELECTED = (
    f'<Transform Algorithm="{RELATIONSHIP_TRANSFORM}"><mdssi:RelationshipReference xmlns:mdssi="{MDSSI}" '
    'SourceId="rId1"></mdssi:RelationshipReference></Transform>'
)
CANONICALISED = f'<Transform Algorithm="{C14N}"></Transform>'


@pytest.mark.parametrize(
    ("rule", "transforms"),
    [
        ("R3", []),
        ("R6", [SELECTED]),
        ("R3", [CANONICALISED]),
        ("R3", [CANONICALISED, SELECTED]),
        ("R6", [SELECTED, SELECTED]),
        ("R6", [SELECTED, CANONICALISED, CANONICALISED]),
        ("R6", [SELECTED, SELECTED, CANONICALISED]),
        ("R3", [SELECTED.replace("Transform ", "Other ").replace("</Transform>", "</Other>"), CANONICALISED]),
        ("R6", [SELECTED, CANONICALISED.replace("Transform", "Other")]),
    ],
)
def test_relationships_are_selected_once_and_canonicalised_at_once(rule: str, transforms: list[str]):
    written = f"<Transforms>{''.join(transforms)}</Transforms>"
    root = relationships_reference("_rels/.rels", a_document()["_rels/.rels"], ["rId1"], transform=written)
    how = Forgery(references=lambda found: [root if "/_rels/.rels?" in each else each for each in found])
    assert_breaks(signed(a_document(), how), rule)


def test_a_part_is_digested_whole_and_not_after_a_transform():
    written = f"<Transforms>{CANONICALISED}</Transforms>"
    image = part_reference("word/media/image1.png", "image/png", bytes(range(200)), transforms=written)
    how = Forgery(references=lambda found: [image if "image1" in each else each for each in found])
    assert_breaks(signed(a_document(), how), "R3")


def test_the_table_begins_with_a_document_that_is_valid():
    assert ask(SIGNED).verdict is Verdict.VALID
    assert len(references(SIGNED)) == len(SIGNED_NAMES)
    assert default("a", "b") not in SIGNED[TYPES].decode()


def test_what_was_judged_in_one_file_does_not_excuse_another():
    """The same signature beside other parts, and the same parts beside another signature."""
    one, other = signed(a_document()), signed(a_document(), Forgery(credential=signer("Eino")))
    changed = {**one, DOCUMENT: one[DOCUMENT].replace(b"100", b"900")}
    for _ in range(2):
        assert ask(one).verdict is Verdict.VALID
        assert ask({**one, SIG1: other[SIG1]}) != ask(one)
        assert ask(changed).verdict is Verdict.INVALID
        assert ask(one) == ask(one)
