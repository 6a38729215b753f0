"""Every agreement of the demonstration is what others call signed: in each language, with RSA and with EC keys."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.ooxml.report import Report
from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.x509.crls import lists_of
from kanta_tenancy.machinery.x509.revocation import RevocationData
from tests.interop.installation import ROOT
from tests.interop.libreoffice import LibreOffice
from tests.interop.manifests import uncovered
from tests.interop.poi import Poi


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    tenant: str
    language: str
    file: Path
    signatures: int
    verdict: str


class Demo(msgspec.Struct, frozen=True, kw_only=True):
    agreements: tuple[Signed, ...]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def agreements(folder: Path) -> tuple[Signed, ...]:
    command = [sys.executable, "-m", "kanta_tenancy", "demo", "--out", folder, "--json"]
    printed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    return msgspec.json.decode(printed, type=Demo, dec_hook=lambda kind, text: kind(text)).agreements


@pytest.fixture(scope="module")
def authority(folder: Path, agreements: tuple[Signed, ...]) -> Path:
    assert len(agreements) == 12
    return folder / "sample-authority.pem"


def test_apache_poi_accepts_every_agreement(poi: Poi, agreements: tuple[Signed, ...], authority: Path) -> None:
    for agreement in agreements:
        verdict = poi.verify(agreement.file, trust=authority)
        assert verdict.valid, agreement
        assert len(verdict.signatures) == agreement.signatures
        assert all(signature.trusted for signature in verdict.signatures)
        for signature in verdict.signatures:
            assert uncovered(agreement.file, verdict, signature.part) == frozenset()


def test_libreoffice_accepts_every_agreement_on_all_its_lines(
    libreoffice: LibreOffice, agreements: tuple[Signed, ...], authority: Path
) -> None:
    libreoffice.trust(authority)

    for agreement in agreements:
        verdict = libreoffice.verify(agreement.file)
        assert verdict.trusted, agreement
        lines = [line.setup_id for line in signature_lines(agreement.file.read_bytes())]
        assert sorted(signature.line for signature in verdict.signatures) == sorted(lines)
        assert len(lines) == agreement.signatures


def test_they_are_signed_in_each_language_with_rsa_and_with_ec(agreements: tuple[Signed, ...], authority: Path) -> None:
    kinds = {(each.language, kind) for each in agreements for kind in key_kinds(report(each, authority))}

    assert kinds == {(language, kind) for language in ("fi", "sv", "en") for kind in ("RSA", "EC")}


def test_one_of_them_has_two_signatories_of_each_party(agreements: tuple[Signed, ...]) -> None:
    assert 4 in {agreement.signatures for agreement in agreements}


def report(agreement: Signed, authority: Path) -> Report:
    lists = RevocationData(crls=lists_of(authority.with_suffix(".crl").read_bytes()))
    anchor = x509.load_pem_x509_certificate(authority.read_bytes())
    found = verify(agreement.file.read_bytes(), at=SystemClock().now(), anchors=[anchor], revocation=lists)
    assert (found.verdict, len(found.signatures)) == (agreement.verdict, agreement.signatures)
    return found


def key_kinds(found: Report) -> set[str]:
    keys = [one.signer_certificate.public_key() for one in found.signatures if one.signer_certificate]
    names = {rsa.RSAPublicKey: "RSA", ec.EllipticCurvePublicKey: "EC"}
    return {name for key in keys for kind, name in names.items() if isinstance(key, kind)}
