"""Extensions that an authority writes into certificate after certificate as the same bytes: read once, remembered.

Whoever calls holds the lock of `reading.quietly`, so one thread at a time looks at what is remembered.
"""

from collections.abc import Mapping
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import tlv
from kanta_tenancy.machinery.x509.signed_part import Beginning

ByNumber = Mapping[x509.ObjectIdentifier, x509.Extension[x509.ExtensionType]]

_MOST: Final = 1_000
_LONGEST: Final = 4_000  # bytes
# What each certificate has of its own; and its object identifiers as DER, with one of which such an extension begins.
_OWN_NUMBERS: Final = frozenset(
    {
        ExtensionOID.SUBJECT_KEY_IDENTIFIER,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
        ExtensionOID.PRECERT_SIGNED_CERTIFICATE_TIMESTAMPS,
    }
)
_OWN: Final = tuple(bytes.fromhex(each) for each in ("0603551d0e", "0603551d11", "060a2b06010401d679020402"))

_remembered: dict[tuple[bytes, ...], dict[x509.ObjectIdentifier, x509.Extension[x509.ExtensionType]]] = {}


class Read(Record, frozen=True, kw_only=True):
    by_number: ByNumber
    alike: tuple[bytes, ...] | None  # all but its own, as what follows from them is remembered by; None: too long


def read(certificate: x509.Certificate, der: bytes, beginning: Beginning) -> Read:
    """Read all extensions of a certificate as the library does: of those that are remembered, only its own anew.

    Raises:
        ValueError, TypeError, UnsupportedGeneralNameType, DuplicateExtension: as the library does.
    """
    alike, own = _sorted(der, beginning)
    known = _remembered.get(alike)
    if known is None:
        by_number = {one.oid: one for one in certificate.extensions}
        if sum(map(len, alike)) > _LONGEST:
            return Read(by_number=by_number, alike=None)
        if len(_remembered) >= _MOST:
            _remembered.clear()
        _remembered[alike] = {number: one for number, one in by_number.items() if number not in _OWN_NUMBERS}
    elif own:
        by_number = known | {one.oid: one for one in _with_these_alone(der, beginning, own).extensions}
    else:
        by_number = known
    return Read(by_number=by_number, alike=alike)


def _sorted(der: bytes, beginning: Beginning) -> tuple[tuple[bytes, ...], list[bytes]]:
    """Return the extensions' bytes: those that others may have alike, and those of its own."""
    alike: list[bytes] = []
    own: list[bytes] = []
    at, end = beginning.extensions, beginning.end_of_signed
    if at < end:
        at, end = tlv.span(der, tlv.span(der, at)[0])
    while at < end:
        length = der[at + 1]
        content, behind = (at + 2, at + 2 + length) if length < tlv.LONG_FORM else tlv.span(der, at)  # most are short
        (own if der.startswith(_OWN, content) else alike).append(der[at:behind])
        at = behind
    return tuple(alike), own


def _with_these_alone(der: bytes, beginning: Beginning, extensions: list[bytes]) -> x509.Certificate:
    """Return a certificate's signed part with only these of its extensions."""
    rest = der[beginning.signed : beginning.extensions]
    these = tlv.written(tlv.EXTENSIONS, tlv.written(tlv.SEQUENCE, *extensions))
    behind = der[beginning.end_of_signed :]
    return x509.load_der_x509_certificate(tlv.written(tlv.SEQUENCE, tlv.written(tlv.SEQUENCE, rest, these), behind))
