"""Our signatures are laid out as Microsoft Office 16 lays out its own, element by element; every difference is listed.

The documents that Office signed are stripped of its signatures, signed by us at the same instants with the same
words, and compared.
"""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
import pytest
from lxml import etree

from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.interop.documents import agreement, entries, signature_parts, without_signatures
from tests.interop.schemas import flaws, package_schema, signature_schema

DSIG: Final = "{http://www.w3.org/2000/09/xmldsig#}"
DETAILS: Final = "{http://schemas.microsoft.com/office/2006/digsig}SignatureInfoV1"
FOLDER: Final = "libreoffice/xmlsecurity/qa/unit/signing/data"
BEFORE: Final = datetime(2015, 12, 20, tzinfo=UTC)  # the certificates of these tests are older than the signatures
FIRST: Final = "/_xmlsignatures/sig1.xml"
SECOND: Final = "/_xmlsignatures/sig2.xml"

# What ours has and Office's has not.
COMMITMENT: Final = [  # Office writes it when the signer chooses a kind of commitment; ours is always an approval
    "    SignedDataObjectProperties",
    "     CommitmentTypeIndication",
    "      CommitmentTypeId",
    "       Identifier",
    "       Description",
    "      AllSignedDataObjects",
]
QUALIFIER: Final = ["      CommitmentTypeQualifiers", "       CommitmentTypeQualifier"]  # the purpose, as in Office
ISSUER: Final = ["   X509Certificate"]  # Office leaves issuers to XAdES, where LibreOffice and POI do not look
# Office gives the properties of every signature the same id, ours gives those of a second an id of their own.
SECOND_ID: Final = {"idSignedProperties_2": "idSignedProperties"}
# Algorithms of Office 15, and what ours and Office 16 use instead.
NEWER: Final = {
    "http://www.w3.org/2000/09/xmldsig#sha1": "http://www.w3.org/2001/04/xmlenc#sha256",
    "http://www.w3.org/2000/09/xmldsig#rsa-sha1": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
}
# The machine that Office ran on; ours is none, and states a usual one.
OF_THE_MACHINE: Final = {"WindowsVersion", "Monitors", "HorizontalResolution", "VerticalResolution"}
OF_THE_VERSION: Final = {"OfficeVersion", "ApplicationVersion"}


@pytest.fixture(scope="module")
def office_twice(office: Path) -> bytes:
    return (office / FOLDER / "multi.docx").read_bytes()


@pytest.fixture(scope="module")
def ours_twice(office_twice: bytes) -> bytes:
    signed = without_signatures(office_twice)
    signer = credential(issuers=2)
    for second, purpose in (("17", "purpose1"), ("42", "purpose2")):
        signed = sign(signed, signer, at=datetime.fromisoformat(f"2016-02-04T13:07:{second}Z"), comments=purpose)
    return signed


@pytest.fixture(scope="module")
def office_on_a_line(office: Path) -> bytes:
    return (office / FOLDER / "signatureline.docx").read_bytes()


@pytest.fixture(scope="module")
def ours_on_a_line(office_on_a_line: bytes) -> bytes:
    document = without_signatures(office_on_a_line)
    (line,) = signature_lines(document)
    return sign(document, credential(issuers=0), at=datetime.fromisoformat("2017-07-27T15:11:28Z"), line=line)


def test_the_first_signature_has_the_elements_of_office_in_their_order(office_twice: bytes, ours_twice: bytes) -> None:
    missing, added = differences(signature_parts(office_twice)[FIRST], signature_parts(ours_twice)[FIRST])

    assert (missing, added) == ([], ISSUER * 2 + COMMITMENT + QUALIFIER)


def test_the_second_signature_has_the_elements_of_office_in_their_order(office_twice: bytes, ours_twice: bytes) -> None:
    ours = signature_parts(ours_twice)[SECOND]
    for ours_called, office_calls in SECOND_ID.items():
        ours = etree.fromstring(etree.tostring(ours).replace(ours_called.encode(), office_calls.encode()))

    missing, added = differences(signature_parts(office_twice)[SECOND], ours)

    assert (missing, added) == ([], ISSUER * 2 + COMMITMENT + QUALIFIER)


def test_a_signature_on_a_line_has_the_elements_of_office_in_their_order(
    office_on_a_line: bytes, ours_on_a_line: bytes
) -> None:
    missing, added = differences(signature_parts(office_on_a_line)[FIRST], signature_parts(ours_on_a_line)[FIRST])

    assert (missing, added) == ([], COMMITMENT)


@pytest.mark.parametrize("part", [FIRST, SECOND])
def test_every_part_and_relationship_has_the_digest_that_office_computed(
    office_twice: bytes, ours_twice: bytes, part: str
) -> None:
    office, ours = (digests(signature_parts(package)[part]) for package in (office_twice, ours_twice))

    assert ours == office
    assert len(ours) == 8


@pytest.mark.parametrize("part", [FIRST, SECOND])
def test_the_details_of_signing_say_what_office_says_except_about_the_machine(
    office_twice: bytes, ours_twice: bytes, part: str
) -> None:
    office, ours = (details(signature_parts(package)[part]) for package in (office_twice, ours_twice))

    assert {name for name in office if ours[name] != office[name]} <= OF_THE_MACHINE
    assert list(ours) == list(office)


