"""Every field of a certificate that an inventory keeps, however odd the certificate: told, and never a crash."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509.oid import (
    AuthorityInformationAccessOID,
    ExtendedKeyUsageOID,
    NameOID,
    SignatureAlgorithmOID,
)

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import keys, tlv
from kanta_tenancy.machinery.x509.description import fit_to_be_shown
from kanta_tenancy.machinery.x509.extensions_apart import UNREADABLE, Extensions, extensions_of, parts_of, why
from kanta_tenancy.machinery.x509.inspected import Inspected, Name, NameKind, Unreadable, UnreadablePart
from kanta_tenancy.machinery.x509.oddities import Seen, oddities
from kanta_tenancy.machinery.x509.reading import MAX_BYTES, quietly
from kanta_tenancy.machinery.x509.recurring import ByNumber
from kanta_tenancy.machinery.x509.signed_part import Beginning, beginning_of

T = TypeVar("T")
X = TypeVar("X", bound=x509.ExtensionType)

# Looked at inside `quietly` alone, so by one thread at a time.
_issuers: dict[bytes, tuple[x509.Name, str]] = {}
_saids: dict[tuple[bytes, ...], "_Said"] = {}
_MOST_ISSUERS: Final = 1_000

_IDN: Final = "xn--"
_CLOSED: Final = (*UNREADABLE, UnsupportedAlgorithm, x509.InvalidVersion)
_USAGES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
)
_KINDS: Final[Mapping[type[x509.GeneralName], NameKind]] = {
    x509.DNSName: NameKind.DNS,
    x509.IPAddress: NameKind.IP,
    x509.RFC822Name: NameKind.EMAIL,
    x509.UniformResourceIdentifier: NameKind.URI,
}


def _named(numbers: type) -> Mapping[x509.ObjectIdentifier, str]:
    return {oid: name.lower() for name, oid in vars(numbers).items() if isinstance(oid, x509.ObjectIdentifier)}


_ALGORITHMS: Final = {oid: name.replace("_", "-") for oid, name in _named(SignatureAlgorithmOID).items()}
_PURPOSES: Final = _named(ExtendedKeyUsageOID)


def inspect(der: bytes) -> Inspected | Unreadable:
    """Tell everything of a certificate; what cannot be read is told as such, with the hash of its bytes."""
    fingerprint = hashlib.sha256(der).hexdigest()
    if len(der) > MAX_BYTES:
        return Unreadable(
            sha256=fingerprint, why=f"a certificate has at most {MAX_BYTES} bytes, this one has {len(der)}"
        )
    with quietly():
        try:
            return _inspected(x509.load_der_x509_certificate(der), der, fingerprint)
        except _CLOSED as trouble:
            return Unreadable(sha256=fingerprint, why=f"it is no certificate that can be read: {why(trouble)}")


def _inspected(certificate: x509.Certificate, der: bytes, fingerprint: str) -> Inspected:
    parts = _Parts(der)
    beginning = beginning_of(der)
    subject = parts.read("subject", 4, lambda: certificate.subject)
    issuer, issuer_text = parts.read("issuer", 2, lambda: _issuer(certificate, beginning)) or (None, None)
    key = parts.read("public key", 5, certificate.public_key)
    extensions = extensions_of(certificate, der, beginning)
    said = _said(extensions)
    own = _Found(extensions.by_number)
    seen = Seen(
        beginning=beginning,
        version=certificate.version,
        serial=certificate.serial_number,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        extensions=extensions,
        subject=None if subject is None else subject.rfc4514_string(),
        issuer=issuer_text,
        key_read=key is not None,
    )
    return Inspected(
        fingerprint=fingerprint,
        version=seen.version.value + 1,
        serial=_hexadecimal(seen.serial),
        subject=seen.subject,
        issuer=seen.issuer,
        common_name=_common_name(subject),
        self_issued=seen.subject is not None and seen.subject == seen.issuer and subject == issuer,
        not_before=seen.not_before,
        not_after=seen.not_after,
        names=tuple(names_of(subject, own.value(x509.SubjectAlternativeName))),
        key=f"unknown ({certificate.public_key_algorithm_oid.dotted_string})" if key is None else keys.describe(key),
        signature_algorithm=_ALGORITHMS.get(
            certificate.signature_algorithm_oid, certificate.signature_algorithm_oid.dotted_string
        ),
        key_usages=said.key_usages,
        extended_usages=said.extended_usages,
        is_authority=said.is_authority,
        path_length=said.path_length,
        subject_key_id=_subject_key_id(own.value(x509.SubjectKeyIdentifier)),
        issuer_key_id=said.issuer_key_id,
        crl_addresses=said.crl_addresses,
        ocsp_addresses=said.ocsp_addresses,
        issuer_addresses=said.issuer_addresses,
        policies=said.policies,
        unreadable=(*parts.unreadable, *extensions.unreadable),
        oddities=oddities(seen),
    )


def _issuer(certificate: x509.Certificate, beginning: Beginning) -> tuple[x509.Name, str]:
    """Read the issuer's name; a few authorities issue most certificates, so a name that was read is remembered."""
    known = _issuers.get(beginning.issuer)
    if known is None:
        name = certificate.issuer
        if len(_issuers) >= _MOST_ISSUERS:
            _issuers.clear()
        known = _issuers[beginning.issuer] = (name, name.rfc4514_string())
    return known


class _Parts:
    """Reads the parts of what is signed that the library leaves for later, and keeps note of those that fail."""

    def __init__(self, der: bytes) -> None:
        self._der = der
        self.unreadable: list[UnreadablePart] = []

    def read(self, what: str, place: int, read: Callable[[], T]) -> T | None:
        try:
            return read()
        except _CLOSED as trouble:
            fields = [one for one in tlv.elements(parts_of(self._der)[0].content) if one.tag != tlv.VERSION]
            sha256 = hashlib.sha256(fields[place].whole).hexdigest()
            self.unreadable.append(UnreadablePart(what=what, why=why(trouble), sha256=sha256))
            return None


