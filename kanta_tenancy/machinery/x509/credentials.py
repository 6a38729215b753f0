"""A signer's key and certificates, from PEM files or a PKCS#12 container. Passwords are used and forgotten."""

from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
    pkcs12,
)

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.x509.errors import CredentialUnusable, PasswordNeeded
from kanta_tenancy.machinery.x509.keys import PrivateKey
from kanta_tenancy.machinery.x509.reading import (
    MAX_BYTES,
    MAX_CERTIFICATES,
    PEM_BLOCK,
    certificate_from_der,
    certificates_from_pem,
)
from kanta_tenancy.machinery.x509.signature_value import signature_value

_PKCS12_START: Final = b"\x02\x01\x03"  # version 3 follows the outer sequence's header
_LONGEST_DER_HEADER: Final = 6


class Credential(Record, frozen=True, kw_only=True):
    """A private key with the certificates that say whose it is."""

    key: PrivateKey
    chain: tuple[x509.Certificate, ...]  # the key's own certificate first, then each one's issuer

    @property
    def certificate(self) -> x509.Certificate:
        return self.chain[0]

    def sign(self, octets: bytes) -> bytes:
        return signature_value(self.key, octets)


def from_pem(chain: bytes, key: bytes, password: bytes | None = None) -> Credential:
    """Load a credential from two PEM files; the certificates may stand in any order.

    Raises:
        CertificateUnreadable: the chain is too large, or one of its certificates cannot be read.
        CredentialUnusable: the key cannot be read, the password is wrong, or no certificate is the key's own.
        PasswordNeeded: the key is encrypted and there is no password.
    """
    certificates = certificates_from_pem(chain)
    return _matched(_private_key(key, password), certificates)


def from_pkcs12(container: bytes, password: bytes | None = None) -> Credential:
    """Load a credential from a PKCS#12 container (also named PFX).

    Raises:
        CertificateUnreadable: one of the certificates cannot be read.
        CredentialUnusable: it is no container, the password is wrong, or key or certificate is not in it.
        PasswordNeeded: it does not open without a password, and there is none.
    """
    _check_size(container, "a PKCS#12 container")
    if _PKCS12_START not in container[: _LONGEST_DER_HEADER + len(_PKCS12_START)]:
        raise CredentialUnusable("the file is not a PKCS#12 container")
    try:
        key, own, others = pkcs12.load_key_and_certificates(container, password)
    except ValueError as trouble:
        if password is None:
            raise PasswordNeeded("the PKCS#12 container does not open without a password") from trouble
        raise CredentialUnusable("the password is wrong, or the PKCS#12 container is damaged") from trouble
    except UnsupportedAlgorithm as trouble:
        raise CredentialUnusable("the PKCS#12 container is encrypted in a way that is not supported") from trouble
    found = [certificate for certificate in (own, *others) if certificate is not None]
    if key is None or not found:
        raise CredentialUnusable("the PKCS#12 container does not hold both a private key and a certificate")
    if len(found) > MAX_CERTIFICATES:
        raise CredentialUnusable(f"at most {MAX_CERTIFICATES} certificates are read, the container has {len(found)}")
    return _matched(_supported(key), tuple(certificate_from_der(each.public_bytes(Encoding.DER)) for each in found))


def matches(key: PrivateKey, certificate: x509.Certificate) -> bool:
    return _public_bytes(key.public_key()) == _public_bytes(certificate.public_key())


def in_order(own: x509.Certificate, certificates: tuple[x509.Certificate, ...]) -> tuple[x509.Certificate, ...]:
    """Put each issuer behind the certificate that it issued; leave out what is not on the way."""
    ordered, rest = [own], [certificate for certificate in certificates if certificate != own]
    while issuer := next((each for each in rest if each.subject == ordered[-1].issuer), None):
        ordered.append(issuer)
        rest.remove(issuer)
    return tuple(ordered)


def leaf_first(certificates: tuple[x509.Certificate, ...]) -> tuple[x509.Certificate, ...]:
    """Put certificates in order where no key says whose they are: first the one that issued none of the others."""
    issuers = {one.issuer for one in certificates if one.issuer != one.subject}
    own = next((one for one in certificates if one.subject not in issuers), certificates[0])
    return in_order(own, certificates)


def _private_key(pem: bytes, password: bytes | None) -> PrivateKey:
    block = _key_block(pem)
    encrypted = b"ENCRYPTED" in block[:200]  # in the label, or in the Proc-Type line of the older form
    if encrypted and password is None:
        raise PasswordNeeded("the private key is encrypted")
    try:
        key = load_pem_private_key(block, password if encrypted else None)
    except (ValueError, TypeError) as trouble:
        detail = "the password of the private key is wrong" if encrypted else "the private key cannot be read"
        raise CredentialUnusable(detail) from trouble
    except UnsupportedAlgorithm as trouble:
        raise CredentialUnusable("the private key is of a kind that is not supported") from trouble
    return _supported(key)


def _key_block(pem: bytes) -> bytes:
    _check_size(pem, "a key file")
    blocks = [match.group() for match in PEM_BLOCK.finditer(pem) if match.group(1).endswith(b"PRIVATE KEY")]
    if len(blocks) != 1:
        raise CredentialUnusable(f"the key file must hold one PEM private key, this one has {len(blocks)}")
    return blocks[0]


def _check_size(data: bytes, what: str) -> None:
    if len(data) > MAX_BYTES:
        raise CredentialUnusable(f"{what} has at most {MAX_BYTES} bytes, this one has {len(data)}")


def _supported(key: PrivateKeyTypes) -> PrivateKey:
    if isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        return key
    raise CredentialUnusable("the private key is neither RSA nor elliptic-curve (P-256, P-384)")


def _matched(key: PrivateKey, certificates: tuple[x509.Certificate, ...]) -> Credential:
    own = next((certificate for certificate in certificates if matches(key, certificate)), None)
    if own is None:
        raise CredentialUnusable("the private key does not belong to any of the certificates")
    return Credential(key=key, chain=in_order(own, certificates))


def _public_bytes(key: PublicKeyTypes) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
