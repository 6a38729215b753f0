"""What is odd about a certificate that can be read: each with the rule that it does not keep."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import tlv
from kanta_tenancy.machinery.x509.extensions_apart import Extensions, extension_name, parts_of
from kanta_tenancy.machinery.x509.inspected import Oddity, OddityKind
from kanta_tenancy.machinery.x509.reading import SERIAL_OCTETS

_NEVER: Final = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)

TOLD: Final[Mapping[OddityKind, tuple[str, str]]] = {
    OddityKind.SERIAL_ZERO: ("RFC 5280, 4.1.2.2", "Its serial number is zero."),
    OddityKind.SERIAL_NEGATIVE: ("RFC 5280, 4.1.2.2", "Its serial number is negative."),
    OddityKind.SERIAL_TOO_LONG: ("RFC 5280, 4.1.2.2", f"Its serial number has more than {SERIAL_OCTETS} octets."),
    OddityKind.ENDS_BEFORE_IT_BEGINS: ("RFC 5280, 4.1.2.5", "Its validity ends before it begins."),
    OddityKind.NEVER_ENDS: ("RFC 5280, 4.1.2.5", "Its validity has no end (31 December 9999)."),
    OddityKind.SUBJECT_UNREADABLE: ("RFC 5280, 4.1.2.6", "Its subject cannot be read."),
    OddityKind.ISSUER_UNREADABLE: ("RFC 5280, 4.1.2.4", "Its issuer cannot be read."),
    OddityKind.ISSUER_EMPTY: ("RFC 5280, 4.1.2.4", "Its issuer has no name."),
    OddityKind.NAMELESS: ("RFC 5280, 4.1.2.6", "It names nobody: no subject and no alternative name."),
    OddityKind.KEY_UNREADABLE: ("RFC 5280, 4.1.2.7", "Its public key is of a kind that is not known, or broken."),
    OddityKind.ALGORITHMS_DIFFER: ("RFC 5280, 4.1.1.2", "It names two different signature algorithms."),
    OddityKind.EXTENSION_UNREADABLE: ("RFC 5280, 4.2", "An extension cannot be read."),
    OddityKind.EXTENSION_TWICE: ("RFC 5280, 4.2", "An extension is there twice; the first counts here."),
    OddityKind.EXTENSIONS_IN_OLD_VERSION: ("RFC 5280, 4.1.2.1", "It has extensions, which only version 3 knows."),
    OddityKind.CRITICAL_UNKNOWN: ("RFC 5280, 4.2", "A critical extension is not known here."),
    OddityKind.AUTHORITY_NOT_CRITICAL: ("RFC 5280, 4.2.1.9", "An authority's basic constraints are not critical."),
    OddityKind.AUTHORITY_MAY_NOT_SIGN: ("RFC 5280, 4.2.1.3", "An authority's key usage does not let it issue."),
    OddityKind.AUTHORITY_WITHOUT_KEY_ID: ("RFC 5280, 4.2.1.2", "An authority has no subject key identifier."),
    OddityKind.NO_ISSUER_KEY_ID: ("RFC 5280, 4.2.1.1", "It does not say which key of its issuer signed it."),
}


class Seen(Record, frozen=True, kw_only=True):
    """What the rules look at."""

    certificate: x509.Certificate
    der: bytes
    extensions: Extensions
    subject: str | None
    issuer: str | None
    key_read: bool


def oddities(seen: Seen) -> tuple[Oddity, ...]:
    """Return every oddity, in the order of the table."""
    return tuple(
        Oddity(kind=kind, rule=TOLD[kind][0], sentence=_sentence(kind, about), about=about)
        for kind in OddityKind
        for about in _about(kind, seen)
    )


def _sentence(kind: OddityKind, about: str) -> str:
    sentence = TOLD[kind][1]
    return f"{sentence[:-1]}: {about}." if about else sentence


def _about(kind: OddityKind, seen: Seen) -> Iterator[str]:
    """Return what is odd in that way: the names of extensions, or for what can be so once only an empty one."""
    match kind:
        case OddityKind.EXTENSION_UNREADABLE:
            yield from (one.what.removeprefix("extension ") for one in seen.extensions.unreadable)
        case OddityKind.EXTENSION_TWICE:
            yield from seen.extensions.twice
        case OddityKind.CRITICAL_UNKNOWN:
            yield from _critical_unknown(seen)
        case _:
            if _HOLDS[kind](seen):
                yield ""


def _critical_unknown(seen: Seen) -> Iterator[str]:
    for extension in seen.extensions.read:
        if extension.critical and isinstance(extension.value, x509.UnrecognizedExtension):
            yield extension_name(extension.oid.dotted_string)


def _value(seen: Seen, oid: x509.ObjectIdentifier) -> x509.Extension[x509.ExtensionType] | None:
    return next((one for one in seen.extensions.read if one.oid == oid), None)


def _serial(seen: Seen) -> int:
    return seen.certificate.serial_number


def _authority(seen: Seen) -> x509.Extension[x509.ExtensionType] | None:
    constraints = _value(seen, ExtensionOID.BASIC_CONSTRAINTS)
    if constraints is None or not isinstance(constraints.value, x509.BasicConstraints):
        return None
    return constraints if constraints.value.ca else None


def _not_critical(seen: Seen) -> bool:
    constraints = _authority(seen)
    return constraints is not None and not constraints.critical


def _may_not_sign(seen: Seen) -> bool:
    usage = _value(seen, ExtensionOID.KEY_USAGE)
    may = usage is None or (isinstance(usage.value, x509.KeyUsage) and usage.value.key_cert_sign)
    return _authority(seen) is not None and not may


def _nameless(seen: Seen) -> bool:
    return seen.subject == "" and _value(seen, ExtensionOID.SUBJECT_ALTERNATIVE_NAME) is None


def _algorithms_differ(seen: Seen) -> bool:
    signed, outer, _ = parts_of(seen.der)
    fields = [field for field in tlv.elements(signed.content) if field.tag != tlv.VERSION]
    return fields[1].whole != outer.whole


def _no_issuer_key_id(seen: Seen) -> bool:
    return seen.subject != seen.issuer and _value(seen, ExtensionOID.AUTHORITY_KEY_IDENTIFIER) is None


_HOLDS: Final[Mapping[OddityKind, Callable[[Seen], bool]]] = {
    OddityKind.SERIAL_ZERO: lambda seen: _serial(seen) == 0,
    OddityKind.SERIAL_NEGATIVE: lambda seen: _serial(seen) < 0,
    OddityKind.SERIAL_TOO_LONG: lambda seen: abs(_serial(seen)).bit_length() > 8 * SERIAL_OCTETS,
    OddityKind.ENDS_BEFORE_IT_BEGINS: lambda seen: (
        seen.certificate.not_valid_after_utc < seen.certificate.not_valid_before_utc
    ),
    OddityKind.NEVER_ENDS: lambda seen: seen.certificate.not_valid_after_utc == _NEVER,
    OddityKind.SUBJECT_UNREADABLE: lambda seen: seen.subject is None,
    OddityKind.ISSUER_UNREADABLE: lambda seen: seen.issuer is None,
    OddityKind.ISSUER_EMPTY: lambda seen: seen.issuer == "",
    OddityKind.NAMELESS: _nameless,
    OddityKind.KEY_UNREADABLE: lambda seen: not seen.key_read,
    OddityKind.ALGORITHMS_DIFFER: _algorithms_differ,
    OddityKind.EXTENSIONS_IN_OLD_VERSION: lambda seen: (
        seen.certificate.version is x509.Version.v1 and bool(seen.extensions.read or seen.extensions.unreadable)
    ),
    OddityKind.AUTHORITY_NOT_CRITICAL: _not_critical,
    OddityKind.AUTHORITY_MAY_NOT_SIGN: _may_not_sign,
    OddityKind.AUTHORITY_WITHOUT_KEY_ID: lambda seen: (
        _authority(seen) is not None and _value(seen, ExtensionOID.SUBJECT_KEY_IDENTIFIER) is None
    ),
    OddityKind.NO_ISSUER_KEY_ID: _no_issuer_key_id,
}
