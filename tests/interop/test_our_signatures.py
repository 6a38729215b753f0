"""What we sign is valid for Apache POI, LibreOffice and xmlsec1, alone and beside the signatures of others."""

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from uuid import UUID

import pytest

from kanta_tenancy.machinery.ooxml.report import Outcome, Verdict
from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.interop.documents import agreement, entries, setup_id
from tests.interop.libreoffice import LibreOffice
from tests.interop.manifests import uncovered
from tests.interop.poi import Poi
from tests.interop.signatories import Signatories
from tests.interop.xmlsec import Xmlsec

LINES: Final = tuple(UUID(int=number, version=4) for number in range(1, 7))
BOTH_WAYS: Final = tuple(itertools.product((KeyKind.RSA_2048, KeyKind.EC_P256), repeat=2))
OFFICE_16: Final = "libreoffice/xmlsecurity/qa/unit/signing/data/multi.docx"
OFFICE_12_UNSIGNED: Final = "libapache-poi-java/test-data/xmldsign/hello-world-unsigned.docx"
OFFICE_LINE_UNSIGNED: Final = "libreoffice/sw/qa/extras/ooxmlexport/data/signature-line-all-props-set.docx"


class Verifiers:
    """Everybody's opinion of a document, as one assertion each."""

    def __init__(
        self, folder: Path, poi: Poi, libreoffice: LibreOffice, xmlsec: Xmlsec, signatories: Signatories
    ) -> None:
        self._file = folder / "signed.docx"
        self._poi, self._libreoffice, self._xmlsec, self._signatories = poi, libreoffice, xmlsec, signatories

    def accept(self, signed: bytes, *, by: Sequence[str], strangers: int = 0, ours: Verdict = Verdict.VALID) -> None:
        """Assert that all signatures are valid for all, cover everything, and are trusted except the strangers'.

        Args:
            by: whose signatures, in their order.
            strangers: how many of the first signatures nobody here trusts.
            ours: the verdict of our own verifier, which may know rules that others do not.
        """
        self._file.write_bytes(signed)
        self._poi_accepts(by, strangers)
        self._libreoffice_accepts(by, strangers)
        report = verify(
            signed, at=self._signatories.now, anchors=[self._signatories.root], revocation=self._signatories.lists
        )
        assert (report.verdict, report.uncovered) == (ours, ()), report.reasons
        assert all(one.integrity.outcome is Outcome.PASSED for one in report.signatures)

    def lines(self) -> list[str]:
        """Return the signature lines that LibreOffice finds signed."""
        return [one.line for one in self._libreoffice.verify(self._file).signatures]

    def pictures(self) -> int:
        """Return how many signatures have a picture that LibreOffice can show on their line."""
        return sum(one.shows_line for one in self._libreoffice.verify(self._file).signatures)

    def _poi_accepts(self, by: Sequence[str], strangers: int) -> None:
        verdict = self._poi.verify(self._file, trust=self._signatories.trust)
        assert verdict.valid, verdict
        assert [name_in(one.signer) for one in verdict.signatures] == list(by)
        assert [one.trusted for one in verdict.signatures] == trusted(by, strangers)
        for one in verdict.signatures:
            assert uncovered(self._file, verdict, one.part) == frozenset()
        for one in verdict.signatures[strangers:]:
            assert self._xmlsec.verifies(self._file, one.part, trust=self._signatories.trust)

    def _libreoffice_accepts(self, by: Sequence[str], strangers: int) -> None:
        verdict = self._libreoffice.verify(self._file)
        assert verdict.valid, verdict
        assert sorted(name_in(one.signer) for one in verdict.signatures) == sorted(by)
        assert sum(one.trusted for one in verdict.signatures) == len(by) - strangers


@pytest.fixture
def verifiers(
    tmp_path: Path, poi: Poi, libreoffice: LibreOffice, xmlsec: Xmlsec, signatories: Signatories
) -> Verifiers:
    return Verifiers(tmp_path, poi, libreoffice, xmlsec, signatories)


@pytest.mark.parametrize("kind", KeyKind)
def test_one_signature_on_a_line_is_valid_with_every_kind_of_key(
    verifiers: Verifiers, signatories: Signatories, kind: KeyKind
) -> None:
    document = agreement(LINES[:1])
    (line,) = signature_lines(document)

    signed = sign(document, signatories.credential("Aino", kind), at=signatories.now, line=line, comments="Approved")

    verifiers.accept(signed, by=["Aino"])
    assert verifiers.lines() == [setup_id(LINES[0])]


