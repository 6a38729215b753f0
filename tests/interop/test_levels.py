"""What is added to signatures after they were made leaves every one of them valid for Apache POI and LibreOffice."""

import base64
import hashlib
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
import pytest
from lxml import etree

from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.report import Outcome
from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.ooxml.signing.levels import (
    achieved_level,
    add_timestamp,
    add_validation_data,
    imprint_of,
    signature_parts,
)
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.ooxml.verification.reading import read
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.sample_authority import chain_pem
from tests.interop.documents import agreement, entries
from tests.interop.documents import signature_parts as signature_elements
from tests.interop.libreoffice import LibreOffice
from tests.interop.poi import Poi
from tests.interop.schemas import flaws, signature_schema
from tests.interop.signatories import Signatories
from tests.interop.xmlsec import Xmlsec
from tests.timestamp_authority import TimestampAuthority, empty_list

LINES: Final = tuple(UUID(int=number, version=4) for number in range(1, 3))
FIRST, SECOND = "/_xmlsignatures/sig1.xml", "/_xmlsignatures/sig2.xml"
OFFICE: Final = "libreoffice/xmlsecurity/qa/unit/signing/data"
STAMPED: Final = "libapache-poi-java/test-data/xmldsign"


class Revocation(msgspec.Struct, frozen=True, kw_only=True):
    ocsp: tuple[bytes, ...] = ()
    crls: tuple[bytes, ...] = ()


class Levels:
    """Signs, and adds to signatures; after each step everybody is asked whether all signatures are still valid."""

    def __init__(
        self, folder: Path, others: tuple[Poi, LibreOffice, Xmlsec], who: Signatories, stamps: TimestampAuthority
    ) -> None:
        self._file = folder / "signed.docx"
        self._poi, self._libreoffice, self._xmlsec = others
        self._who, self._stamps = who, stamps

    def sign(self, package: bytes, name: str, kind: KeyKind) -> bytes:
        line = next((one for one in signature_lines(package) if not one.signed), None)
        return self.accepted(sign(package, self._who.credential(name, kind), at=self._who.now, line=line))

    def stamp(self, package: bytes, part: str, strangers: int = 0) -> bytes:
        return self.accepted(add_timestamp(package, part, self._stamps.token(imprint_of(package, part))), strangers)

    def last(self, package: bytes, part: str, strangers: int = 0) -> bytes:
        lists = Revocation(crls=(empty_list(self._who.authority, at=self._who.now), self._stamps.revocation_list()))
        return self.accepted(
            add_validation_data(package, part, [self._who.root, self._stamps.issuer], lists), strangers
        )

    def accepted(self, package: bytes, strangers: int = 0) -> bytes:
        """Check that all signatures are valid for all, and trusted except the strangers', which are the first."""
        self._file.write_bytes(package)
        signatures = list(signature_elements(package))
        poi = self._poi.verify(self._file, trust=self._who.trust)
        assert (poi.valid, len(poi.signatures)) == (True, len(signatures)), poi
        libreoffice = self._libreoffice.verify(self._file)
        assert (libreoffice.valid, len(libreoffice.signatures)) == (True, len(signatures)), libreoffice
        for verdict in (poi, libreoffice):
            assert sum(one.trusted for one in verdict.signatures) == len(signatures) - strangers
        for part in signatures[strangers:]:
            assert self._xmlsec.verifies(self._file, part, trust=self._who.trust)
        report = verify(package, at=self._who.now, anchors=[self._who.root])
        assert all(one.integrity.outcome is Outcome.PASSED for one in report.signatures), report.reasons
        assert report.uncovered == ()
        return package


@pytest.fixture(scope="session")
def stamps(tmp_path_factory: pytest.TempPathFactory) -> TimestampAuthority:
    return TimestampAuthority(tmp_path_factory.mktemp("stamps"))


@pytest.fixture
def others(poi: Poi, libreoffice: LibreOffice, xmlsec: Xmlsec) -> tuple[Poi, LibreOffice, Xmlsec]:
    return poi, libreoffice, xmlsec


@pytest.fixture
def levels(
    tmp_path: Path,
    others: tuple[Poi, LibreOffice, Xmlsec],
    signatories: Signatories,
    stamps: TimestampAuthority,
) -> Levels:
    return Levels(tmp_path, others, signatories, stamps)


STEPS: Final[dict[str, Callable[[Levels, bytes], bytes]]] = {
    "sign A": lambda levels, package: levels.sign(package, "Aino", KeyKind.RSA_2048),
    "sign B": lambda levels, package: levels.sign(package, "Eino", KeyKind.EC_P256),
    "T on A": lambda levels, package: levels.stamp(package, FIRST),
    "T on B": lambda levels, package: levels.stamp(package, SECOND),
    "LT on A": lambda levels, package: levels.last(package, FIRST),
    "LT on B": lambda levels, package: levels.last(package, SECOND),
}


