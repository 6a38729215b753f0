"""Whatever the bytes are, there is an answer, soon, and it is never *valid* by accident."""

import json
import random
import time
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanta_tenancy.machinery.ooxml.presentation import as_json, as_text
from kanta_tenancy.machinery.ooxml.report import Report, Verdict
from kanta_tenancy.machinery.ooxml.verification import verify
from tests.machinery.ooxml.verification.asking import ask, assert_breaks
from tests.machinery.ooxml.verification.documents import (
    DOCUMENT,
    TYPES,
    a_document,
    body,
    packed,
    paragraph,
    style,
    styles,
)
from tests.machinery.ooxml.verification.forger import SIG1, Forgery, part_reference, references, signed
from tests.machinery.ooxml.verification.signers import NOW
from tests.machinery.opc.zips import STORED, Item, zipped

PARTS = signed(a_document())
DATA = packed(PARTS)
PIECES = [
    b"<",
    b">",
    b"/",
    b'"',
    b"&",
    b"&#0;",
    b"]]>",
    b"<!--",
    b"-->",
    b"<?a?>",
    b"xmlns=''",
    b"\0",
    b"\xff",
    b"Id='a'",
    b"=",
    b"A" * 300,
]


def answered(data: bytes) -> Report:
    """Verify, and write the report in every form."""
    report = verify(data, at=NOW)
    assert json.loads(json.dumps(as_json(report)))["verdict"] == report.verdict
    assert as_text(report).startswith(report.verdict)
    assert (report.verdict is Verdict.VALID) <= (not report.reasons)
    return report


@given(st.binary(max_size=300))
def test_any_bytes_are_answered(data: bytes):
    assert answered(data).verdict is Verdict.INVALID
    assert answered(b"PK\x03\x04" + data).verdict is Verdict.INVALID


@given(start=st.integers(0, len(DATA)), length=st.integers(1, 200), filler=st.binary(max_size=50))
@settings(max_examples=150)
def test_any_damage_to_the_file_is_answered(start: int, length: int, filler: bytes):
    damaged = DATA[:start] + filler + DATA[start + length :]
    assert damaged == DATA or answered(damaged).verdict is Verdict.INVALID


@given(name=st.sampled_from(sorted(PARTS)), chance=st.randoms(use_true_random=True))
@settings(max_examples=400)
def test_any_damage_to_a_part_is_answered(name: str, chance: random.Random):
    """Damage below the checksums of the zip, where the parsers live."""
    content = PARTS[name]
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(content))
        piece = chance.choice([*PIECES, content[at : at + chance.randint(0, 60)]])
        content = content[:at] + piece + content[at + chance.choice([0, 1, len(piece), 40]) :]
    answered(packed({**PARTS, name: content}))


@given(chance=st.randoms(use_true_random=True))
@settings(max_examples=200)
def test_a_signature_whose_elements_are_shuffled_is_answered(chance: random.Random):
    """Cut a signature at its tags, and drop, double and move the pieces."""
    tags = PARTS[SIG1].decode().partition("?>")[2].replace("<", "\0<").split("\0")
    for _ in range(chance.randint(1, 3)):
        one, two = sorted(chance.choices(range(2, len(tags) - 1), k=2))
        tags[one:two] = chance.choice([[], tags[one:two] * 2, tags[two:one:-1], [tags[one].upper()]])
    report = answered(packed({**PARTS, SIG1: "".join(tags).encode()}))
    assert report.verdict is not Verdict.VALID


@pytest.mark.parametrize("element", ["Manifest", "SignedInfo", "KeyInfo", "Object", "X509Data"])
def test_a_signature_that_is_very_wide_or_deep_is_answered_soon(element: str):
    wide = f"<{element}>" + "<Reference/>" * 50_000 + f"</{element}>"
    deep = "<Object>" * 255 + "</Object>" * 255
    for filler in (wide, deep):
        text = PARTS[SIG1].decode().replace(f"<{element}>", filler, 1)
        start = time.process_time()
        answered(packed({**PARTS, SIG1: text.encode()}))
        assert time.process_time() - start < 2


def test_a_manifest_of_thousands_of_references_is_answered_soon():
    def many(found: list[str]) -> list[str]:
        return [*found, *(part_reference(f"word/{number}.xml", "a/b", b"") for number in range(8_000))]

    start = time.process_time()
    assert_breaks(signed(a_document(), Forgery(references=many)), "R5")
    assert time.process_time() - start < 3


def crowded(root: str = "", key_info: str = "", objects: str = "") -> bytes:
    """Add much to a signature, at places that it leaves open."""
    text = PARTS[SIG1].decode().replace("<Signature ", f"<Signature {root} ")
    return text.replace("<KeyInfo>", f"<KeyInfo>{key_info}").replace("</Signature>", f"{objects}</Signature>").encode()


