"""DER and PEM to certificates, with limits first: whoever sends one may be hostile."""

import base64
import binascii
import functools
import re
import threading
import warnings
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from kanta_tenancy.machinery.x509.errors import CertificateUnreadable

MAX_CERTIFICATES: Final = 10
MAX_BYTES: Final = 64 * 1024
SERIAL_OCTETS: Final = 20  # RFC 5280, 4.1.2.2

PEM_BLOCK: Final = re.compile(rb"-----BEGIN ([A-Z0-9 ]{1,40})-----(.*?)-----END \1-----", re.DOTALL)
CERTIFICATE_LABELS: Final = frozenset({b"CERTIFICATE", b"X509 CERTIFICATE"})

_INTEGER: Final = 0x02
_SEQUENCE: Final = 0x30
_VERSION: Final = 0xA0
_LONG_FORM: Final = 0x80

_FIELDS: Final[Mapping[str, Callable[[x509.Certificate], object]]] = {
    "subject": lambda certificate: certificate.subject.rfc4514_string(),
    "issuer": lambda certificate: certificate.issuer.rfc4514_string(),
    "validity": lambda certificate: (certificate.not_valid_before_utc, certificate.not_valid_after_utc),
    "extensions": lambda certificate: certificate.extensions,
    "public key": lambda certificate: certificate.public_key(),
    "signature algorithm": lambda certificate: certificate.signature_algorithm_oid,
}

# `warnings.catch_warnings` swaps a list that the whole process shares.
_one_at_a_time = threading.RLock()


class _Quiet:
    """Whether whoever holds the lock has set the warnings aside already."""

    now = False


@contextmanager
def quietly() -> Generator[None]:
    """Let the library read what a stranger wrote, without its warnings about it.

    Whoever reads many holds it around all of them: setting the warnings aside and back has the interpreter look at its
    filters again, which takes a fifth of the time of reading one.
    """
    with _one_at_a_time:
        if _Quiet.now:
            yield
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _Quiet.now = True
            try:
                yield
            finally:
                _Quiet.now = False


def certificates_from_pem(pem: bytes) -> tuple[x509.Certificate, ...]:
    """Read every certificate of a PEM file, in the file's order.

    Raises:
        CertificateUnreadable: none or too many are in it, it is too large, it holds a private key, or
            one of them cannot be read; the sentence says which.
    """
    if len(pem) > MAX_BYTES:
        raise CertificateUnreadable(f"a certificate file has at most {MAX_BYTES} bytes, this one has {len(pem)}")
    blocks = PEM_BLOCK.findall(pem)
    if any(label.endswith(b"PRIVATE KEY") for label, _ in blocks):
        raise CertificateUnreadable("the certificate file also holds a private key; keep the key in a file of its own")
    encoded = [body for label, body in blocks if label in CERTIFICATE_LABELS]
    if not encoded:
        raise CertificateUnreadable(_why_no_certificate(pem))
    if len(encoded) > MAX_CERTIFICATES:
        raise CertificateUnreadable(f"at most {MAX_CERTIFICATES} certificates are read, the file has {len(encoded)}")
    return tuple(_numbered(number, body) for number, body in enumerate(encoded, start=1))


@functools.lru_cache(maxsize=128)
def certificate_from_der(der: bytes) -> x509.Certificate:
    """Read one certificate whole, so that none of its fields can fail or warn later.

    Raises:
        CertificateUnreadable: it is too large, no certificate, or has a field that cannot be read.
    """
    if len(der) > MAX_BYTES:
        raise CertificateUnreadable(f"a certificate has at most {MAX_BYTES} bytes, this one has {len(der)}")
    _check_serial(der)
    try:
        certificate = x509.load_der_x509_certificate(der)
    except (ValueError, x509.InvalidVersion) as trouble:
        raise CertificateUnreadable("it is not a DER certificate as RFC 5280 describes it") from trouble
    _read_each_field(certificate)
    return certificate


def _numbered(number: int, body: bytes) -> x509.Certificate:
    try:
        return certificate_from_der(base64.b64decode(b"".join(body.split()), validate=True))
    except binascii.Error as trouble:
        raise CertificateUnreadable(f"certificate {number} of the file is not base64") from trouble
    except CertificateUnreadable as trouble:
        raise CertificateUnreadable(f"certificate {number} of the file: {trouble.detail}") from trouble


def _why_no_certificate(pem: bytes) -> str:
    if pem[:1] == bytes([_SEQUENCE]):
        return "the file is binary (DER or PKCS#12); a certificate file is PEM text"
    return "no `-----BEGIN CERTIFICATE-----` is in the file"


def _read_each_field(certificate: x509.Certificate) -> None:
    """Read what the library reads lazily; what was read is kept, and does not warn a second time."""
    with quietly():
        for name, read in _FIELDS.items():
            try:
                read(certificate)
            except (ValueError, TypeError, UnsupportedAlgorithm) as trouble:  # TypeError: a bit string as a name
                raise CertificateUnreadable(f"its {name} cannot be read") from trouble
            except x509.DuplicateExtension as trouble:
                raise CertificateUnreadable(f"it has the extension {trouble.oid.dotted_string} twice") from trouble


def _check_serial(der: bytes) -> None:
    """Refuse a serial number that is not positive, before the library warns that it will refuse it one day.

    Raises:
        CertificateUnreadable: the serial number is zero, negative, longer than 20 octets or not there.
    """
    content = _serial_octets(der)
    if content[0] & _LONG_FORM or not any(content):
        raise CertificateUnreadable("its serial number is not positive, which RFC 5280 requires")
    if len(content.removeprefix(b"\0")) > SERIAL_OCTETS:
        raise CertificateUnreadable(f"its serial number is longer than the {SERIAL_OCTETS} octets of RFC 5280")


def _serial_octets(der: bytes) -> bytes:
    try:
        at, _ = _content(der, 0, _SEQUENCE)
        at, _ = _content(der, at, _SEQUENCE)
        if der[at] == _VERSION:
            start, length = _content(der, at, _VERSION)
            at = start + length
        start, length = _content(der, at, _INTEGER)
    except IndexError as trouble:
        raise CertificateUnreadable("it is not a DER certificate as RFC 5280 describes it") from trouble
    content = der[start : start + length]
    if not content:
        raise CertificateUnreadable("it has no serial number")
    return content


def _content(der: bytes, at: int, tag: int) -> tuple[int, int]:
    """Return where the content of a tagged value starts, and its length."""
    if der[at] != tag:
        raise CertificateUnreadable("it is not a DER certificate as RFC 5280 describes it")
    first = der[at + 1]
    if first < _LONG_FORM:
        return at + 2, first
    octets = first - _LONG_FORM
    return at + 2 + octets, int.from_bytes(der[at + 2 : at + 2 + octets], "big")
