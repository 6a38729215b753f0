from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.x509.judgement import Doubt, Refusal, refusals, warnings
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.sample_authority import SIGNER_LASTS, Signer, found, issue
from tests.machinery.x509.openssl import openssl

START = datetime(2026, 1, 1, tzinfo=UTC)
LATER = START + timedelta(days=1)
AUTHORITY = found("Sample", at=START)
AINO = Signer(name="Aino", organisation="Apteekki")
CERTIFICATE = issue(AUTHORITY, AINO, at=START).certificate


def words(certificate: x509.Certificate, at: datetime = LATER) -> list[Refusal]:
    return [reason.refusal for reason in refusals(certificate, at)]


def self_signed(key: CertificateIssuerPrivateKeyTypes) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Aino")])
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(START)
        .not_valid_after(START + SIGNER_LASTS)
        .sign(key, algorithm)
    )


def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, bits)


@given(st.timedeltas(min_value=timedelta(days=-2000), max_value=timedelta(days=2000)))
def test_a_certificate_may_sign_from_its_first_instant_to_its_last(offset: timedelta):
    at = START + offset
    if offset < timedelta(0):
        assert words(CERTIFICATE, at) == [Refusal.NOT_YET_VALID]
    elif offset > SIGNER_LASTS:
        assert words(CERTIFICATE, at) == [Refusal.EXPIRED]
    else:
        assert words(CERTIFICATE, at) == []


def test_both_ends_of_the_validity_belong_to_it():
    second = timedelta(seconds=1)
    last = START + SIGNER_LASTS
    assert words(CERTIFICATE, START) == words(CERTIFICATE, last) == []
    assert words(CERTIFICATE, START - second) == [Refusal.NOT_YET_VALID]
    assert words(CERTIFICATE, last + second) == [Refusal.EXPIRED]


@given(st.sets(st.sampled_from(("digital_signature", "content_commitment", "key_encipherment", "key_cert_sign"))))
def test_key_usage_must_name_signing_when_it_is_there(usage: set[str]):
    certificate = issue(AUTHORITY, AINO, at=START, usage=tuple(usage)).certificate
    may = usage & {"digital_signature", "content_commitment"}
    assert words(certificate) == ([] if may else [Refusal.KEY_USAGE])


def test_without_key_usage_a_certificate_may_sign():
    assert words(issue(AUTHORITY, AINO, at=START, usage=None).certificate) == []


def test_a_self_signed_certificate_may_sign():
    assert words(self_signed(ec.generate_private_key(ec.SECP256R1()))) == []


@pytest.mark.parametrize("kind", KeyKind)
def test_every_kind_of_key_that_is_made_here_may_sign(kind: KeyKind):
    assert words(issue(AUTHORITY, AINO, at=START, kind=kind).certificate) == []


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: rsa_key(1024), "RSA-1024"),
        (lambda: rsa_key(2047), "RSA-2047"),
        (lambda: rsa_key(4104), "RSA-4104"),
        (lambda: ec.generate_private_key(ec.SECP521R1()), "EC secp521r1"),
        (lambda: ec.generate_private_key(ec.SECP256K1()), "EC secp256k1"),
        (ed25519.Ed25519PrivateKey.generate, "Ed25519"),
    ],
)
def test_other_kinds_of_key_are_refused_by_name(make: Callable[[], CertificateIssuerPrivateKeyTypes], named: str):
    (reason,) = refusals(self_signed(make()), LATER)
    assert reason.refusal is Refusal.KEY_KIND
    assert named in reason.detail


def test_all_reasons_are_told_at_once():
    bad = issue(AUTHORITY, AINO, at=START, usage=("key_encipherment",)).certificate
    assert words(bad, START + timedelta(days=5000)) == [Refusal.EXPIRED, Refusal.KEY_USAGE]


def test_a_naive_instant_is_an_error():
    with pytest.raises(ValueError, match="time zone"):
        refusals(CERTIFICATE, datetime(2026, 1, 2))


POINT = x509.UniformResourceIdentifier("http://crl.example/ca.crl")
LISTED = (x509.CRLDistributionPoints([x509.DistributionPoint([POINT], None, None, None)]), False)
DOCUMENTS = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")


@pytest.mark.parametrize(
    ("usages", "doubts"),
    [
        (None, []),
        ([ExtendedKeyUsageOID.EMAIL_PROTECTION], []),
        ([DOCUMENTS, ExtendedKeyUsageOID.CLIENT_AUTH], []),
        ([DOCUMENTS], [Doubt.UNUSUAL_PURPOSE]),
        ([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE], [Doubt.UNUSUAL_PURPOSE]),
        ([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CODE_SIGNING], [Doubt.OTHER_PURPOSE]),
    ],
)
def test_a_purpose_that_others_do_not_accept_is_warned_of(
    usages: list[x509.ObjectIdentifier] | None, doubts: list[Doubt]
):
    purpose = () if usages is None else ((x509.ExtendedKeyUsage(usages), False),)
    certificate = issue(AUTHORITY, AINO, at=START, extensions=(LISTED, *purpose)).certificate
    assert [each.doubt for each in warnings(certificate)] == doubts


def test_a_certificate_of_which_nobody_can_ask_and_one_that_is_signed_by_itself_are_warned_of():
    assert [each.doubt for each in warnings(CERTIFICATE)] == [Doubt.NOBODY_TO_ASK]
    own = self_signed(ec.generate_private_key(ec.SECP256R1()))
    assert [each.doubt for each in warnings(own)] == [Doubt.SIGNED_BY_ITSELF]


def pss_key(folder: Path) -> x509.Certificate:
    openssl(
        folder, "req", "-x509", "-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048", "-nodes", "-subj", "/CN=Aino",
        "-keyout", "key.pem", "-out", "aino.pem", "-days", "30",
    )  # fmt: skip
    return x509.load_pem_x509_certificate((folder / "aino.pem").read_bytes())


def test_a_key_that_is_for_pss_alone_is_refused(tmp_path: Path):
    certificate = pss_key(tmp_path)
    (reason,) = refusals(certificate, certificate.not_valid_before_utc)
    assert (reason.refusal, "RSA-PSS alone" in reason.detail) == (Refusal.KEY_KIND, True)
