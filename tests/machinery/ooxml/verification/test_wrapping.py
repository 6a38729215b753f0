"""XML signature wrapping: whatever is moved, doubled or hidden, what is used is what was digested (rule R2)."""

import re

import pytest

from kanta_tenancy.machinery.ooxml.report import Outcome, Verdict
from tests.machinery.ooxml.verification.asking import ask, assert_breaks, only
from tests.machinery.ooxml.verification.documents import DOCUMENT, a_document, body, paragraph
from tests.machinery.ooxml.verification.forger import (
    DS,
    SIG1,
    XADES,
    Forgery,
    part_reference,
    properties_reference,
    references,
    relationships_reference,
    scope,
    signed,
    signed_properties,
)

PARTS = signed(a_document())
TEXT = PARTS[SIG1].decode()
EVIL = a_document(**{DOCUMENT: body(paragraph("Maksetaan 900 euroa."))})
EVIL_PACKAGE = f'<Object Id="idPackageObject"><Manifest>{"".join(references(EVIL))}</Manifest><SignatureProperties>'


def piece(pattern: str) -> str:
    (found,) = re.findall(pattern, TEXT)
    return str(found)


PACKAGE_OBJECT = piece(r'<Object Id="idPackageObject">.*?</Object>')
OFFICE_OBJECT = piece(r'<Object Id="idOfficeObject">.*?</Object>')
SIGNED_INFO = piece(r"<SignedInfo>.*?</SignedInfo>")
MANIFEST = piece(r"<Manifest>.*?</Manifest>")
PROPERTIES = piece(r"<xd:SignedProperties.*?</xd:SignedProperties>")
EVIL_OBJECT = PACKAGE_OBJECT.replace(MANIFEST, f"<Manifest>{''.join(references(EVIL))}</Manifest>")
EVIL_ID = EVIL_OBJECT.replace("idPackageObject", "idEvil")
ELSEWHERE = "<Object><Wrapper>{0}</Wrapper></Object>"


def moved(*changes: tuple[str, str]) -> bytes:
    text = TEXT
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return text.encode()