class _Said(Record, frozen=True, kw_only=True):
    """What those extensions say that recur in the certificates of an authority."""

    key_usages: tuple[str, ...]
    extended_usages: tuple[str, ...]
    is_authority: bool
    path_length: int | None
    issuer_key_id: str | None
    crl_addresses: tuple[str, ...]
    ocsp_addresses: tuple[str, ...]
    issuer_addresses: tuple[str, ...]
    policies: tuple[str, ...]


def _said(extensions: Extensions) -> _Said:
    """Tell what the extensions say; what the same bytes said before is remembered."""
    known = None if extensions.alike is None else _saids.get(extensions.alike)
    if known is not None:
        return known
    said = _read(_Found(extensions.by_number))
    if extensions.alike is not None:
        if len(_saids) >= _MOST_ISSUERS:
            _saids.clear()
        _saids[extensions.alike] = said
    return said


def _read(found: "_Found") -> _Said:
    constraints = found.value(x509.BasicConstraints)
    access = found.value(x509.AuthorityInformationAccess)
    return _Said(
        key_usages=_usages(found.value(x509.KeyUsage)),
        extended_usages=purposes_of(found.value(x509.ExtendedKeyUsage)),
        is_authority=constraints is not None and constraints.ca,
        path_length=None if constraints is None else constraints.path_length,
        issuer_key_id=_issuer_key_id(found.value(x509.AuthorityKeyIdentifier)),
        crl_addresses=tuple(_crl_addresses(found.value(x509.CRLDistributionPoints))),
        ocsp_addresses=tuple(_access(access, AuthorityInformationAccessOID.OCSP)),
        issuer_addresses=tuple(_access(access, AuthorityInformationAccessOID.CA_ISSUERS)),
        policies=tuple(one.policy_identifier.dotted_string for one in found.value(x509.CertificatePolicies) or ()),
    )


class _Found:
    """Extensions by what they are."""

    def __init__(self, by_number: ByNumber) -> None:
        self._by_number = by_number

    def value(self, kind: type[X]) -> X | None:
        extension = self._by_number.get(kind.oid)
        return extension.value if extension is not None and isinstance(extension.value, kind) else None


def _hexadecimal(serial: int) -> str:
    digits = f"{abs(serial):x}"
    return "-" * (serial < 0) + digits.zfill(len(digits) + len(digits) % 2)


def _common_name(subject: x509.Name | None) -> str | None:
    return next(_texts(subject, NameOID.COMMON_NAME), None)


def _texts(subject: x509.Name | None, oid: x509.ObjectIdentifier) -> Iterator[str]:
    for attribute in () if subject is None else subject.get_attributes_for_oid(oid):
        if isinstance(attribute.value, str) and (text := fit_to_be_shown(attribute.value)):
            yield text


def names_of(subject: x509.Name | None, alternative: x509.SubjectAlternativeName | None) -> Iterator[Name]:
    """Return whom something is for: its alternative names, and e-mail addresses of its subject."""
    for name in alternative or ():
        yield _name(name)
    for text in _texts(subject, NameOID.EMAIL_ADDRESS):
        yield Name(kind=NameKind.EMAIL, value=text, shown=text, in_subject=True)


def purposes_of(usage: x509.ExtendedKeyUsage | None) -> tuple[str, ...]:
    return tuple(_PURPOSES.get(oid, oid.dotted_string) for oid in usage or ())


def _name(name: x509.GeneralName) -> Name:
    kind = _KINDS.get(type(name), NameKind.OTHER)
    text = name.value.rfc4514_string() if isinstance(name, x509.DirectoryName) else _text(name)
    value = fit_to_be_shown(text)
    if kind is not NameKind.DNS or _IDN not in text.lower():
        return Name(kind=kind, value=value, shown=value)
    return Name(kind=kind, value=value, shown=fit_to_be_shown(_international(text)))


def _text(name: x509.GeneralName) -> str:
    if isinstance(name, x509.OtherName):
        return f"{name.type_id.dotted_string}: {name.value.hex()}"
    return name.value.dotted_string if isinstance(name, x509.RegisteredID) else str(name.value)


def _international(domain: str) -> str:
    return ".".join(_label(label) for label in domain.split("."))


def _label(label: str) -> str:
    if not label.lower().startswith(_IDN):
        return label
    try:
        return label[len(_IDN) :].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _usages(usage: x509.KeyUsage | None) -> tuple[str, ...]:
    if usage is None:
        return ()
    only = [one for one in ("encipher_only", "decipher_only") if usage.key_agreement and getattr(usage, one)]
    return (*(one for one in _USAGES if getattr(usage, one)), *only)


def _subject_key_id(identifier: x509.SubjectKeyIdentifier | None) -> str | None:
    return None if identifier is None else identifier.digest.hex()


def _issuer_key_id(identifier: x509.AuthorityKeyIdentifier | None) -> str | None:
    return None if identifier is None or identifier.key_identifier is None else identifier.key_identifier.hex()


def _crl_addresses(points: x509.CRLDistributionPoints | None) -> Iterator[str]:
    for point in points or ():
        yield from (fit_to_be_shown(_name(name).value) for name in point.full_name or ())


def _access(access: x509.AuthorityInformationAccess | None, method: x509.ObjectIdentifier) -> Iterator[str]:
    for one in access or ():
        if one.access_method == method:
            yield _name(one.access_location).value
