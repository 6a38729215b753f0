"""What a file of certificates may hold, and what each can be kept for."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.x509 import keys, sample_authority
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.reading import MAX_BYTES
from kanta_tenancy.trust import examining
from kanta_tenancy.trust.errors import AnchorRefused, KeyMaterialRefused
from kanta_tenancy.trust.model import AnchorKind, Doubt
from tests.trust.examples import (
    BEGINS,
    ISSUING,
    OTHER,
    ROOT,
    SIGNER,
    an_anchor,
    an_authority,
    der,
    fingerprints,
    pem,
    self_signed,
)

CA = x509.BasicConstraints(ca=True, path_length=None)
TIMESTAMPS_ONLY = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
EC, RSA = keys.make(KeyKind.EC_P384), keys.make(KeyKind.RSA_2048)
OPENSSL = PrivateFormat.TraditionalOpenSSL
SECRETS = {
    "pkcs8": RSA.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    "pkcs8_encrypted": RSA.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")),
    "pkcs1": RSA.private_bytes(Encoding.DER, OPENSSL, NoEncryption()),
    "sec1": EC.private_bytes(Encoding.DER, OPENSSL, NoEncryption()),
    "pkcs12": sample_authority.pkcs12_file(SIGNER),
    "pkcs12_encrypted": sample_authority.pkcs12_file(SIGNER, b"x"),
    "pem": sample_authority.key_pem(SIGNER),
    "pem_encrypted": sample_authority.key_pem(SIGNER, b"x"),
    "pem_openssl": RSA.private_bytes(Encoding.PEM, OPENSSL, NoEncryption()),
    "beside_a_certificate": pem(ROOT) + sample_authority.key_pem(SIGNER),
    "cut_off": sample_authority.key_pem(SIGNER)[:80],
}


def usage(**named: bool) -> x509.KeyUsage:
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**dict.fromkeys(names, False) | named)


def test_pem_with_several_and_der_with_one_are_read_each_certificate_once():
    assert fingerprints(examining.read(pem(ROOT, ISSUING, ROOT))) == fingerprints([ROOT, ISSUING])
    assert fingerprints(examining.read(der(ROOT))) == fingerprints([ROOT])
    assert fingerprints(examining.read(b"Subject: CN=Luottamus\r\n" + pem(ROOT))) == fingerprints([ROOT])


@pytest.mark.parametrize("form", SECRETS)
def test_a_private_key_is_refused_by_name_whatever_its_form(form):
    with pytest.raises(KeyMaterialRefused, match="private key"):
        examining.read(SECRETS[form])


@pytest.mark.parametrize("certificate", [ROOT, ISSUING, SIGNER.certificate, self_signed(key=RSA)])
def test_no_certificate_is_taken_for_a_key(certificate):
    assert examining.read(der(certificate)) == (certificate,)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"-----BEGIN CERTIFICATE-----",
        b"\x30\x03\x02\x01",
        der(ROOT)[:-1],
        der(ROOT) + b"\0",
        b"x" * (MAX_BYTES + 1),
        pem(*[ROOT] * 11),
    ],
)
def test_what_is_no_certificate_or_too_much_is_refused(data):
    with pytest.raises((CertificateUnreadable, KeyMaterialRefused)):
        examining.read(data)


@given(st.binary(max_size=400))
def test_whatever_the_bytes_are_they_are_read_or_refused(data):
    for file in (data, b"\x30" + data, b"-----BEGIN CERTIFICATE-----" + data + b"-----END CERTIFICATE-----"):
        with pytest.raises((CertificateUnreadable, KeyMaterialRefused)):
            examining.read(file)


FIT = [
    (AnchorKind.SIGNATURES, ROOT),
    (AnchorKind.SIGNATURES, ISSUING),
    (AnchorKind.SIGNATURES, self_signed()),
    (AnchorKind.SIGNATURES, self_signed(usage(content_commitment=True))),
    (AnchorKind.SIGNATURES, an_authority(lasts=timedelta(days=1))),  # expired by now
    (AnchorKind.TIMESTAMPS, ROOT),
    (AnchorKind.TIMESTAMPS, self_signed(TIMESTAMPS_ONLY)),
    (AnchorKind.INTERMEDIATE, ISSUING),
]
UNFIT = [
    (AnchorKind.SIGNATURES, SIGNER.certificate, "neither an authority nor self-signed"),
    (AnchorKind.SIGNATURES, self_signed(usage(key_encipherment=True)), "not for signatures"),
    (AnchorKind.TIMESTAMPS, self_signed(), "not for timestamps"),
    (AnchorKind.TIMESTAMPS, SIGNER.certificate, "neither an authority nor self-signed"),
    (AnchorKind.INTERMEDIATE, SIGNER.certificate, "not an authority"),
    (AnchorKind.INTERMEDIATE, self_signed(), "not an authority"),
    (AnchorKind.INTERMEDIATE, self_signed(CA, usage(crl_sign=True)), "not an authority"),
    (AnchorKind.SIGNATURES, an_authority(key=rsa.generate_private_key(65537, 1024)), "1024 bits"),  # noqa: S505 -- weak on purpose
]


@pytest.mark.parametrize(("kind", "certificate"), FIT)
def test_authorities_and_signers_that_signed_themselves_can_be_kept(kind, certificate):
    examining.check([certificate], kind)


@pytest.mark.parametrize(("kind", "certificate", "why"), UNFIT)
def test_what_nothing_could_lead_to_is_refused(kind, certificate, why):
    with pytest.raises(AnchorRefused, match=why):
        examining.check([certificate], kind)


def test_the_refusal_names_every_certificate_that_is_unfit():
    with pytest.raises(AnchorRefused) as refused:
        examining.check([SIGNER.certificate, ROOT, OTHER.root, SIGNER.certificate], AnchorKind.SIGNATURES)
    assert [flaw.field for flaw in refused.value.flaws] == ["certificates[0]", "certificates[3]"]


def test_a_public_key_is_no_certificate():
    spki = RSA.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises((CertificateUnreadable, KeyMaterialRefused)):
        examining.read(spki)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (timedelta(seconds=-1), (Doubt.NOT_YET_VALID,)),
        (timedelta(0), ()),
        (timedelta(days=275), (Doubt.EXPIRES_SOON,)),
        (timedelta(days=365), (Doubt.EXPIRES_SOON,)),
        (timedelta(days=365, seconds=1), (Doubt.EXPIRED,)),
    ],
)
def test_what_to_know_of_a_certificate_depends_on_the_day(after, expected):
    anchor = an_anchor(an_authority(lasts=timedelta(days=365)))
    assert examining.doubts(anchor, BEGINS + after) == expected
    assert examining.doubts(anchor, BEGINS + timedelta(days=274, hours=23)) == ()


def test_what_is_kept_of_a_certificate_is_what_it_says():
    anchor = an_anchor(ROOT)
    assert (anchor.certificate, anchor.sha256) == (der(ROOT), fingerprints([ROOT])[0])
    assert (anchor.subject, anchor.name, anchor.authority) == (
        "CN=Luottamus Root,O=Luottamus,C=FI",
        "Luottamus Root",
        True,
    )
    assert not an_anchor(self_signed()).authority
