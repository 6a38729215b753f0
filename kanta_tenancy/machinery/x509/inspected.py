"""What an inventory keeps of a certificate, whatever it is like."""

import enum
from datetime import datetime

from kanta_tenancy.kernel.records import Record


class NameKind(enum.StrEnum):
    DNS = "dns"
    IP = "ip"
    EMAIL = "email"
    URI = "uri"
    OTHER = "other"


class Name(Record, frozen=True, kw_only=True):
    kind: NameKind
    value: str  # as it stands in the certificate
    shown: str  # as people write it: `päivä.example` for `xn--piv-qlac.example`; otherwise the same
    in_subject: bool = False  # an e-mail address in the subject, where RFC 5280 no longer wants one


class OddityKind(enum.StrEnum):
    SERIAL_ZERO = "serial_zero"
    SERIAL_NEGATIVE = "serial_negative"
    SERIAL_TOO_LONG = "serial_too_long"
    ENDS_BEFORE_IT_BEGINS = "ends_before_it_begins"
    NEVER_ENDS = "never_ends"
    SUBJECT_UNREADABLE = "subject_unreadable"
    ISSUER_UNREADABLE = "issuer_unreadable"
    ISSUER_EMPTY = "issuer_empty"
    NAMELESS = "nameless"
    KEY_UNREADABLE = "key_unreadable"
    ALGORITHMS_DIFFER = "algorithms_differ"
    EXTENSION_UNREADABLE = "extension_unreadable"
    EXTENSION_TWICE = "extension_twice"
    EXTENSIONS_IN_OLD_VERSION = "extensions_in_old_version"
    CRITICAL_UNKNOWN = "critical_unknown"
    AUTHORITY_NOT_CRITICAL = "authority_not_critical"
    AUTHORITY_MAY_NOT_SIGN = "authority_may_not_sign"
    AUTHORITY_WITHOUT_KEY_ID = "authority_without_key_id"
    NO_ISSUER_KEY_ID = "no_issuer_key_id"


class Oddity(Record, frozen=True, kw_only=True):
    kind: OddityKind
    rule: str
    sentence: str
    about: str = ""  # which extension, where there may be several


class UnreadablePart(Record, frozen=True, kw_only=True):
    """A part that cannot be read; what it says is lost, that it was there is not."""

    what: str
    why: str
    sha256: str  # of its bytes


class Inspected(Record, frozen=True, kw_only=True):
    fingerprint: str  # SHA-256 of the DER, hexadecimal
    version: int
    serial: str  # hexadecimal, even number of digits, `-` before a negative one
    subject: str | None  # RFC 4514; None when it cannot be read
    issuer: str | None
    common_name: str | None
    self_issued: bool
    not_before: datetime
    not_after: datetime
    names: tuple[Name, ...]
    key: str  # such as `RSA-2048`, `EC P-256`, or `unknown (1.2.643.2.2.19)`
    signature_algorithm: str  # such as `ecdsa-with-sha256`, or its number
    key_usages: tuple[str, ...]
    extended_usages: tuple[str, ...]
    is_authority: bool
    path_length: int | None
    subject_key_id: str | None
    issuer_key_id: str | None
    crl_addresses: tuple[str, ...]
    ocsp_addresses: tuple[str, ...]
    issuer_addresses: tuple[str, ...]
    policies: tuple[str, ...]
    unreadable: tuple[UnreadablePart, ...]
    oddities: tuple[Oddity, ...]


class Unreadable(Record, frozen=True, kw_only=True):
    """Bytes that are no certificate, or none that can be read."""

    sha256: str
    why: str
