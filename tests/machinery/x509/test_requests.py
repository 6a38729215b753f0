"""Requests for certificates: what is asked for stands in them, and whoever has not the key is found out."""

import subprocess
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.x509 import keys, requests
from kanta_tenancy.machinery.x509.errors import RequestNotProven, RequestUnreadable
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.reading import MAX_BYTES
from kanta_tenancy.machinery.x509.requests import Wanted

KEY = keys.make(KeyKind.EC_P256)
WANTED = Wanted(
    common_name="palvelin.example.org",
    organisation="Esimerkkiklinikka Oy",
    unit="Ensihoito",
    country="FI",
    domains=("palvelin.example.org", "xn--piv-qlac.example"),
    addresses=(ip_address("192.0.2.1"), ip_address("2001:db8::1")),
    usages=("server", "client"),
)
DER = requests.make(KEY, WANTED)


def test_what_is_asked_for_is_read_back():
    read = requests.read(DER)
    assert read.said.subject == "CN=palvelin.example.org,OU=Ensihoito,O=Esimerkkiklinikka Oy,C=FI"
    assert [(one.kind.value, one.shown) for one in read.said.names] == [
        ("dns", "palvelin.example.org"),
        ("dns", "päivä.example"),
        ("ip", "192.0.2.1"),
        ("ip", "2001:db8::1"),
    ]
    assert read.said.extended_usages == ("server_auth", "client_auth")
    assert (read.said.key, read.der) == ("EC P-256", DER)
    assert read.public_key == KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert requests.read(requests.pem(DER)) == read


def test_openssl_reads_and_verifies_it(tmp_path):
    (tmp_path / "one.csr").write_bytes(requests.pem(DER))
    told = subprocess.run(
        ["openssl", "req", "-in", tmp_path / "one.csr", "-noout", "-verify", "-text"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "verify OK" in told.stdout + told.stderr
    for said in ("DNS:palvelin.example.org", "IP Address:192.0.2.1", "O = Esimerkkiklinikka Oy", "TLS Web Server"):
        assert said in told.stdout


def test_a_request_without_names_or_usages_has_no_extensions():
    assert requests.read(requests.make(KEY, Wanted(common_name="järjestelmä"))).said.names == ()


def test_a_signature_that_was_changed_proves_nothing():
    with pytest.raises(RequestNotProven):
        requests.read(DER[:-1] + bytes([DER[-1] ^ 1]))


def test_a_request_with_anothers_key_proves_nothing():
    other = keys.make(KeyKind.EC_P256).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    own = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(RequestNotProven):
        requests.read(DER.replace(own, other))


@pytest.mark.parametrize(
    "content", [b"", b"-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n", b"0\x00", b"x" * (MAX_BYTES + 1)]
)
def test_what_is_no_request_is_refused_in_words(content):
    with pytest.raises(RequestUnreadable):
        requests.read(content)


def test_keys_of_other_kinds_are_read_too():
    for key, name in ((ed25519.Ed25519PrivateKey.generate(), "Ed25519"), (dsa.generate_private_key(2048), "DSA")):
        digest = None if name == "Ed25519" else hashes.SHA256()
        request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, digest)
        assert requests.read(request.public_bytes(Encoding.DER)).said.key == name


@given(st.integers(0, len(DER) - 1), st.integers(1, 255))
def test_no_change_of_a_byte_is_taken_for_the_request(place, change):
    content = bytearray(DER)
    content[place] ^= change
    with pytest.raises((RequestUnreadable, RequestNotProven)):
        requests.read(bytes(content))


def test_the_key_of_what_is_no_certificate_is_none():
    assert requests.public_key_of(DER) is None