WRAPPED = {
    "the object moved, another in its place": moved(
        (PACKAGE_OBJECT, EVIL_ID), ("</Signature>", f"{ELSEWHERE.format(PACKAGE_OBJECT)}</Signature>")
    ),
    "the object moved into KeyInfo": moved((PACKAGE_OBJECT, EVIL_ID), ("</KeyInfo>", f"{PACKAGE_OBJECT}</KeyInfo>")),
    "the object moved into the unsigned properties": moved(
        (PACKAGE_OBJECT, EVIL_ID),
        (
            "</xd:QualifyingProperties>",
            f"<xd:UnsignedProperties>{PACKAGE_OBJECT}</xd:UnsignedProperties></xd:QualifyingProperties>",
        ),
    ),
    "a second object with the same id after it": moved((PACKAGE_OBJECT, PACKAGE_OBJECT + EVIL_OBJECT)),
    "a second object with the same id before it": moved((PACKAGE_OBJECT, EVIL_OBJECT + PACKAGE_OBJECT)),
    "a second object without an id": moved(
        (
            PACKAGE_OBJECT,
            PACKAGE_OBJECT + EVIL_OBJECT.replace(' Id="idPackageObject"', "", 1).replace("idSignatureTime", "x"),
        )
    ),
    "a second object with an id of its own": moved(
        (PACKAGE_OBJECT, PACKAGE_OBJECT + EVIL_ID.replace("idSignatureTime", "idOther"))
    ),
    "a second manifest in the object": moved((MANIFEST, MANIFEST + EVIL_OBJECT[29:-9].partition("<SignatureP")[0])),
    "a second manifest before it": moved((MANIFEST, "<Manifest></Manifest>" + MANIFEST)),
    "two SignedInfo": moved((SIGNED_INFO, SIGNED_INFO + SIGNED_INFO)),
    "another SignedInfo first": moved(
        (SIGNED_INFO, SIGNED_INFO.replace("idPackageObject", "idOfficeObject") + SIGNED_INFO)
    ),
    "SignedInfo moved into an object": moved(
        (SIGNED_INFO, SIGNED_INFO.replace("Object", "Other")),
        ("</Signature>", f"{ELSEWHERE.format(SIGNED_INFO)}</Signature>"),
    ),
    "two signature values": moved(("<KeyInfo>", "<SignatureValue>AAAA</SignatureValue><KeyInfo>")),
    "two KeyInfo": moved(("<KeyInfo>", "<KeyInfo></KeyInfo><KeyInfo>")),
    "a signature in a signature": f'<Signature xmlns="{DS}" Id="outer">{TEXT.partition("?>")[2]}</Signature>'.encode(),
    "another root": f"<Wrapper>{TEXT.partition('?>')[2]}</Wrapper>".encode(),
    "a digest split by a comment": moved(("<DigestValue>", "<DigestValue><!-- -->")),
    "a digest split in the middle": re.sub(r"(<DigestValue>....)", r"\1<!-- x -->", TEXT, count=1).encode(),
    "a digest split by an instruction": moved(("<DigestValue>", "<DigestValue><?a b?>")),
    "a comment after the signature": TEXT.encode() + b"<!-- x -->",
    "a comment in the claimed time": moved(("<xd:SigningTime>", "<xd:SigningTime><!-- x -->")),
    "an id in another spelling": moved(
        (OFFICE_OBJECT, OFFICE_OBJECT.replace("<Object ", '<Object ID="idPackageObject" '))
    ),
    "an xml:id": moved(("<KeyInfo>", '<KeyInfo xml:id="idPackageObject">')),
    "an id in another namespace": moved(("<KeyInfo>", '<KeyInfo xmlns:a="urn:a" a:Id="idPackageObject">')),
    "an id used twice": moved(("<KeyInfo>", '<KeyInfo Id="idPackageObject">')),
    "the namespace taken away": moved((PACKAGE_OBJECT, PACKAGE_OBJECT.replace("<Object ", '<Object xmlns="" '))),
    "the namespace taken away inside": moved(("<Manifest>", '<Manifest xmlns="">')),
    "the same prefix for another namespace": moved(("<xd:SignedProperties", '<xd:SignedProperties xmlns:xd="urn:x"')),
    "a namespace that must be escaped": moved(("<Signature ", '<Signature xmlns:a="urn:a&quot; b=&quot;c" ')),
    "a namespace that is relative": moved(("<Manifest>", '<Manifest xmlns:a="../a">')),
    "an attribute on the root": moved(("<Signature ", '<Signature a="b" ')),
    "no id on the root": moved((' Id="idPackageSignature"', "")),
    "an attribute on an object": moved(("<Object Id=", '<Object a="b" Id=')),
    "xml:lang, which is inherited": moved(("<Signature ", '<Signature xml:lang="fi" ')),
    "text between the elements": moved(("<KeyInfo>", "text<KeyInfo>")),
    "the XAdES properties of another signature": moved(
        ('Target="#idPackageSignature">' + PROPERTIES, 'Target="#other">' + PROPERTIES)
    ),
    "the XAdES properties twice": moved((PROPERTIES, PROPERTIES + PROPERTIES.replace("idSignedProperties", "idOther"))),
    "the XAdES properties deeper": moved(
        (PROPERTIES, f"<xd:UnsignedProperties>{PROPERTIES}</xd:UnsignedProperties>"),
    ),
    "a document type": b"<!DOCTYPE Signature [<!ATTLIST Object Id ID #IMPLIED>]>" + TEXT.partition("?>")[2].encode(),
}


@pytest.mark.parametrize("content", WRAPPED.values(), ids=WRAPPED.keys())
def test_it_is_invalid_with(content: bytes):
    for parts in (PARTS, {**PARTS, DOCUMENT: EVIL[DOCUMENT]}):
        report = ask({**parts, SIG1: content})
        assert report.verdict is Verdict.INVALID
        assert only(report).integrity.outcome is Outcome.FAILED


def test_the_wrapped_signatures_come_from_one_that_is_valid():
    assert ask(PARTS).verdict is Verdict.VALID
    assert moved((MANIFEST, MANIFEST)) == PARTS[SIG1]


SECOND_PROPERTIES = signed_properties(Forgery()).replace("idSignedProperties", "idSecond")
QUALIFYING = f'<xd:QualifyingProperties xmlns:xd="{XADES}" Target="#idPackageSignature">'
IMAGE = '<Object Id="idImage{0}">AQAAAGw=</Object>'

