"""What is odd about a certificate that can be read: each with the rule that it does not keep."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509.extensions_apart import Extensions, extension_name
from kanta_tenancy.machinery.x509.inspected import Oddity, OddityKind
from kanta_tenancy.machinery.x509.reading import SERIAL_OCTETS
from kanta_tenancy.machinery.x509.signed_part import Beginning

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

    beginning: Beginning
    version: x509.Version
    serial: int
    not_before: datetime
    not_after: datetime
    extensions: Extensions
    subject: str | None
    issuer: str | None
    key_read: bool


def oddities(seen: Seen) -> tuple[Oddity, ...]:
    """Return every oddity, in the order of the table."""
    found: list[Oddity] = []
    for kind, rule, sentence, holds, several in _TABLE:
        if several is not None:
            told = [(name, f"{sentence[:-1]}: {name}.") for name in several(seen)]
            found += [Oddity(kind=kind, rule=rule, sentence=one, about=name) for name, one in told]
        elif holds(seen):
            found.append(Oddity(kind=kind, rule=rule, sentence=sentence))
    return tuple(found)


def _critical_unknown(seen: Seen) -> Iterator[str]:
    for extension in seen.extensions.by_number.values():
        if extension.critical and isinstance(extension.value, x509.UnrecognizedExtension):
            yield extension_name(extension.oid.dotted_string)


def _authority(seen: Seen) -> x509.Extension[x509.ExtensionType] | None:
    constraints = seen.extensions.by_number.get(ExtensionOID.BASIC_CONSTRAINTS)
    if constraints is None or not isinstance(constraints.value, x509.BasicConstraints):
        return None
    return constraints if constraints.value.ca else None


def _not_critical(seen: Seen) -> bool:
    constraints = _authority(seen)
    return constraints is not None and not constraints.critical


def _may_not_sign(seen: Seen) -> bool:
    if _authority(seen) is None:
        return False
    usage = seen.extensions.by_number.get(ExtensionOID.KEY_USAGE)
    return usage is not None and not (isinstance(usage.value, x509.KeyUsage) and usage.value.key_cert_sign)


def _nameless(seen: Seen) -> bool:
    return seen.subject == "" and seen.extensions.by_number.get(ExtensionOID.SUBJECT_ALTERNATIVE_NAME) is None


def _not_at_all(_: Seen) -> bool:
    return False


def _no_issuer_key_id(seen: Seen) -> bool:
    return seen.subject != seen.issuer and seen.extensions.by_number.get(ExtensionOID.AUTHORITY_KEY_IDENTIFIER) is None


_HOLDS: Final[Mapping[OddityKind, Callable[[Seen], bool]]] = {
    OddityKind.SERIAL_ZERO: lambda seen: seen.serial == 0,
    OddityKind.SERIAL_NEGATIVE: lambda seen: seen.serial < 0,
    OddityKind.SERIAL_TOO_LONG: lambda seen: abs(seen.serial).bit_length() > 8 * SERIAL_OCTETS,
    OddityKind.ENDS_BEFORE_IT_BEGINS: lambda seen: seen.not_after < seen.not_before,
    OddityKind.NEVER_ENDS: lambda seen: seen.not_after == _NEVER,
    OddityKind.SUBJECT_UNREADABLE: lambda seen: seen.subject is None,
    OddityKind.ISSUER_UNREADABLE: lambda seen: seen.issuer is None,
    OddityKind.ISSUER_EMPTY: lambda seen: seen.issuer == "",
    OddityKind.NAMELESS: _nameless,
    OddityKind.KEY_UNREADABLE: lambda seen: not seen.key_read,
    OddityKind.ALGORITHMS_DIFFER: lambda seen: seen.beginning.algorithm != seen.beginning.algorithm_beside,
    OddityKind.EXTENSIONS_IN_OLD_VERSION: lambda seen: (
        seen.version is x509.Version.v1 and bool(seen.extensions.by_number or seen.extensions.unreadable)
    ),
    OddityKind.AUTHORITY_NOT_CRITICAL: _not_critical,
    OddityKind.AUTHORITY_MAY_NOT_SIGN: _may_not_sign,
    OddityKind.AUTHORITY_WITHOUT_KEY_ID: lambda seen: (
        _authority(seen) is not None and seen.extensions.by_number.get(ExtensionOID.SUBJECT_KEY_IDENTIFIER) is None
    ),
    OddityKind.NO_ISSUER_KEY_ID: _no_issuer_key_id,
}
# Those of which there may be several, by what is put into the sentence.
_SEVERAL: Final[Mapping[OddityKind, Callable[[Seen], Iterable[str]]]] = {
    OddityKind.EXTENSION_UNREADABLE: lambda seen: (
        one.what.removeprefix("extension ") for one in seen.extensions.unreadable
    ),
    OddityKind.EXTENSION_TWICE: lambda seen: seen.extensions.twice,
    OddityKind.CRITICAL_UNKNOWN: _critical_unknown,
}
# The same as one table: what is looked up for each certificate again and again takes longer than the rules.
_TABLE: Final = tuple(
    (kind, rule, sentence, _HOLDS.get(kind, _not_at_all), _SEVERAL.get(kind)) for kind, (rule, sentence) in TOLD.items()
)
