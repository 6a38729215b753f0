"""What a person wants to know about a certificate."""

import functools
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import keys

# Control, format (bidirectional marks among them), unassigned, surrogate and private characters: with them one name
# can look like another.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cn", "Cs", "Co", "Zl", "Zp"})


class Description(Record, frozen=True, kw_only=True):
    subject: str  # RFC 4514, most specific name first
    issuer: str
    name: str  # whom a person would say it belongs to; fit to be shown
    serial: str  # hexadecimal, even number of digits
    not_before: datetime
    not_after: datetime
    fingerprint: str  # SHA-256 of the DER, hexadecimal
    key: str  # such as `RSA-2048` or `EC P-256`


def describe(certificate: x509.Certificate) -> Description:
    serial = f"{certificate.serial_number:x}"
    return Description(
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        name=human_name(certificate),
        serial=serial.zfill(len(serial) + len(serial) % 2),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        key=keys.describe(certificate.public_key()),
    )


@functools.lru_cache(maxsize=256)
def human_name(certificate: x509.Certificate) -> str:
    """Return the common name, else given name and surname, else organisation, else the whole subject.

    A certificate without any of them is called by its fingerprint.
    """
    return next(_names(certificate))


def _names(certificate: x509.Certificate) -> Iterator[str]:
    subject = certificate.subject
    person = f"{_attribute(subject, NameOID.GIVEN_NAME)} {_attribute(subject, NameOID.SURNAME)}".strip()
    organisation = _attribute(subject, NameOID.ORGANIZATION_NAME)
    for name in (
        _attribute(subject, NameOID.COMMON_NAME),
        person,
        organisation,
        fit_to_be_shown(subject.rfc4514_string()),
    ):
        if name:
            yield name
    yield certificate.fingerprint(hashes.SHA256()).hex()


def _attribute(subject: x509.Name, oid: x509.ObjectIdentifier) -> str:
    for attribute in subject.get_attributes_for_oid(oid):
        if isinstance(attribute.value, str):
            return fit_to_be_shown(attribute.value)
    return ""


def fit_to_be_shown(text: str) -> str:
    if text.isascii() and text.isprintable():  # as most are; none of what follows would change them
        return " ".join(text.split())
    seen = "".join(" " if unicodedata.category(character) in _UNSEEN else character for character in text)
    return " ".join(unicodedata.normalize("NFC", seen).split())
