"""Lists and answers that openssl makes, and how we and openssl judge by them."""

import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.crls import lists_of
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.ocsp_answers import checked
from kanta_tenancy.machinery.x509.revocation import RevocationData, Standing, judge
from kanta_tenancy.machinery.x509.sample_authority import (
    Revoked,
    Signer,
    chain_pem,
    empty_lists,
    found,
    issue,
    lists_pem,
    revocation_list,
)
from tests.machinery.x509.authorities import NO_CHECK
from tests.machinery.x509.openssl import entry, openssl, put, put_database

NOW = SystemClock().now()
HOUR = timedelta(hours=1)
SINCE = (NOW - 48 * HOUR).replace(microsecond=0)


class Scene:
    """An authority, a signer that may have been revoked, and openssl in a folder."""

    def __init__(self, folder: Path, kind: KeyKind, revoked_at: datetime | None, cause: str = "") -> None:
        self.folder = folder
        self.authority = found("Openssl", at=SINCE, kind=kind)
        self.signer = issue(self.authority, Signer(name="Aino", organisation="Hoivakoti"), at=SINCE, kind=kind)
        put(folder, "ca", self.authority.issuing)
        put(folder, "signer", self.signer)
        put_database(folder, entry(self.signer.certificate, revoked_at, cause))

    @property
    def crl(self) -> RevocationData:
        openssl(
            self.folder, "ca", "-gencrl", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key", "-out", "crl"
        )
        return RevocationData(crls=lists_of((self.folder / "crl").read_bytes()))

    def answer(self, responder: Credential | None = None) -> RevocationData:
        put(self.folder, "responder", responder or self.authority.issuing)
        openssl(
            self.folder, "ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "responder.pem",
            "-rkey", "responder.key", "-issuer", "ca.pem", "-cert", "signer.pem", "-respout", "answer", "-ndays", "1",
            "-rmd", "sha256", "-noverify",
        )  # fmt: skip
        return RevocationData(ocsp=(checked((self.folder / "answer").read_bytes()),))

    def judged(self, data: RevocationData) -> tuple[Standing, datetime | None, x509.ReasonFlags | None]:
        at = SystemClock().now()
        judgement = judge(self.signer.certificate, self.authority.issuing.certificate, data, at=at)
        return judgement.standing, judgement.revoked_at, judgement.cause


@pytest.mark.parametrize("kind", [KeyKind.RSA_2048, KeyKind.EC_P384])
def test_what_openssl_says_of_a_good_certificate(tmp_path: Path, kind: KeyKind):
    scene = Scene(tmp_path, kind, None)
    appointed = issue(
        scene.authority, Signer(name="Responder", organisation="O"), at=SINCE, kind=kind, extensions=NO_CHECK
    )
    for data in (scene.crl, scene.answer(), scene.answer(appointed)):
        assert scene.judged(data) == (Standing.GOOD, None, None)


@pytest.mark.parametrize(
    ("said", "cause"),
    [("", None), ("keyCompromise", x509.ReasonFlags.key_compromise), ("superseded", x509.ReasonFlags.superseded)],
)
def test_what_openssl_says_of_a_revoked_certificate(tmp_path: Path, said: str, cause: x509.ReasonFlags | None):
    revoked_at = SINCE + HOUR
    scene = Scene(tmp_path, KeyKind.EC_P256, revoked_at, said)
    for data in (scene.crl, scene.answer()):
        assert scene.judged(data) == (Standing.REVOKED, revoked_at, cause)


def test_openssl_knows_nothing_of_a_certificate_of_somebody_else(tmp_path: Path):
    scene = Scene(tmp_path, KeyKind.EC_P256, None)
    put_database(tmp_path, entry(scene.authority.root))
    assert scene.judged(scene.answer())[0] is Standing.UNKNOWN


def openssl_accepts(folder: Path) -> bool:
    try:
        openssl(
            folder, "verify", "-crl_check_all", "-CAfile", "root.pem", "-untrusted", "ca.pem", "-CRLfile", "lists.pem",
            "signer.pem",
        )  # fmt: skip
    except subprocess.CalledProcessError:
        return False
    return True


def test_openssl_judges_by_the_sample_authoritys_lists_as_we_do(tmp_path: Path):
    scene = Scene(tmp_path, KeyKind.EC_P256, None)
    (tmp_path / "root.pem").write_bytes(chain_pem(scene.authority.root))
    lists = tmp_path / "lists.pem"
    lists.write_bytes(lists_pem(empty_lists(scene.authority, at=SINCE)))
    assert openssl_accepts(tmp_path)
    assert scene.judged(RevocationData(crls=lists_of(lists.read_bytes())))[0] is Standing.GOOD
    taken_back = Revoked(certificate=scene.signer.certificate, at=SINCE + HOUR)
    mine = revocation_list(scene.authority.issuing, at=SINCE + HOUR, revoked=[taken_back])
    top = revocation_list(scene.authority.top, at=SINCE)
    lists.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in (mine, top)))
    assert not openssl_accepts(tmp_path)
    assert scene.judged(RevocationData(crls=lists_of(lists.read_bytes())))[0] is Standing.REVOKED


@pytest.mark.parametrize("junk", [b"", b"junk", b"-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n"])
def test_a_file_that_is_no_list_and_no_answer_is_told_as_such(junk: bytes):
    with pytest.raises(CertificateUnreadable):
        lists_of(junk)
    with pytest.raises(CertificateUnreadable):
        checked(junk)
