"""The extensions of a certificate one by one, so that a broken one does not take the others with it."""

import hashlib
from collections.abc import Mapping
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import recurring, tlv
from kanta_tenancy.machinery.x509.inspected import UnreadablePart
from kanta_tenancy.machinery.x509.recurring import ByNumber
from kanta_tenancy.machinery.x509.signed_part import Beginning

UNREADABLE: Final = (ValueError, TypeError, x509.UnsupportedGeneralNameType, x509.DuplicateExtension)
_NAMES: Final[Mapping[str, str]] = {
    oid.dotted_string: name.lower().replace("_", " ")
    for name, oid in vars(ExtensionOID).items()
    if isinstance(oid, x509.ObjectIdentifier)
}
_LIBRARYS_WORDS: Final = "error parsing asn1 value"


class Extensions(Record, frozen=True, kw_only=True):
    by_number: ByNumber  # those that were read
    alike: tuple[bytes, ...] | None = None  # see `recurring.Read`
    twice: tuple[str, ...] = ()  # names of those that came again; the first counts
    unreadable: tuple[UnreadablePart, ...] = ()


def extensions_of(certificate: x509.Certificate, der: bytes, beginning: Beginning) -> Extensions:
    """Read what can be read; call inside `quietly`."""
    try:
        found = recurring.read(certificate, der, beginning)
        return Extensions(by_number=found.by_number, alike=found.alike)
    except UNREADABLE:
        return _one_by_one(der)


def why(trouble: Exception) -> str:
    """Say in plain words why a part cannot be read."""
    words = str(trouble).splitlines()[0] if str(trouble) else type(trouble).__name__
    return "its bytes are not what its standard describes" if words.startswith(_LIBRARYS_WORDS) else words


def extension_name(oid: str) -> str:
    return _NAMES.get(oid, oid)


def parts_of(der: bytes) -> tuple[tlv.Element, ...]:
    """Return what is signed, the algorithm, and the signature.

    Raises:
        NotDer: the bytes are no DER.
    """
    return tuple(tlv.elements(tlv.element(der).content))


def _one_by_one(der: bytes) -> Extensions:
    signed, algorithm, signature = parts_of(der)
    fields = tuple(tlv.elements(signed.content))
    rest = b"".join(field.whole for field in fields if field.tag != tlv.EXTENSIONS)
    read: dict[x509.ObjectIdentifier, x509.Extension[x509.ExtensionType]] = {}
    unreadable: list[UnreadablePart] = []
    twice: list[str] = []
    for one in _encoded(fields):
        alone = tlv.written(tlv.EXTENSIONS, tlv.written(tlv.SEQUENCE, one.whole))
        lone = tlv.written(tlv.SEQUENCE, tlv.written(tlv.SEQUENCE, rest, alone), algorithm.whole, signature.whole)
        try:
            (extension,) = x509.load_der_x509_certificate(lone).extensions
        except UNREADABLE as trouble:
            unreadable.append(_part(one, trouble))
            continue
        if extension.oid in read:
            twice.append(extension_name(extension.oid.dotted_string))
        read.setdefault(extension.oid, extension)
    return Extensions(by_number=read, twice=tuple(twice), unreadable=tuple(unreadable))


def _encoded(fields: tuple[tlv.Element, ...]) -> tuple[tlv.Element, ...]:
    """Return each extension's bytes."""
    return tuple(
        one
        for field in fields
        if field.tag == tlv.EXTENSIONS
        for one in tlv.elements(tlv.element(field.content).content)
    )


def _part(one: tlv.Element, trouble: Exception) -> UnreadablePart:
    return UnreadablePart(
        what=f"extension {extension_name(_dotted(tlv.element(one.content).content))}",
        why=why(trouble),
        sha256=hashlib.sha256(one.whole).hexdigest(),
    )


def _dotted(content: bytes) -> str:
    numbers, number = [], 0
    for octet in content:
        number = number << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2) if numbers else 0
    return ".".join(str(each) for each in (first, numbers[0] - 40 * first, *numbers[1:])) if numbers else "?"
