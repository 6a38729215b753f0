"""A certificate authority made on the spot, for demonstrations and tests. Nobody should trust it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509 import keys
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.revocation import RevocationData

AUTHORITY_LASTS: Final = timedelta(days=3650)
SIGNER_LASTS: Final = timedelta(days=730)
LIST_LASTS: Final = timedelta(days=30)
_NO_USAGE: Final = dict.fromkeys(
    (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    ),
    False,
)


class SampleAuthority(Record, frozen=True, kw_only=True):
    """A root and the authority below it that issues."""

    top: Credential  # the root's
    issuing: Credential

    @property
    def root(self) -> x509.Certificate:
        return self.top.certificate


class Revoked(Record, frozen=True, kw_only=True):
    """A certificate that its authority takes back."""

    certificate: x509.Certificate
    at: datetime
    cause: x509.ReasonFlags | None = None


class Signer(Record, frozen=True, kw_only=True):
    """Whom a certificate is for."""

    name: str  # a person's, or an organisation's when it signs as such
    organisation: str
    country: str = "FI"


def found(name: str, *, at: datetime, kind: KeyKind = KeyKind.EC_P256) -> SampleAuthority:
    """Make a root and an issuing authority, valid from `at` for ten years."""
    root_key, issuing_key = keys.make(kind), keys.make(kind)
    root_name = _name(Signer(name=f"{name} Root", organisation=name))
    root = (
        _certificate(root_name, root_name, root_key, at, AUTHORITY_LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    issuing = (
        _certificate(
            _name(Signer(name=f"{name} Issuing", organisation=name)), root_name, issuing_key, at, AUTHORITY_LASTS
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    return SampleAuthority(
        top=Credential(key=root_key, chain=(root,)), issuing=Credential(key=issuing_key, chain=(issuing, root))
    )


def issue(
    authority: SampleAuthority,
    signer: Signer,
    *,
    at: datetime,
    kind: KeyKind = KeyKind.EC_P256,
    lasts: timedelta = SIGNER_LASTS,
    usage: tuple[str, ...] | None = ("digital_signature", "content_commitment"),
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> Credential:
    """Make a key and a certificate for a signer, valid from `at`.

    Args:
        usage: names as `cryptography.x509.KeyUsage` has them; None leaves the extension out.
        extensions: more of them, each with whether it is critical.

    Returns:
        The credential; its chain is the signer's certificate and the issuing authority's, without the root.
    """
    key, issuing = keys.make(kind), authority.issuing
    builder = (
        _certificate(_name(signer), issuing.certificate.subject, key, at, lasts)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing.key.public_key()), critical=False)
    )
    if usage is not None:
        builder = builder.add_extension(_usage(*usage), critical=True)
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return Credential(key=key, chain=(builder.sign(issuing.key, hashes.SHA256()), issuing.certificate))


def revocation_list(
    issuer: Credential,
    *,
    at: datetime,
    lasts: timedelta = LIST_LASTS,
    revoked: Iterable[Revoked] = (),
    extensions: Sequence[tuple[x509.ExtensionType, bool]] = (),
) -> x509.CertificateRevocationList:
    """Make the revocation list of an authority, dated `at`.

    Args:
        issuer: the root's credential, or the issuing one: each speaks of what it issued itself.
    """
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.certificate.subject)
        .last_update(at)
        .next_update(at + lasts)
        .add_extension(x509.CRLNumber(int(at.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
    )
    for one in revoked:
        builder = builder.add_revoked_certificate(_entry(one))
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(issuer.key, hashes.SHA256())


def _entry(revoked: Revoked) -> x509.RevokedCertificate:
    serial = revoked.certificate.serial_number
    entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(revoked.at)
    if revoked.cause is not None:
        entry = entry.add_extension(x509.CRLReason(revoked.cause), critical=False)
    return entry.build()


def empty_lists(authority: SampleAuthority, *, at: datetime) -> RevocationData:
    """Return the lists of both authorities, on which nobody is; together they answer for every signer.

    They last as long as signers do: a real authority makes new ones every day or week, this one forgets its keys.
    """
    lists = (revocation_list(one, at=at, lasts=SIGNER_LASTS) for one in (authority.top, authority.issuing))
    return RevocationData(crls=tuple(each.public_bytes(Encoding.DER) for each in lists))


def lists_pem(data: RevocationData) -> bytes:
    return b"".join(x509.load_der_x509_crl(each).public_bytes(Encoding.PEM) for each in data.crls)


def chain_pem(*certificates: x509.Certificate) -> bytes:
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


def key_pem(credential: Credential, password: bytes | None = None) -> bytes:
    return credential.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, _encryption(password))


def pkcs12_file(credential: Credential, password: bytes | None = None) -> bytes:
    own, *issuers = credential.chain
    return pkcs12.serialize_key_and_certificates(b"signer", credential.key, own, issuers, _encryption(password))


def _encryption(password: bytes | None) -> KeySerializationEncryption:
    return NoEncryption() if password is None else BestAvailableEncryption(password)


def _name(signer: Signer) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, signer.country),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, signer.organisation[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, signer.name[:64]),  # upper bound of X.520
        ]
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: keys.PrivateKey, at: datetime, lasts: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at)
        .not_valid_after(at + lasts)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*names: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{**_NO_USAGE, **dict.fromkeys(names, True)})
