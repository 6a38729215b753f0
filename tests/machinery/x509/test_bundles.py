"""Certificates come out of whatever file they are in; keys do not."""

import base64
import io
import time
import zipfile
from collections import Counter
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.x509.bundles import (
    MOST_BYTES,
    MOST_CERTIFICATES,
    MOST_FILES,
    Found,
    KeyMaterialFound,
    NotRead,
    certificates_in,
)
from kanta_tenancy.machinery.x509.inspected import Inspected
from kanta_tenancy.machinery.x509.inspection import inspect
from kanta_tenancy.machinery.x509.reading import quietly
from tests.machinery.x509.authorities import aino

VECTORS = Path(cryptography_vectors.__file__).parent
SYSTEM = Path("/etc/ssl/certs/ca-certificates.crt")
CHAIN = aino().chain
DERS = [one.public_bytes(Encoding.DER) for one in CHAIN]
PEM = b"".join(one.public_bytes(Encoding.PEM) for one in CHAIN)
KEY = ec.generate_private_key(ec.SECP256R1())
SECRET = b"secret"


def ders(content: bytes, password: bytes | None = None) -> list[bytes]:
    return [one.der for one in certificates_in(content, "file", password) if isinstance(one, Found)]


def key_in(form: PrivateFormat, encoding: Encoding, *, encrypted: bool = False) -> bytes:
    return KEY.private_bytes(encoding, form, BestAvailableEncryption(SECRET) if encrypted else NoEncryption())


def container(password: bytes | None) -> bytes:
    key = aino().key
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    closed = NoEncryption() if password is None else BestAvailableEncryption(password)
    return pkcs12.serialize_key_and_certificates(b"a", key, CHAIN[0], CHAIN[1:], closed)


