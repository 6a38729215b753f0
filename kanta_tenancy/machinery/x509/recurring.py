"""Extensions that an authority writes into certificate after certificate as the same bytes: read once, remembered.

Whoever calls holds the lock of `reading.quietly`, so one thread at a time looks at what is remembered.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import tlv
from kanta_tenancy.machinery.x509.signed_part import Beginning

ByNumber = Mapping[x509.ObjectIdentifier, x509.Extension[x509.ExtensionType]]

_MOST: Final = 1_000
_LONGEST: Final = 1_000  # bytes
# What each certificate has of its own: subject key identifier, alternative names, timestamps of transparency logs;
# each as the object identifier with which it begins.
_OWN: Final = tuple(bytes.fromhex(each) for each in ("0603551d0e", "0603551d11", "060a2b06010401d679020402"))

_remembered: dict[bytes, x509.Extension[x509.ExtensionType]] = {}


class Read(Record, frozen=True, kw_only=True):
    by_number: ByNumber  # in their order
    alike: tuple[bytes, ...] | None  # all but its own, as what follows from them is remembered by; None: too long


def read(certificate: x509.Certificate, der: bytes, beginning: Beginning) -> Read:
    """Read all extensions of a certificate as the library does, anew only those that are not remembered.

    Raises:
        ValueError, TypeError, UnsupportedGeneralNameType, DuplicateExtension: as the library does.
    """
    encoded: list[bytes] = []
    alike: list[bytes] = []
    for one, own in _encoded(der, beginning):
        encoded.append(one)
        if not own:
            alike.append(one)
    anew = [one for one in encoded if one not in _remembered]
    alone = certificate if len(anew) == len(encoded) else _with_these_alone(der, beginning, anew)
    found = dict(zip(anew, alone.extensions, strict=True)) if anew else {}
    in_order = [_remembered.get(one) or found[one] for one in encoded]
    by_number = {one.oid: one for one in in_order}
    if len(by_number) < len(in_order):
        numbers = [one.oid for one in in_order]
        raise x509.DuplicateExtension("it is there twice", next(one for one in numbers if numbers.count(one) > 1))
    if any(len(one) > _LONGEST for one in alike):
        return Read(by_number=by_number, alike=None)
    if len(_remembered) + len(anew) > _MOST:
        _remembered.clear()
    _remembered.update((one, found[one]) for one in alike if one in found)
    return Read(by_number=by_number, alike=tuple(alike))


def _encoded(der: bytes, beginning: Beginning) -> Iterator[tuple[bytes, bool]]:
    """Return each extension's bytes, and whether it is one that a certificate has of its own."""
    at, end = beginning.extensions, beginning.end_of_signed
    if at < end:
        at, end = tlv.span(der, tlv.span(der, at)[0])
    while at < end:
        length = der[at + 1]
        content, behind = (at + 2, at + 2 + length) if length < tlv.LONG_FORM else tlv.span(der, at)  # most are short
        yield der[at:behind], der.startswith(_OWN, content)
        at = behind


def _with_these_alone(der: bytes, beginning: Beginning, extensions: list[bytes]) -> x509.Certificate:
    """Return a certificate's signed part with only these of its extensions."""
    rest = der[beginning.signed : beginning.extensions]
    these = tlv.written(tlv.EXTENSIONS, tlv.written(tlv.SEQUENCE, *extensions))
    behind = der[beginning.end_of_signed :]
    return x509.load_der_x509_certificate(tlv.written(tlv.SEQUENCE, tlv.written(tlv.SEQUENCE, rest, these), behind))