REFUSED_STRUCTURES = {
    "another package object besides": Forgery(images=(EVIL_ID.replace("idSignatureTime", "idOther"),)),
    "images in place of the package object": Forgery(
        package=lambda _: IMAGE.format(1).replace("idImage1", "idPackageObject"), images=(IMAGE.format(2),)
    ),
    "two objects of Office's details": Forgery(images=(OFFICE_OBJECT.replace("idOffice", "idSecond"),)),
    "two XAdES properties": Forgery(
        signed_info=lambda text: text.replace(
            "</SignedInfo>", properties_reference(Forgery(), SECOND_PROPERTIES) + "</SignedInfo>"
        ),
        objects=f"<Object>{QUALIFYING}{SECOND_PROPERTIES}</xd:QualifyingProperties></Object>",
    ),
    "a reference of another name": Forgery(
        signed_info=lambda text: re.sub(
            r"<Reference ((?:(?!<Reference ).)*)</Reference></SignedInfo>", r"<Other \1</Other></SignedInfo>", text
        )
    ),
    "no package object": Forgery(package=lambda _: '<Object Id="idPackageObject"></Object>'),
    "two package objects": Forgery(
        office=lambda _: EVIL_ID.replace("idEvil", "idOfficeObject").replace("idSignatureTime", "x")
    ),
    "a manifest that is not in the package object": Forgery(
        package=lambda text: text.replace("<Manifest>", "<Wrapper><Manifest>").replace(
            "</Manifest>", "</Manifest></Wrapper>"
        )
    ),
    "one image of the signature line": Forgery(images=('<Object Id="idValidSigLnImg">AQAAAGw=</Object>',)),
    "three images": Forgery(images=tuple(f'<Object Id="image{number}">AQAAAGw=</Object>' for number in range(3))),
    "an object of unknown content": Forgery(images=('<Object Id="a"><b xmlns="urn:b"></b></Object>',)),
    "the methods in another order": Forgery(
        signed_info=lambda text: re.sub(
            r"(<Canon.*?</CanonicalizationMethod>)(<SignatureM.*?</SignatureMethod>)", r"\2\1", text
        )
    ),
    "another element in SignedInfo": Forgery(
        signed_info=lambda text: text.replace("</SignedInfo>", "<Other></Other></SignedInfo>")
    ),
    "a reference of another type": Forgery(signed_info=lambda text: text.replace(f"{DS}Object", f"{DS}Manifest", 1)),
    "a reference without a type": Forgery(signed_info=lambda text: text.replace(f'Type="{DS}Object" ', "", 1)),
    "a reference twice": Forgery(
        signed_info=lambda text: text.replace(
            "</SignedInfo>", re.findall(r"<Reference .*?</Reference>", text)[0] + "</SignedInfo>"
        )
    ),
    "a reference to the wrong object": Forgery(
        signed_info=lambda text: text.replace("#idOfficeObject", "#idSignatureTime")
    ),
    "a manifest that names a part twice": Forgery(references=lambda found: [*found, found[1]]),
    "a manifest that names a part in two cases": Forgery(
        references=lambda found: [*found, found[1].replace("/word/document.xml", "/WORD/document.xml")]
    ),
    "a manifest without its properties": Forgery(
        package=lambda text: re.sub("<SignatureProperties>.*</SignatureProperties>", "", text)
    ),
    "a manifest whose reference has another name": Forgery(
        references=lambda found: [found[0].replace("Reference", "Other"), *found[1:]]
    ),
    "a manifest with something else": Forgery(manifest=lambda text: f"{text}<Other></Other>"),
    "a manifest that refers without a content type": Forgery(
        references=lambda found: [each.replace("?ContentType=", "?Other=") for each in found]
    ),
    "a manifest that refers into the signature": Forgery(
        references=lambda found: [*found, found[1].replace("/word/document.xml?ContentType=", "#idOfficeObject")]
    ),
    "a manifest that refers to the web": Forgery(
        references=lambda found: [*found, found[1].replace("/word/", "http://127.0.0.1/word/")]
    ),
    "no properties of Office": Forgery(office=None),
    "no properties of XAdES": Forgery(properties=None),
}


@pytest.mark.parametrize("how", REFUSED_STRUCTURES.values(), ids=REFUSED_STRUCTURES.keys())
def test_a_rightly_signed_structure_is_invalid_that_has(how: Forgery):
    assert_breaks(signed(a_document(), how), "R2")


def test_a_signature_for_another_document_does_not_fit():
    other = signed(EVIL)
    assert_breaks({**other, SIG1: PARTS[SIG1]}, "R5")
    assert ask(other).verdict is Verdict.VALID


def test_a_changed_time_comment_or_certificate_digest_is_found():
    for old, new in (("12:00:00Z", "13:00:00Z"), ("Hyväksyn", "Hylkään"), ("Aino A.", "Eino E."), ("{0}", "{1}")):
        assert_breaks({**PARTS, SIG1: moved((old, new))}, "R2")


def test_the_forger_writes_what_it_digests():
    """Guard the forger: it puts namespaces where canonical XML puts them."""
    assert scope(Forgery(), "<SignedInfo>") == f'<SignedInfo xmlns="{DS}">'
    assert XADES in TEXT
    assert part_reference("a", "b", b"").startswith('<Reference URI="/a?ContentType=b">')
    assert "SourceId" in relationships_reference("_rels/.rels", PARTS["_rels/.rels"])