def zipped(files: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return whole.getvalue()


@pytest.mark.parametrize(
    ("content", "password"),
    [
        (PEM, None),
        (
            b"Subject: somebody\n"
            + PEM.replace(b"-----END CERTIFICATE-----\n", b"-----END CERTIFICATE-----\r\ntext\r\n"),
            None,
        ),
        (pkcs7.serialize_certificates(list(CHAIN), Encoding.PEM), None),
        (pkcs7.serialize_certificates(list(CHAIN), Encoding.DER), None),
        (container(None), None),
        (container(SECRET), SECRET),
        (zipped({f"{number}.der": each for number, each in enumerate(DERS)}), None),
    ],
    ids=["PEM", "PEM with text", "PKCS#7 PEM", "PKCS#7 DER", "PKCS#12", "PKCS#12 with a password", "zip"],
)
def test_every_kind_of_file_gives_its_certificates(content: bytes, password: bytes | None):
    assert sorted(ders(content, password)) == sorted(DERS)


def test_der_gives_its_one_certificate():
    assert list(certificates_in(DERS[0], "a.der")) == [Found(der=DERS[0], where="a.der, certificate 1")]


def test_each_says_where_it_was():
    found = certificates_in(zipped({"ca/chain.pem": PEM}), "all.zip")
    assert [one.where for one in found][:2] == [f"all.zip, ca/chain.pem, certificate {number}" for number in (1, 2)]


@pytest.mark.parametrize(
    "key",
    [
        key_in(PrivateFormat.PKCS8, Encoding.PEM),
        key_in(PrivateFormat.PKCS8, Encoding.PEM, encrypted=True),
        key_in(PrivateFormat.TraditionalOpenSSL, Encoding.PEM),
        key_in(PrivateFormat.OpenSSH, Encoding.PEM),
        key_in(PrivateFormat.PKCS8, Encoding.PEM).partition(b"-----END")[0],
        key_in(PrivateFormat.PKCS8, Encoding.DER),
        key_in(PrivateFormat.PKCS8, Encoding.DER, encrypted=True),
        key_in(PrivateFormat.TraditionalOpenSSL, Encoding.DER),
    ],
    ids=["PKCS#8", "PKCS#8 encrypted", "SEC 1", "OpenSSH", "cut off", "DER", "DER encrypted", "SEC 1 DER"],
)
def test_a_key_is_told_of_by_its_file_alone(key: bytes):
    assert list(certificates_in(key, "k")) == [KeyMaterialFound(where="k")]
    assert KeyMaterialFound(where="z, k") in list(certificates_in(zipped({"k": key}), "z"))


def test_a_key_beside_certificates_is_told_of_and_they_are_read():
    found = list(certificates_in(key_in(PrivateFormat.PKCS8, Encoding.PEM) + PEM, "both"))
    assert found[0] == KeyMaterialFound(where="both")
    assert [one.der for one in found if isinstance(one, Found)] == DERS


def test_of_a_container_the_certificates_leave_and_the_key_does_not():
    found = list(certificates_in(container(SECRET), "a.p12", SECRET))
    secret = aino().key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert found[0] == KeyMaterialFound(where="a.p12")
    assert all(secret not in one.der for one in found if isinstance(one, Found))


@pytest.mark.parametrize(("password", "why"), [(None, "without a password"), (b"wrong", "password is wrong")])
def test_a_container_that_stays_closed_says_why(password: bytes | None, why: str):
    (only,) = certificates_in(container(SECRET), "a.p12", password)
    assert isinstance(only, NotRead)
    assert why in only.why


def test_what_is_too_large_is_refused_with_its_size():
    (only,) = certificates_in(bytes(MOST_BYTES + 1), "big")
    assert isinstance(only, NotRead)
    assert str(MOST_BYTES + 1) in only.why


@pytest.mark.parametrize("files", [{"a": bytes(MOST_BYTES + 1)}, {str(n): b"" for n in range(MOST_FILES + 1)}])
def test_a_zip_that_holds_too_much_is_refused_before_it_is_inflated(files: dict[str, bytes]):
    (only,) = certificates_in(zipped(files), "bomb.zip")
    assert isinstance(only, NotRead)
    assert "at most" in only.why


def test_a_file_of_a_zip_that_is_larger_than_it_says_is_not_read():
    size = 5_000_000
    lying = zipped({"a": bytes(size)}).replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    (only,) = certificates_in(lying, "bomb.zip")
    assert isinstance(only, NotRead)
    assert only.why.startswith("the zip cannot be read")


def test_more_certificates_than_are_read_are_refused_with_the_limit():
    block = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
    found = list(certificates_in(block * (MOST_CERTIFICATES + 1), "many"))
    last = NotRead(where="many", why=f"at most {MOST_CERTIFICATES} certificates are read; there are more")
    assert (len(found), found[-1]) == (MOST_CERTIFICATES + 1, last)


def test_what_openssl_notes_behind_a_certificate_that_it_trusts_is_left_out():
    noted = base64.encodebytes(DERS[0] + b"0\x00")
    assert ders(b"-----BEGIN TRUSTED CERTIFICATE-----\n" + noted + b"-----END TRUSTED CERTIFICATE-----\n") == DERS[:1]


def test_headers_inside_a_block_are_left_out():
    headed = PEM.replace(b"-----BEGIN CERTIFICATE-----\n", b"-----BEGIN CERTIFICATE-----\nX-Note: mine\n\n")
    assert ders(headed) == DERS


def test_many_beginnings_without_an_end_take_no_more_time_than_their_length():
    begun = time.monotonic()
    assert ders(b"-----BEGIN CERTIFICATE-----\n" * 100_000) == []
    assert time.monotonic() - begun < 5


@given(st.binary(max_size=400), st.sampled_from([b"", b"0", b"0\x80", b"PK\x03\x04", b"-----BEGIN CERTIFICATE-----"]))
def test_no_bytes_make_it_fail(data: bytes, start: bytes):
    assert list(certificates_in(start + data, "file", b"password"))


@given(st.sampled_from([container(SECRET), zipped({"a.pem": PEM}), PEM]), st.integers(0), st.integers(1, 255))
def test_no_changed_octet_makes_it_fail(content: bytes, at: int, change: int):
    data = bytearray(content)
    data[at % len(data)] ^= change
    assert list(certificates_in(bytes(data), "file", SECRET))


def test_what_others_broke_goes_all_through():
    seen: Counter[type] = Counter()
    again = VECTORS / "x509" / "PKITS_data" / "pkcs12"  # the certificates of its neighbour `certs`
    kinds = {".pem", ".der", ".crt", ".p7b", ".p12"}
    files = [path for path in VECTORS.rglob("*") if path.suffix in kinds and path.parent != again]
    for file in files:
        for one in certificates_in(file.read_bytes(), file.name, b"password"):
            seen[type(one)] += 1
            if isinstance(one, Found):
                seen[type(inspect(one.der))] += 1
    assert seen[Inspected] > 500
    assert seen[KeyMaterialFound] > 20


def test_each_certificate_that_the_system_trusts_is_read_as_the_library_reads_it():
    found = [inspect(one) for one in ders(SYSTEM.read_bytes())]
    with quietly():
        theirs = x509.load_pem_x509_certificates(SYSTEM.read_bytes())
    assert len(found) == len(theirs) > 100
    for ours, one in zip(found, theirs, strict=True):
        assert isinstance(ours, Inspected)
        assert (ours.subject, ours.not_after) == (one.subject.rfc4514_string(), one.not_valid_after_utc)
        assert ours.unreadable == ()
