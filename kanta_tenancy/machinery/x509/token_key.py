"""A signer's key in a token or a hardware security module, with the certificates that say whose it is."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from kanta_tenancy.machinery.pkcs11.drivers import DRIVERS
from kanta_tenancy.machinery.pkcs11.errors import PinNeeded, TokenTrouble
from kanta_tenancy.machinery.pkcs11.place import KeyPlace, Signable
from kanta_tenancy.machinery.x509 import keys
from kanta_tenancy.machinery.x509.credentials import in_order, leaf_first
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable, CredentialUnusable, PasswordNeeded
from kanta_tenancy.machinery.x509.reading import certificate_from_der, certificates_from_pem
from kanta_tenancy.machinery.x509.signature_value import accepted_value, digest_info, digest_of


class TokenKey:
    """A key that its token never gives away. No session stays open: a token may be taken out and put back."""

    def __init__(self, place: KeyPlace, pin: str | None, chain: tuple[x509.Certificate, ...]) -> None:
        self.place = place
        self.chain = chain
        self._pin = pin

    @property
    def certificate(self) -> x509.Certificate:
        return self.chain[0]

    def sign(self, octets: bytes) -> bytes:
        """Have the token sign octets, and check that it was the certificate's key that did.

        Raises:
            CredentialUnusable: the token is not there, does not take the PIN, or signs with another key.
        """
        key = self.certificate.public_key()
        digest = hashlib.new(digest_of(key).name, octets).digest()
        info = digest_info(digest) if isinstance(key, rsa.RSAPublicKey) else None
        try:
            value = DRIVERS.sign(self.place, self._pin, Signable(octets=octets, digest=digest, digest_info=info))
        except TokenTrouble as trouble:
            raise CredentialUnusable(str(trouble)) from trouble
        accepted = accepted_value(key, octets, value)
        if accepted is None:
            raise CredentialUnusable(f"the key in {self.place} does not belong to the certificate")
        return accepted


def from_token(place: KeyPlace, pin: str | None = None, chain: bytes | None = None) -> TokenKey:
    """Find a key in a token.

    Args:
        chain: its certificates as PEM, in any order; without them they are read from the token.

    Raises:
        CertificateUnreadable: one of the certificates cannot be read.
        CredentialUnusable: the driver, the token, the key or its certificate is not to be had, or the PIN is wrong.
        PasswordNeeded: the token asks for a PIN and there is none.
    """
    try:
        found = DRIVERS.certificates(place, pin)
    except PinNeeded as needed:
        raise PasswordNeeded(str(needed)) from needed
    except TokenTrouble as trouble:
        raise CredentialUnusable(str(trouble)) from trouble
    ordered = _from_token(found, place) if chain is None else leaf_first(certificates_from_pem(chain))
    if not keys.may_sign(ordered[0].public_key()):
        raise CredentialUnusable(f"the key in {place} is of a kind that does not sign documents here")
    return TokenKey(place, pin, ordered)


def _from_token(found: tuple[bytes, ...], place: KeyPlace) -> tuple[x509.Certificate, ...]:
    if not found:
        raise CredentialUnusable(f"{place} does not hold the certificate of its key; give the certificates as PEM")
    own = certificate_from_der(found[0])
    return in_order(own, (own, *_readable(found[1:])))


def _readable(others: tuple[bytes, ...]) -> Iterator[x509.Certificate]:
    for one in others:
        with suppress(CertificateUnreadable):  # a token holds whatever its owners put in
            yield certificate_from_der(one)
