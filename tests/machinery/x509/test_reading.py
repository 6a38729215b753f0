import base64
import contextlib
import time

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.x509.description import describe
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable
from kanta_tenancy.machinery.x509.reading import (
    MAX_BYTES,
    MAX_CERTIFICATES,
    certificate_from_der,
    certificates_from_pem,
)
from tests.machinery.x509 import der

USAGE = der.extension(der.KEY_USAGE, bytes.fromhex("03020780"))
GOOD = der.certificate(subject=der.attribute(der.COMMON_NAME, b"Aino"))


def pem(*certificates: bytes, label: str = "CERTIFICATE") -> bytes:
    return b"".join(
        f"-----BEGIN {label}-----\n{base64.encodebytes(each).decode()}-----END {label}-----\n".encode()
        for each in certificates
    )


READABLE = {
    "no common name": der.certificate(),
    "empty common name": der.certificate(subject=der.attribute(der.COMMON_NAME, b"")),
    "A-label": der.certificate(subject=der.attribute(der.COMMON_NAME, b"xn--ptekki-9wa.example")),
    "U-label": der.certificate(subject=der.attribute(der.COMMON_NAME, "äpteekki.example".encode())),
    "mixed script": der.certificate(
        subject=der.attribute(der.COMMON_NAME, "\N{CYRILLIC SMALL LETTER A}pteekki".encode())
    ),
    "UTF-16 name": der.certificate(subject=der.attribute(der.COMMON_NAME, "Äijä".encode("utf-16be"), der.BMP)),
    "country of seven letters": der.certificate(subject=der.attribute(der.COUNTRY, b"FINLAND", der.PRINTABLE)),
    "20-octet serial": der.certificate(serial=der.integer((1 << 160) - 1)),
    "version 1": der.certificate(version=0),
    "version 1 with an extension": der.certificate(version=0, extensions=(USAGE,)),
    "expired": der.certificate(validity=(b"200101000000Z", b"210101000000Z")),
    "not yet valid": der.certificate(validity=(b"490101000000Z", b"491231000000Z")),
    "year 9999": der.certificate(validity=(b"20260101000000Z", b"99991231235959Z"), time=der.GENERALIZED_TIME),
    "ends before it begins": der.certificate(validity=(b"300101000000Z", b"260101000000Z")),
    "unknown extension": der.certificate(extensions=(der.extension(bytes.fromhex("2a0304"), b"\x05\x00"),)),
}
UNREADABLE = {
    "nothing": (b"", "not a DER certificate"),
    "noise": (b"\x30\x03\x02\x01", "not a DER certificate"),
    "cut off": (GOOD[:-40], "not a DER certificate"),
    "more behind it": (GOOD + b"\x00", "not a DER certificate"),
    "length that lies": (b"\x30\x84\xff\xff\xff\xff" + GOOD[4:], "not a DER certificate"),
    "negative serial": (der.certificate(serial=der.integer(-5)), "serial number is not positive"),
    "serial 0": (der.certificate(serial=der.integer(0)), "serial number is not positive"),
    "empty serial": (der.certificate(serial=der.tagged(der.INTEGER)), "no serial number"),
    "30-octet serial": (der.certificate(serial=der.integer(1 << 236)), "longer than the 20 octets"),
    "duplicate extension": (der.certificate(extensions=(USAGE, USAGE)), "extension 2.5.29.15 twice"),
    "key usage that is no bit string": (
        der.certificate(extensions=(der.extension(der.KEY_USAGE, b"\x05\x00"),)),
        "its extensions cannot be read",
    ),
    "name that is no UTF-8": (
        der.certificate(subject=der.attribute(der.COMMON_NAME, b"\xff\xfe")),
        "its subject cannot be read",
    ),
    "name that is a bit string": (
        der.certificate(subject=der.attribute(der.COMMON_NAME, b"\0x", der.BITS)),
        "its subject cannot be read",
    ),
    "version 2": (der.certificate(version=1), "not a DER certificate"),
    "unknown key": (
        der.certificate(spki=bytes.fromhex("300c 3007 0603 2a0304 0500 0301 00".replace(" ", ""))),
        "its public key cannot be read",
    ),
    "fraction of a second": (
        der.certificate(validity=(b"20260101000000.5Z", b"20300101000000Z"), time=der.GENERALIZED_TIME),
        "not a DER certificate",
    ),
    "offset from UTC": (
        der.certificate(validity=(b"20260101000000+0200", b"20300101000000Z"), time=der.GENERALIZED_TIME),
        "not a DER certificate",
    ),
    "30 February": (der.certificate(validity=(b"260230000000Z", b"300101000000Z")), "not a DER certificate"),
    "100,000 names": (
        der.certificate(extensions=(der.extension(bytes.fromhex("2a0304"), b"x" * 100_000),)),
        "at most 65536 bytes",
    ),
}


