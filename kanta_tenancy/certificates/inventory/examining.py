"""What the inventory keeps of a certificate's bytes, as its columns. Pure, so that many are examined at once."""

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

import msgspec

from kanta_tenancy.certificates.inventory.kinds import guess
from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import tlv
from kanta_tenancy.machinery.x509.inspected import Inspected, Unreadable
from kanta_tenancy.machinery.x509.inspection import inspect
from kanta_tenancy.machinery.x509.reading import quietly

_SEQUENCE: Final = bytes([tlv.SEQUENCE])
_VERSION_OR_SERIAL: Final = (bytes([tlv.VERSION]), bytes([tlv.INTEGER]))
_NUL: Final = b"\\u0000"  # as JSON writes it; PostgreSQL keeps it in no text
_NUL_ALONE: Final = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")  # and no backslash before a `u0000`
_LONG_FORM: Final = 0x80


class Examined(Record, frozen=True, kw_only=True):
    """A certificate as the inventory keeps it; what people say of it is guessed for a beginning."""

    content: bytes
    sha256: str
    kind: str
    profile: str | None
    unreadable: str | None
    subject: str | None
    issuer: str | None
    subject_sha256: str | None
    issuer_name_sha256: str | None
    serial: str | None
    common_name: str | None
    not_before: datetime | None
    not_after: datetime | None
    third_left_at: datetime | None
    key: str | None
    signature_algorithm: str | None
    authority: bool
    subject_key_id: str | None
    issuer_key_id: str | None
    seen: str  # JSON of all that was read


def examine_all(ders: Iterable[bytes]) -> list[Examined]:
    """Read many certificates."""
    with quietly():
        return [examine(der) for der in ders]


def examine(der: bytes) -> Examined:
    """Read a certificate whole, however odd it is."""
    found = inspect(der)
    guessed = guess(found)
    if isinstance(found, Unreadable):
        return _unreadable(der, found, kind=guessed.kind)
    return Examined(
        content=der,
        sha256=found.fingerprint,
        kind=guessed.kind,
        profile=guessed.profile,
        unreadable=None,
        subject=found.subject,
        issuer=found.issuer,
        subject_sha256=name_sha256(found.subject),
        issuer_name_sha256=_issuer_sha256(found.issuer),
        serial=found.serial,
        common_name=found.common_name,
        not_before=found.not_before,
        not_after=found.not_after,
        third_left_at=third_left_at(found),
        key=found.key,
        signature_algorithm=found.signature_algorithm,
        authority=found.is_authority,
        subject_key_id=found.subject_key_id,
        issuer_key_id=found.issuer_key_id,
        seen=as_json(found),
    )


@lru_cache(maxsize=1_000)  # a few authorities issue most certificates
def _issuer_sha256(issuer: str | None) -> str | None:
    return name_sha256(issuer)


def name_sha256(name: str | None) -> str | None:
    """Return by what names are compared: letters of either case and runs of blanks are the same (RFC 5280, 7.1)."""
    return None if name is None else hashlib.sha256(" ".join(name.casefold().split()).encode()).hexdigest()


def third_left_at(certificate: Inspected) -> datetime:
    """Return from when on at most a third of its lifetime is left; one that ends before it begins has none."""
    lifetime = certificate.not_after - certificate.not_before
    return certificate.not_after - max(lifetime, timedelta()) / 3


def could_be_a_certificate(der: bytes) -> bool:
    """Tell whether bytes begin as a certificate does, though they may be cut off.

    A private key, in whichever encoding and encrypted or not, begins otherwise.
    """
    signed = _content(der, 0)
    return der[:1] == der[signed : signed + 1] == _SEQUENCE and der[_content(der, signed) :][:1] in _VERSION_OR_SERIAL


def _content(der: bytes, at: int) -> int:
    """Return where the content of the element at a place begins."""
    length = der[at + 1] if at + 1 < len(der) else 0
    return at + 2 + max(length - _LONG_FORM, 0)


def _unreadable(der: bytes, found: Unreadable, *, kind: str) -> Examined:
    return Examined(
        content=der,
        sha256=found.sha256,
        kind=kind,
        profile=None,
        unreadable=found.why.replace("\0", " "),
        subject=None,
        issuer=None,
        subject_sha256=None,
        issuer_name_sha256=None,
        serial=None,
        common_name=None,
        not_before=None,
        not_after=None,
        third_left_at=None,
        key=None,
        signature_algorithm=None,
        authority=False,
        subject_key_id=None,
        issuer_key_id=None,
        seen=as_json(found),
    )


def as_json(found: Inspected | Unreadable) -> str:
    """Write what was read as PostgreSQL keeps it."""
    written = msgspec.json.encode(found)
    return (_NUL_ALONE.sub(rb"\1?", written) if _NUL in written else written).decode()