@pytest.mark.parametrize(
    "order",
    [
        "sign A, T on A, sign B, T on B, LT on A, LT on B",
        "sign A, sign B, T on A, T on B",
        "sign A, sign B, T on B, LT on B, T on A, LT on A",
        "sign A, T on A, LT on A, sign B, T on B, LT on B",
    ],
)
def test_after_each_step_every_earlier_signature_is_valid_for_all(levels: Levels, order: str) -> None:
    package = agreement(LINES)
    for step in order.split(", "):
        before, package = package, STEPS[step](levels, package)
        if not step.startswith("sign"):
            was, now = entries(before), entries(package)
            assert [f"/{name}" for name in was if was[name] != now[name]] == [FIRST if step.endswith("A") else SECOND]
    expected = Level.LT if "LT on A" in order else Level.T
    assert [achieved_level(package, part) for part in signature_parts(package)] == [expected] * 2


@pytest.mark.parametrize("name", ["multi.docx", "signatureline.docx"])
def test_signatures_of_office_are_brought_to_t_and_lt(office: Path, levels: Levels, name: str) -> None:
    package = (office / OFFICE / name).read_bytes()
    parts = signature_parts(package)
    for part in parts:
        package = levels.stamp(package, part, strangers=len(parts))
        package = levels.last(package, part, strangers=len(parts))
    assert {achieved_level(package, part) for part in parts} == {Level.LT}
    for signature in signature_elements(package).values():
        assert list(flaws(signature_schema(), signature)) == []


def test_a_signature_of_poi_is_brought_to_t_and_lt_and_poi_signs_after_ours(
    tmp_path: Path, poi: Poi, levels: Levels, signatories: Signatories
) -> None:
    before, after = tmp_path / "before.docx", tmp_path / "after.docx"
    package = agreement(LINES)
    for step in ("sign A", "T on A"):
        package = STEPS[step](levels, package)
    before.write_bytes(package)
    poi.sign(before, after, pkcs12=signatories.pkcs12("Pekka"), password=signatories.password)
    package = levels.accepted(after.read_bytes())
    for step in ("T on B", "LT on A", "LT on B"):
        package = STEPS[step](levels, package)
    assert [achieved_level(package, part) for part in signature_parts(package)] == [Level.LT] * 2


def test_openssl_accepts_the_timestamp_that_is_in_a_document(
    tmp_path: Path, levels: Levels, stamps: TimestampAuthority
) -> None:
    """The octets are computed here once more, by whoever reads the standard and not our code."""
    package = STEPS["T on A"](levels, STEPS["sign A"](levels, agreement()))
    signature = signature_elements(package)[FIRST]
    token, value, root = tmp_path / "token", tmp_path / "value", tmp_path / "root.pem"
    (stamped,) = signature.iter("{*}EncapsulatedTimeStamp")
    token.write_bytes(base64.b64decode(str(stamped.text)))
    signed = signature.findtext("{*}SignatureValue")
    value.write_text(f'<SignatureValue xmlns="http://www.w3.org/2000/09/xmldsig#">{signed}</SignatureValue>')
    root.write_bytes(chain_pem(stamps.root, stamps.issuer))
    command = ["openssl", "ts", "-verify", "-data", value, "-in", token, "-token_in", "-CAfile", root]

    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    value.write_bytes(value.read_bytes() + b" ")
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize("name", ["Office2010-SP1-XAdES-X-L.docx", "hyperlink-example-signed.docx", "signed.docx"])
def test_the_octets_that_office_and_poi_had_stamped_are_those_that_ours_would_be(office: Path, name: str) -> None:
    package = (office / STAMPED / name).read_bytes()
    (part,) = signature_parts(package)
    (stamp,) = read(entries(package)[part[1:]]).added.stamps

    # Such old tokens state a SHA-1; it stands in them as it is.
    assert hashlib.sha1(stamp.over, usedforsecurity=False).digest() in stamp.token


@pytest.mark.usefixtures("office")
def test_the_schemas_accept_what_is_added(levels: Levels) -> None:
    package = agreement(LINES)
    for step in STEPS:
        package = STEPS[step](levels, package)
    answers = Revocation(ocsp=(b"an answer",))
    for part, signature in signature_elements(add_validation_data(package, FIRST, [], answers)).items():
        assert list(flaws(signature_schema(), signature)) == [], part


def test_the_elements_are_those_of_office_but_for_references(office: Path, levels: Levels) -> None:
    """Office 2010 writes references besides and answers before lists, where the schema wants them the other way."""
    (theirs,) = signature_elements((office / STAMPED / "Office2010-SP1-XAdES-X-L.docx").read_bytes()).values()
    package = STEPS["LT on A"](levels, STEPS["T on A"](levels, STEPS["sign A"](levels, agreement())))
    with_answer = add_validation_data(package, FIRST, [], Revocation(ocsp=(b"an answer",)))
    ours = paths(signature_elements(with_answer)[FIRST])
    referring = ("CompleteCertificateRefs", "CompleteRevocationRefs", "SigAndRefsTimeStamp")

    assert ours == {path for path in paths(theirs) if not any(name in path for name in referring)}


def paths(signature: etree._Element) -> set[str]:
    """Return the path of each element that a signature carries unsigned, with its namespace and attributes."""
    (carried,) = signature.iter("{*}UnsignedSignatureProperties")
    found = set()
    for element in carried.iter():
        above = [etree.QName(each).localname for each in reversed([element, *element.iterancestors()])]
        found.add(f"{'/'.join(above)} {etree.QName(element).namespace} {dict(element.attrib)}")
    return found
