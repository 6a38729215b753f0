from collections.abc import Callable
from datetime import timedelta

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE

from kanta_tenancy.machinery.ooxml.errors import CannotSign
from kanta_tenancy.machinery.ooxml.signature_lines import SignatureLine, signature_lines
from kanta_tenancy.machinery.ooxml.signing import Signing, sign, sign_all
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.sample_authority import SIGNER_LASTS, Signer, issue
from tests.machinery.ooxml.signing.documents import (
    AUTHORITY,
    FIRST_LINE,
    NOW,
    SECOND_LINE,
    START,
    credential,
    document,
    entries,
    packed,
    replaced,
    saved,
    with_entries,
)

RELS = "word/_rels/document.xml.rels"
TYPES = "[Content_Types].xml"
WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def refusal(package: bytes, **asked) -> CannotSign:
    with pytest.raises(CannotSign) as caught:
        sign(package, asked.pop("signer", None) or credential(), **{"at": NOW, **asked})
    assert caught.value.flaws[0].field == caught.value.part
    return caught.value


def external_image() -> bytes:
    made = docx.Document()
    made.part.relate_to("https://example.org/a.png", RELATIONSHIP_TYPE.IMAGE, is_external=True)
    return saved(made)


def spreadsheet() -> bytes:
    return replaced(
        document(), TYPES, WORD, b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    )


def with_macros() -> bytes:
    return replaced(document(), TYPES, WORD, b"application/vnd.ms-word.document.macroEnabled.main+xml")


def with_doctype() -> bytes:
    return replaced(document(), "word/document.xml", b"<w:document", b"<!DOCTYPE d><w:document")


def stray_signature() -> bytes:
    return with_entries(document(), **{"_xmlsignatures/sig1.xml": b"<x/>"})


def second_main() -> bytes:
    contents = entries(document())
    override = b'<Override PartName="/word/other.xml" ContentType="' + WORD + b'"/></Types>'
    types = contents[TYPES].replace(b"</Types>", override)
    return packed({**contents, TYPES: types, "word/other.xml": contents["word/document.xml"]})


def changed_after_signing() -> bytes:
    signed = sign(document(), credential(), at=NOW)
    return replaced(signed, "word/document.xml", b"The parties agree.", b"The parties differ.")


def odd_rels_after_signing() -> bytes:
    signed = sign(document(), credential(), at=NOW)
    return replaced(signed, RELS, b"<Relationship ", b"\n<Relationship ")


def empty_signature() -> bytes:
    return with_entries(sign(document(), credential(), at=NOW), **{"_xmlsignatures/sig1.xml": b""})


@pytest.mark.parametrize(
    ("make", "rule", "part"),
    [
        (lambda: b"", "R0", ""),
        (lambda: b"PK\x03\x04 no zip", "R0", ""),
        (lambda: document() + b"\0", "R0", ""),
        (with_doctype, "R1", "/word/document.xml"),
        (spreadsheet, "R4", "/word/document.xml"),
        (with_macros, "R4", "/word/document.xml"),
        (second_main, "R4", "/word/other.xml"),
        (changed_after_signing, "R5", "/word/document.xml"),
        (lambda: document(links=["https://example.org/?a=1&b=2"]), "R6", "/word/_rels/document.xml.rels"),
        (stray_signature, "R7", "/_xmlsignatures/sig1.xml"),
        (empty_signature, "R7", "/_xmlsignatures/sig1.xml"),
        (odd_rels_after_signing, "R8", "/word/_rels/document.xml.rels"),
        (lambda: with_entries(document(), **{"word/kuvä.xml": b"<x/>"}), "R8", "/word/kuvä.xml"),
        (lambda: with_entries(document(), **{"word/a b.xml": b"<x/>"}), "R8", "/word/a b.xml"),
        (lambda: with_entries(document(), **{"word/thing.unknown": b"x"}), "R8", "/word/thing.unknown"),
        (external_image, "R9", "/word/_rels/document.xml.rels"),
    ],
)
def test_a_document_that_would_not_become_sound_is_refused_by_rule_and_part(
    make: Callable[[], bytes], rule: str, part: str
):
    refused = refusal(make())
    assert (refused.rule, refused.part) == (rule, part), refused.detail
    assert refused.detail


def test_a_link_without_marks_that_are_misread_is_signed():
    assert sign(document(links=["https://example.org/?a=1"]), credential(), at=NOW)


@pytest.mark.parametrize(
    ("signer", "at", "why"),
    [
        (credential, START - timedelta(seconds=1), "not valid before 2026-01-01"),
        (credential, START + SIGNER_LASTS + timedelta(seconds=1), "expired on"),
        (
            lambda: issue(AUTHORITY, Signer(name="A", organisation="B"), at=START, usage=("key_encipherment",)),
            NOW,
            "neither digitalSignature nor nonRepudiation",
        ),
    ],
)
def test_a_certificate_that_may_not_sign_is_refused(signer: Callable[[], Credential], at, why: str):
    refused = refusal(document(), signer=signer(), at=at)
    assert refused.rule == "R11"
    assert why in refused.detail


def test_a_key_of_somebody_else_is_refused_because_the_result_is_verified():
    foreign = Credential(key=credential().key, chain=credential().chain)
    assert refusal(document(), signer=foreign).rule == "R2"


def test_a_line_is_signed_once():
    package = document(FIRST_LINE)
    (line,) = signature_lines(package)
    refused = refusal(sign(package, credential(), at=NOW, line=line), line=line)
    assert "signed already" in refused.detail


def test_a_line_is_signed_once_also_when_signing_at_once():
    package = document(FIRST_LINE)
    twice = [Signing(credential=credential(), line=signature_lines(package)[0])] * 2
    with pytest.raises(CannotSign, match="signed already"):
        sign_all(package, twice, at=NOW)


def test_a_line_that_is_not_written_as_office_writes_it_is_found():
    package = replaced(document(FIRST_LINE), "word/document.xml", b' id="{', b" id='{")
    package = replaced(package, "word/document.xml", b'}" provid', b"}' provid")
    (line,) = signature_lines(package)
    assert sign(package, credential(), at=NOW, line=line)


def test_a_line_that_the_document_does_not_have_is_refused():
    (foreign,) = signature_lines(document(SECOND_LINE))
    assert f"no signature line {SECOND_LINE}" in refusal(document(FIRST_LINE), line=foreign).detail
    made_up = SignatureLine(setup_id="<x/>", suggested_signer="", title="", email="", signed=False)
    assert "no signature line" in refusal(document(), line=made_up).detail


@pytest.mark.parametrize("comments", ["x" * 256, "a\0b", "\x1b[2J", "\ud800", "\ufffe"])
def test_comments_that_office_or_xml_could_not_hold_are_refused(comments: str):
    assert "comments" in refusal(document(), comments=comments).detail


def test_comments_of_255_characters_are_signed():
    assert sign(document(), credential(), at=NOW, comments="Ä" * 255)
