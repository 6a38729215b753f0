"""The five published attacks on OOXML signatures, built anew: each is refused, by the rule that is meant to stop it.

Source: Rohlmann, Mladenov, Mainka, Hirschberger, Schwenk, "Every Signature is Broken", USENIX Security 2023.
"""

import base64
import hashlib

import pytest

from kanta_tenancy.machinery.ooxml.report import Outcome
from tests.machinery.ooxml.verification.asking import assert_breaks, only
from tests.machinery.ooxml.verification.documents import (
    DOCUMENT,
    DOCUMENT_LINES,
    RELATIONSHIPS,
    ROOT_LINES,
    TYPES,
    WORD,
    Parts,
    R,
    W,
    a_document,
    body,
    default,
    override,
    paragraph,
    relationship,
    relationships,
    style,
    styles,
    types,
)
from tests.machinery.ooxml.verification.forger import DS, SHA256, Forgery, signed, with_line

ORIGINAL = a_document()
EVIL = body(paragraph("Maksetaan 900 euroa."))


def naming_only(*names: str) -> Forgery:
    """Sign a manifest that names these parts only."""
    return Forgery(references=lambda found: [each for each in found if any(f'"/{name}?' in each for name in names)])


def test_content_injection_by_a_part_that_word_loads_by_itself():
    parts = signed(ORIGINAL)
    people = f'<p:people xmlns:p="http://schemas.microsoft.com/office/word/2012/wordml" xmlns:w="{W}"><w:p/></p:people>'
    injected = {
        **parts,
        TYPES: with_line(parts[TYPES], override("/word/people.xml", f"{WORD}.people+xml")),
        RELATIONSHIPS: with_line(parts[RELATIONSHIPS], relationship("rId9", f"{R}/people", "people.xml")),
        "word/people.xml": people.encode(),
    }
    report = assert_breaks(injected, "R5", "R6")
    assert "/word/people.xml" in report.uncovered


def test_content_masking_by_styles_put_back_after_signing():
    stripped = {name: content for name, content in ORIGINAL.items() if name != "word/styles.xml"}
    stripped[RELATIONSHIPS] = relationships(*DOCUMENT_LINES[1:])
    parts = signed(stripped)
    hiding = styles(style("Normal", "<w:rPr><w:vanish/></w:rPr>", ' w:default="1"'))
    masked = {
        **parts,
        "word/styles.xml": hiding,
        RELATIONSHIPS: with_line(parts[RELATIONSHIPS], DOCUMENT_LINES[0]),
    }
    assert_breaks(masked, "R5", "R6", "R9")


def test_content_masking_by_styles_that_were_signed():
    """A crafted file that somebody signs: the text is there and is not to be seen."""
    hiding = styles(style("Normal", "<w:rPr><w:color w:val='FFFFFF'/></w:rPr>", ' w:default="1"'))
    report = assert_breaks(signed(a_document(**{"word/styles.xml": hiding})), "R9")
    assert only(report).integrity.outcome is only(report).coverage.outcome is Outcome.PASSED


def test_content_masking_by_a_font_put_back_after_signing():
    table = f"{WORD}.fontTable+xml"
    fonts = f'<w:fonts xmlns:w="{W}" xmlns:r="{R}"><w:font w:name="A"><w:embedRegular r:id="rId1"/></w:font></w:fonts>'
    document = a_document(
        **{
            TYPES: types(override("/word/fontTable.xml", table)),
            "word/fontTable.xml": fonts.encode(),
            RELATIONSHIPS: relationships(*DOCUMENT_LINES, relationship("rId9", f"{R}/fontTable", "fontTable.xml")),
        }
    )
    parts = signed(document)
    masked = {
        **parts,
        TYPES: with_line(
            parts[TYPES], default("odttf", "application/vnd.openxmlformats-officedocument.obfuscatedFont")
        ),
        "word/fonts/font1.odttf": b"remapped digits",
        "word/_rels/fontTable.xml.rels": relationships(relationship("rId1", f"{R}/font", "fonts/font1.odttf")),
    }
    assert_breaks(masked, "R5", "R6", "R9")


@pytest.mark.parametrize("name", ["word/embeddings/oleObject1.bin", "WordDocument", "Workbook"])
def test_legacy_wrapping_of_a_signed_stream_in_a_document_that_is_not_signed(name: str):
    kind = default("bin", "application/vnd.ms-office") + override(f"/{name}", "application/msword")
    document = a_document(**{TYPES: types(kind), name: b"\xd0\xcf\x11\xe0 a signed legacy document", DOCUMENT: EVIL})
    report = assert_breaks(signed(document, naming_only(name)), "R5", "R6")
    assert only(report).integrity.outcome is Outcome.PASSED
    assert f"/{DOCUMENT}" in report.uncovered