@pytest.mark.parametrize(("first", "second"), BOTH_WAYS)
def test_two_parties_sign_one_after_the_other_on_their_lines(
    verifiers: Verifiers, signatories: Signatories, first: KeyKind, second: KeyKind
) -> None:
    document = agreement(LINES[:2])
    lines = signature_lines(document)

    once = sign(document, signatories.credential("Aino", first), at=signatories.now, line=lines[0])
    twice = sign(once, signatories.credential("Eino", second), at=signatories.now, line=lines[1], comments="And I")

    verifiers.accept(twice, by=["Aino", "Eino"])
    assert sorted(verifiers.lines()) == sorted(map(setup_id, LINES[:2]))
    assert verifiers.pictures() == 2
    assert entries(twice)["_xmlsignatures/sig1.xml"] == entries(once)["_xmlsignatures/sig1.xml"]


def test_two_signatories_of_each_party_sign_on_four_lines(verifiers: Verifiers, signatories: Signatories) -> None:
    signed = agreement(LINES[:4])
    names = ["Aino", "Eino", "Lempi", "Toivo"]
    kinds = [KeyKind.RSA_2048, KeyKind.EC_P256, KeyKind.EC_P384, KeyKind.RSA_3072]

    for number, (name, kind) in enumerate(zip(names, kinds, strict=True)):
        line = signature_lines(signed)[number]
        signed = sign(signed, signatories.credential(name, kind), at=signatories.now, line=line, comments=name)

    verifiers.accept(signed, by=names)
    assert sorted(verifiers.lines()) == sorted(map(setup_id, LINES[:4]))
    assert verifiers.pictures() == 2  # LibreOffice knows them by ids that only two signatures can share in it


@pytest.mark.parametrize("on_line", [False, True], ids=["beside lines", "on lines"])
def test_six_signatures_are_valid(verifiers: Verifiers, signatories: Signatories, on_line: bool) -> None:
    signed = agreement(LINES)
    names = ["Aino", "Eino", "Lempi", "Toivo", "Saima", "Urho"]

    for number, name in enumerate(names):
        line = signature_lines(signed)[number] if on_line else None
        signed = sign(signed, signatories.credential(name), at=signatories.now, line=line, comments=name)

    verifiers.accept(signed, by=names)


def test_a_document_of_office_is_signed_on_its_own_line(
    office: Path, verifiers: Verifiers, signatories: Signatories
) -> None:
    document = (office / OFFICE_LINE_UNSIGNED).read_bytes()
    (line,) = signature_lines(document)

    signed = sign(document, signatories.credential("Aino"), at=signatories.now, line=line)

    verifiers.accept(signed, by=["Aino"])
    assert verifiers.lines() == [line.setup_id]


def test_a_document_of_office_2007_is_signed(office: Path, verifiers: Verifiers, signatories: Signatories) -> None:
    document = (office / OFFICE_12_UNSIGNED).read_bytes()

    verifiers.accept(sign(document, signatories.credential("Aino"), at=signatories.now), by=["Aino"])


def test_our_signature_stands_beside_two_of_office(
    office: Path, verifiers: Verifiers, signatories: Signatories
) -> None:
    document = (office / OFFICE_16).read_bytes()

    signed = sign(document, signatories.credential("Aino"), at=signatories.now)

    office_signer = "TSCP Test example Alice"
    verifiers.accept(signed, by=[office_signer, office_signer, "Aino"], strangers=2, ours=Verdict.INDETERMINATE)


def test_poi_signs_first_and_we_after_it(
    tmp_path: Path, poi: Poi, verifiers: Verifiers, signatories: Signatories
) -> None:
    first = by_poi(poi, tmp_path, signatories, agreement(), "Pekka")

    verifiers.accept(sign(first, signatories.credential("Aino"), at=signatories.now), by=["Pekka", "Aino"])


def test_we_sign_first_and_poi_after_us(
    tmp_path: Path, poi: Poi, verifiers: Verifiers, signatories: Signatories
) -> None:
    document = agreement(LINES[:1])
    first = sign(document, signatories.credential("Aino"), at=signatories.now, line=signature_lines(document)[0])

    verifiers.accept(by_poi(poi, tmp_path, signatories, first, "Pekka"), by=["Aino", "Pekka"])


def by_poi(poi: Poi, folder: Path, signatories: Signatories, document: bytes, name: str) -> bytes:
    before, after = folder / "before.docx", folder / "after.docx"
    before.write_bytes(document)
    poi.sign(before, after, pkcs12=signatories.pkcs12(name), password=signatories.password)
    return after.read_bytes()


def name_in(subject: str) -> str:
    """Return the common name of a subject, in whichever order its parts are written."""
    return next(part.strip().removeprefix("CN=") for part in subject.split(",") if part.strip().startswith("CN="))


def trusted(by: Sequence[str], strangers: int) -> list[bool]:
    return [number >= strangers for number in range(len(by))]