@pytest.mark.parametrize("odd", READABLE.values(), ids=READABLE)
def test_an_odd_certificate_is_read_and_described_without_a_warning(odd: bytes):
    description = describe(certificate_from_der(odd))
    assert description.name
    assert len(description.fingerprint) == 64


@pytest.mark.parametrize(("broken", "why"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_certificate_that_cannot_be_read_gets_a_reason(broken: bytes, why: str):
    began = time.perf_counter()
    with pytest.raises(CertificateUnreadable) as refusal:
        certificate_from_der(broken)
    assert why in refusal.value.detail
    assert time.perf_counter() - began < 0.25


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_certificate_with_one_octet_changed_is_read_or_refused(position: int, octet: int):
    changed = GOOD[:position] + bytes([octet]) + GOOD[position + 1 :]
    with contextlib.suppress(CertificateUnreadable):
        assert describe(certificate_from_der(changed)).name


@given(st.binary(max_size=300))
def test_no_octets_whatever_crash_the_reader(octets: bytes):
    with pytest.raises(CertificateUnreadable):
        certificate_from_der(octets)
    with pytest.raises(CertificateUnreadable):
        certificates_from_pem(octets)


def test_a_file_with_several_certificates_is_read_in_its_order():
    other = der.certificate(serial=der.integer(2))
    read = certificates_from_pem(pem(GOOD, other))
    assert [each.public_bytes(Encoding.DER) for each in read] == [GOOD, other]


def test_byte_order_mark_windows_line_ends_and_comments_do_no_harm():
    text = b"\xef\xbb\xbfsubject=CN=Aino\r\n" + pem(GOOD).replace(b"\n", b"\r\n")
    assert certificates_from_pem(text)[0].public_bytes(Encoding.DER) == GOOD


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (pem(GOOD) + pem(b"x", label="PRIVATE KEY"), "holds a private key"),
        (pem(GOOD) + pem(b"x", label="ENCRYPTED PRIVATE KEY"), "holds a private key"),
        (pem(GOOD) + pem(b"x", label="RSA PRIVATE KEY"), "holds a private key"),
        (GOOD, "binary"),
        (b"", "no `-----BEGIN CERTIFICATE-----`"),
        (b"\n" * 10_000_000, f"at most {MAX_BYTES} bytes"),
        (pem(*[GOOD] * (MAX_CERTIFICATES + 1)), f"at most {MAX_CERTIFICATES} certificates"),
        (pem(GOOD, GOOD[:-9]), "certificate 2 of the file: it is not"),
        (b"-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n", "certificate 1 of the file is not base64"),
        (pem(GOOD).replace(b"END", b"FIN"), "no `-----BEGIN CERTIFICATE-----`"),
    ],
)
def test_a_certificate_file_that_cannot_be_used_gets_a_reason(text: bytes, why: str):
    with pytest.raises(CertificateUnreadable) as refusal:
        certificates_from_pem(text)
    assert why in refusal.value.detail


def test_ten_certificates_are_read():
    chain = pem(*(der.certificate(serial=der.integer(number)) for number in range(1, MAX_CERTIFICATES + 1)))
    assert len(certificates_from_pem(chain)) == MAX_CERTIFICATES