def test_the_details_of_signing_on_a_line_say_what_office_says(office_on_a_line: bytes, ours_on_a_line: bytes) -> None:
    office, ours = (details(signature_parts(package)[FIRST]) for package in (office_on_a_line, ours_on_a_line))
    changed = {name for name in office if ours[name] != office[name]}

    assert changed <= OF_THE_MACHINE | OF_THE_VERSION | {"SignatureText"}
    assert ours["SignatureText"] == "Signer"


def test_content_types_and_relationships_are_those_of_the_package_that_office_wrote(
    office_twice: bytes, ours_twice: bytes
) -> None:
    for name in ("[Content_Types].xml", "_rels/.rels", "_xmlsignatures/_rels/origin.sigs.rels"):
        office, ours = (rows(entries(package)[name]) for package in (office_twice, ours_twice))
        assert ours == office, name


def test_only_what_leads_to_the_signatures_is_written_anew(office_twice: bytes, ours_twice: bytes) -> None:
    before, after = entries(without_signatures(office_twice)), entries(ours_twice)
    changed = {name for name, content in before.items() if after[name] != content}

    assert changed == {"[Content_Types].xml", "_rels/.rels"}
    assert after.keys() == entries(office_twice).keys()


@pytest.mark.parametrize("name", ["multi.docx", "partial.docx", "bad.docx", "signatureline.docx"])
def test_the_schemas_accept_what_office_wrote(office: Path, name: str) -> None:
    schema = signature_schema()

    for signature in signature_parts((office / FOLDER / name).read_bytes()).values():
        assert list(flaws(schema, signature)) == []


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("kind", KeyKind)
def test_the_schemas_accept_what_we_write(kind: KeyKind) -> None:
    signed = agreement([UUID(int=number, version=4) for number in range(1, 5)])
    for line in signature_lines(signed):
        signed = sign(signed, credential(issuers=2, kind=kind), at=BEFORE, line=line, comments='<"Hyväksytty" & §>')

    assert len(signature_parts(signed)) == 4
    for signature in signature_parts(signed).values():
        assert list(flaws(signature_schema(), signature)) == []
    assert list(flaws(package_schema("opc-contentTypes"), root(signed, "[Content_Types].xml"))) == []
    for name in (name for name in entries(signed) if name.endswith(".rels")):
        assert list(flaws(package_schema("opc-relationships"), root(signed, name))) == []


def test_the_schemas_refuse_a_signature_without_its_time(ours_twice: bytes) -> None:
    signature = signature_parts(ours_twice)[FIRST]
    (time,) = signature.iter("{http://schemas.openxmlformats.org/package/2006/digital-signature}Value")
    time.text = "yesterday"

    assert len(list(flaws(signature_schema(), signature))) > 0


def credential(*, issuers: int, kind: KeyKind = KeyKind.RSA_2048) -> Credential:
    """Return a signer's credential with as many issuers' certificates as Office had at hand."""
    authority = sample_authority.found("Layout", at=BEFORE)
    signer = sample_authority.Signer(name="Signer", organisation="Layout")
    issued = sample_authority.issue(authority, signer, at=BEFORE, kind=kind)
    chain = (*issued.chain[:2], authority.root)[: issuers + 1]
    return msgspec.structs.replace(issued, chain=chain)


def differences(office: etree._Element, ours: etree._Element) -> tuple[list[str], list[str]]:
    """Return the elements of Office that ours lacks or has elsewhere, and those that ours has besides."""
    changes = list(difflib.ndiff(list(shape(office)), list(shape(ours))))
    missing = [line[2:] for line in changes if line.startswith("- ")]
    return missing, [line[2:] for line in changes if line.startswith("+ ")]


def shape(element: etree._Element, depth: int = 0) -> Iterator[str]:
    """Yield a line for each element: how deep it lies, its name, and its attributes."""
    attributes = [f'{name}="{NEWER.get(str(value), str(value))}"' for name, value in sorted(element.attrib.items())]
    yield " ".join([" " * depth + etree.QName(element).localname, *attributes])
    for child in in_order(element):
        yield from shape(child, depth + 1)


def in_order(element: etree._Element) -> Sequence[etree._Element]:
    # Office selects relationships in an order of its own, another in each of the two signatures; ours is by id.
    if all(etree.QName(child).localname == "RelationshipReference" for child in element):
        return sorted(element, key=lambda child: str(child.get("SourceId")))
    return list(element)


def digests(signature: etree._Element) -> Mapping[str, str]:
    references = signature.findall(f"{DSIG}Object/{DSIG}Manifest/{DSIG}Reference")
    return {str(each.get("URI")): str(each.findtext(f"{DSIG}DigestValue")) for each in references}


def details(signature: etree._Element) -> Mapping[str, str]:
    (found,) = signature.iter(DETAILS)
    return {etree.QName(child).localname: child.text or "" for child in found}


def rows(markup: bytes) -> set[tuple[str, ...]]:
    """Return what a list such as content types says, whatever the order of its rows."""
    return {(str(child.tag), *map(str, sorted(child.attrib.items()))) for child in etree.fromstring(markup)}


def root(package: bytes, name: str) -> etree._Element:
    return etree.fromstring(entries(package)[name])
