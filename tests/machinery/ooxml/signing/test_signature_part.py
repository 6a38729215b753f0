import base64
import hashlib
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.signing import complete, opened, prepare, sign
from kanta_tenancy.machinery.x509.signature_value import signature_value
from tests.machinery.ooxml.signing.documents import (
    FIRST_LINE,
    NOW,
    credential,
    document,
    entries,
    signature,
    text,
)

SIGNER = credential("Aino & <Eino>")
PACKAGE = document(FIRST_LINE)
LINE = signature_lines(PACKAGE)[0]
DS = "{http://www.w3.org/2000/09/xmldsig#}"
WRITABLE = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\ufffe\uffff"), max_size=40).filter(
    lambda text: not any(ord(character) < 0x20 and character not in "\t\n\r" for character in text)
)


def canonical(element: etree._Element) -> bytes:
    """C14N 1.0 of an element in its place, by libxml2; parsed anew since lxml writes bogus empty namespaces else."""
    return etree.tostring(etree.fromstring(etree.tostring(element, with_tail=False)), method="c14n")


def targets(root: etree._Element) -> dict[str, etree._Element]:
    return {f"#{element.get('Id')}": element for element in root.iter() if element.get("Id")}


@given(WRITABLE)
def test_what_was_digested_is_the_canonical_form_of_what_was_written(comments: str):
    prepared = prepare(opened(PACKAGE), SIGNER.chain, at=NOW, line=LINE, comments=comments)
    root = signature(complete(prepared, signature_value(SIGNER.key, prepared.signed_info)).write())
    assert canonical(root.find(f"{DS}SignedInfo")) == prepared.signed_info
    for reference in root.find(f"{DS}SignedInfo").iter(f"{DS}Reference"):
        octets = canonical(targets(root)[reference.get("URI")])
        assert base64.b64decode(reference.findtext(f"{DS}DigestValue")) == hashlib.sha256(octets).digest()
    assert text(root, "SignatureComments") == comments


@pytest.mark.parametrize("on_line", [True, False])
def test_the_whole_part_is_written_in_canonical_form(on_line: bool):
    signed = sign(PACKAGE, SIGNER, at=NOW, line=LINE if on_line else None, comments="a < b & c")
    part = entries(signed)["_xmlsignatures/sig1.xml"]
    assert part.partition(b"?>")[2] == etree.tostring(etree.fromstring(part), method="c14n")


def test_the_parts_stand_in_the_order_of_office():
    root = signature(sign(PACKAGE, SIGNER, at=NOW, line=LINE))
    outline = [(etree.QName(child).localname, child.get("Id")) for child in root]
    assert outline == [
        ("SignedInfo", None),
        ("SignatureValue", None),
        ("KeyInfo", None),
        ("Object", "idPackageObject"),
        ("Object", "idOfficeObject"),
        ("Object", None),
        ("Object", "idValidSigLnImg"),
        ("Object", "idInvalidSigLnImg"),
    ]
    assert root.get("Id") == "idPackageSignature"


def test_both_times_are_said_in_utc_to_the_second():
    at = NOW.astimezone(timezone(timedelta(hours=3))) + timedelta(microseconds=999_999)
    root = signature(sign(PACKAGE, SIGNER, at=at))
    assert text(root, "SigningTime") == text(root, "Value") == "2026-03-02T09:30:15Z"


def test_the_manifest_covers_everything_but_metadata_and_content_types():
    root = signature(sign(PACKAGE, SIGNER, at=NOW))
    uris = [reference.get("URI") for reference in root.find(f".//{DS}Manifest")]
    covered = {uri.partition("?")[0][1:] for uri in uris}
    apart = {"[Content_Types].xml", "docProps/core.xml", "docProps/app.xml", "docProps/thumbnail.jpeg"}
    assert covered == set(entries(PACKAGE)) - apart
    assert uris == sorted(uris)
