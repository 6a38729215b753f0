"""Whoever makes the value of a signature: a key in a file, a key in a token."""

from typing import Protocol

from cryptography import x509


class SigningKey(Protocol):
    """A key that signs, wherever it is, with the certificates that say whose it is."""

    @property
    def chain(self) -> tuple[x509.Certificate, ...]:
        """The key's own certificate first, then each one's issuer."""
        ...

    @property
    def certificate(self) -> x509.Certificate:
        """The first of the chain."""
        ...

    def sign(self, octets: bytes) -> bytes:
        """Sign octets: PKCS #1 v1.5 with SHA-256 for RSA; for a curve r and s in a row.

        Raises:
            CredentialUnusable: the key cannot be reached, or does not let itself be used.
        """
        ...