def test_universal_forgery_with_a_signed_info_that_does_not_sign_the_manifest():
    """SignedInfo of any old XML signature of the victim: it signs an object of its own, and no manifest."""
    content = '<Object Id="idOld">An old order from another system</Object>'
    digest = base64.b64encode(hashlib.sha256(content.replace("<Object", f'<Object xmlns="{DS}"').encode()).digest())
    old = (
        '<SignedInfo><CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315">'
        "</CanonicalizationMethod><SignatureMethod "
        'Algorithm="http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256"></SignatureMethod>'
        f'<Reference Type="{DS}Object" URI="#idOld"><DigestMethod Algorithm="{SHA256}"></DigestMethod>'
        f"<DigestValue>{digest.decode()}</DigestValue></Reference></SignedInfo>"
    )
    forged = a_document(**{DOCUMENT: EVIL})
    for how in (
        Forgery(signed_info=lambda _: old, objects=content),
        Forgery(signed_info=lambda _: old, objects=content, properties=None),
        Forgery(signed_info=lambda _: old, package=lambda _: content, office=None, properties=None),
    ):
        report = assert_breaks(signed(forged, how), "R2")
        assert only(report).integrity.outcome is Outcome.FAILED


def test_universal_forgery_with_a_reference_to_something_outside():
    for uri in ("", "#xpointer(/)", "content.xml", "http://127.0.0.1/order.xml", "#idOld"):
        how = Forgery(signed_info=lambda text, uri=uri: text.replace('URI="#idPackageObject"', f'URI="{uri}"'))
        assert_breaks(signed(ORIGINAL, how), "R2")


def second_document(parts: Parts, *, line: str = "") -> Parts:
    return {
        **parts,
        TYPES: with_line(parts[TYPES], override("/word/document2.xml", f"{WORD}.document.main+xml")),
        "word/document2.xml": EVIL,
        "_rels/.rels": with_line(parts["_rels/.rels"], line),
    }


def test_malicious_repair_by_a_second_main_document():
    parts = signed(ORIGINAL)
    another = relationship("rId9", f"{R}/officeDocument", "word/document2.xml")
    assert_breaks(second_document(parts, line=another), "R4", "R5", "R6")
    assert_breaks(second_document(parts), "R4", "R5")
    led_away = second_document(parts)
    led_away["_rels/.rels"] = led_away["_rels/.rels"].replace(b'"word/document.xml', b'"word/document2.xml')
    assert_breaks(led_away, "R4", "R5", "R6")


def test_malicious_repair_by_a_second_main_document_that_was_signed_too():
    another = relationship("rId9", f"{R}/officeDocument", "word/document2.xml")
    assert_breaks(signed(second_document(a_document(), line=another)), "R4")


@pytest.mark.parametrize(
    "kind",
    [
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        f"{WORD}.template.main+xml",
        "application/msword",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
        "application/rtf",
    ],
)
def test_malicious_repair_by_an_evil_type(kind: str):
    parts = signed(ORIGINAL)
    evil = {**parts, TYPES: parts[TYPES].replace(f"{WORD}.document.main+xml".encode(), kind.encode())}
    assert_breaks(evil, "R4", "R5")
    retyped = a_document(**{TYPES: types().replace(f"{WORD}.document.main+xml".encode(), kind.encode())})
    assert_breaks(signed(retyped), "R4")


def test_malicious_repair_of_what_is_declared_twice():
    parts = signed(ORIGINAL)
    twice = override("/word/Document.xml", "application/msword")
    assert_breaks({**parts, TYPES: with_line(parts[TYPES], twice)}, "R8")
    again = relationship("rId1", f"{R}/officeDocument", "word/document2.xml")
    assert_breaks({**parts, "_rels/.rels": with_line(parts["_rels/.rels"], again)}, "R8")


@pytest.mark.parametrize(
    "line",
    [
        relationship("rId9", f"{R}/image", "http://127.0.0.1/swapped.png", "External"),
        relationship("rId9", f"{R}/attachedTemplate", "http://127.0.0.1/evil.dotm", "External"),
        relationship("rId9", f"{R}/hyperlink", "file://server/share", "External"),
        relationship("rId9", f"{R}/hyperlink", "mailto:aino@example.fi", "External"),
        relationship("rId9", f"{R}/hyperlink", "javascript:alert(1)", "External"),
        relationship("rId9", f"{R}/oleObject", "file:///etc/passwd", "External"),
    ],
)
def test_remote_content_is_refused_though_it_was_signed(line: str):
    report = assert_breaks(signed(a_document(**{RELATIONSHIPS: relationships(*DOCUMENT_LINES, line)})), "R9")
    assert only(report).coverage.outcome is Outcome.PASSED


def test_the_attacks_begin_with_what_is_valid():
    assert len(ROOT_LINES) == 3
    assert only(assert_breaks(signed(ORIGINAL, naming_only(DOCUMENT)), "R5", "R6")).integrity.outcome is Outcome.PASSED