MANY_OBJECTS = "".join(f'<Object Id="o{number}"></Object>' for number in range(30_000))
MANY_NAMESPACES = " ".join(f'xmlns:a{number}="u:{number}"' for number in range(30_000))
CROWDED = {
    "objects": crowded(objects=MANY_OBJECTS),
    "namespaces": crowded(root=MANY_NAMESPACES),
    "namespaces of many elements": crowded(
        root=" ".join(f'xmlns:a{number}="u:{number}"' for number in range(1000)), key_info="<a/>" * 100_000
    ),
    "namespaces, each in the other": crowded(
        key_info="".join(f'<a xmlns:a{number}="u:a">' for number in range(200)) + "<b/>" * 100_000 + "</a>" * 200
    ),
    "comments and instructions": crowded(key_info="<!---->" * 100_000 + "<?a?>" * 100_000),
    "ids in two spellings": crowded(key_info='<a ID=""/>' * 100_000 + '<a id=""/>' * 100_000),
}


@pytest.mark.parametrize("content", CROWDED.values(), ids=CROWDED.keys())
def test_a_signature_of_a_crowd_is_refused_soon(content: bytes):
    start = time.process_time()
    assert_breaks(zipped(*_stored({**PARTS, SIG1: content})), "R2")
    assert time.process_time() - start < 2


def test_names_of_thousands_of_folders_are_refused_unread():
    names = [f"{number}/" + "a/" * 32_000 + "b.png" for number in range(50)]
    start = time.process_time()
    assert_breaks(zipped(*_stored({**PARTS, **dict.fromkeys(names, b"")})), "R0")
    assert time.process_time() - start < 0.2


WHITE = '<w:color w:val="FFFFFF"/>'
RUN = f"<w:r><w:rPr>{WHITE}</w:rPr><w:t>a</w:t></w:r>"
LABOURED = {
    "fields that are never closed": "<w:p>" + '<w:r><w:fldChar w:fldCharType="begin"/></w:r>' * 20_000 + "</w:p>",
    "fields of many runs": "<w:p>" + "<w:r><w:instrText>PAGE</w:instrText></w:r>" * 20_000 + "</w:p>",
    "many white runs in one paragraph": f"<w:p>{RUN * 20_000}</w:p>",
    "many white runs in many tables": "<w:tbl><w:tr><w:tc><w:p>" * 60
    + RUN * 20_000
    + "</w:p></w:tc></w:tr></w:tbl>" * 60,
    "one run of many properties": f"<w:p><w:r>{f'<w:rPr>{WHITE}</w:rPr>' * 20_000}</w:r></w:p>",
    "one run of much white formatting": f"<w:p><w:r><w:rPr>{WHITE * 20_000}</w:rPr><w:t>a</w:t></w:r></w:p>",
    "one paragraph of many properties": f"<w:p>{'<w:pPr/>' * 20_000}{RUN * 20_000}</w:p>",
    "many styles in use": "".join(f'<w:p><w:pPr><w:pStyle w:val="{n}"/></w:pPr></w:p>' for n in range(20_000)),
}


@pytest.mark.parametrize("content", LABOURED.values(), ids=LABOURED.keys())
def test_what_a_document_holds_costs_no_more_than_its_size(content: str):
    start = time.process_time()
    ask(signed(a_document(**{DOCUMENT: body(content)})))
    assert time.process_time() - start < 2


def test_styles_that_hide_much_or_are_based_on_many_cost_no_more_than_their_size():
    chain = [style(f"s{n}", f'<w:basedOn w:val="s{n + 1}"/><w:rPr>{WHITE}</w:rPr>') for n in range(20_000)]
    wide = style("wide", f"<w:rPr>{WHITE}</w:rPr>" * 20_000, ' w:default="1"')
    start = time.process_time()
    document = a_document(**{DOCUMENT: body(paragraph("a", style="s0")), "word/styles.xml": styles(*chain, wide)})
    assert_breaks(signed(document), "R9")
    assert time.process_time() - start < 3


def test_xml_that_would_need_much_memory_is_refused_unread():
    start = time.process_time()
    for content in (b"<a>" + b"<a/>" * 2_100_000 + b"</a>", b"<a>" + b"a" * 11_000_000 + b"</a>"):
        assert_breaks(zipped(*_stored({**PARTS, "word/header1.xml": content})), "R0")
    many = {f"word/{number}.xml": b"<a>" + b"a" * 9_000_000 + b"</a>" for number in range(4)}
    assert_breaks(zipped(*_stored({**PARTS, **many})), "R0")
    assert time.process_time() - start < 2


def _stored(parts: Mapping[str, bytes]) -> list[Item]:
    """Pack loosely, so that it is not the ratio that is refused."""
    return [Item(name=name, content=content, method=STORED) for name, content in parts.items()]


def test_a_bomb_in_a_signed_file_is_refused():
    items = [Item(name=name, content=content) for name, content in PARTS.items()]
    bomb = Item(name="word/bomb.xml", content=b"<a>" + b" " * 30_000_000 + b"</a>")
    start = time.process_time()
    assert_breaks(zipped(*items, bomb), "R0")
    assert time.process_time() - start < 0.2


def test_numbers_of_thousands_of_digits_are_answered():
    huge = "9" * 10_000
    assert_breaks(signed(a_document(**{DOCUMENT: body(paragraph("a", f'<w:sz w:val="{huge}"/>'))})), "R9")
    assert (
        answered(packed({**PARTS, TYPES: PARTS[TYPES].replace(b"image/png", huge.encode())})).verdict is Verdict.INVALID
    )


def test_the_damaged_files_come_from_one_that_is_sound():
    assert answered(DATA).verdict is Verdict.INDETERMINATE
    assert len(references(PARTS)) == 6
