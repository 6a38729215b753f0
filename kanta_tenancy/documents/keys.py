"""Keys that sign, and certificates, from where they are."""

from pathlib import Path

from cryptography import x509

from kanta_tenancy.documents.contents import Content, key_file
from kanta_tenancy.machinery.pkcs11.place import KeyPlace
from kanta_tenancy.machinery.x509.credentials import from_pem, from_pkcs12
from kanta_tenancy.machinery.x509.reading import certificates_from_pem
from kanta_tenancy.machinery.x509.signing_key import SigningKey
from kanta_tenancy.machinery.x509.token_key import from_token


def key_from_pem(chain: Content, key: Content, password: bytes | None = None) -> SigningKey:
    """Load a private key and its certificates, which may stand in any order.

    Raises:
        CertificateUnreadable: one of the certificates cannot be read.
        CredentialUnusable: the key cannot be read, the password is wrong, or no certificate is the key's own.
        PasswordNeeded: the key is encrypted and there is no password.
    """
    return from_pem(key_file(chain), key_file(key), password)


def key_from_pkcs12(container: Content, password: bytes | None = None) -> SigningKey:
    """Load key and certificates from a PKCS#12 container (also named PFX).

    Raises:
        CertificateUnreadable: one of the certificates cannot be read.
        CredentialUnusable: it is no container, the password is wrong, or key or certificate is not in it.
        PasswordNeeded: it does not open without a password, and there is none.
    """
    return from_pkcs12(key_file(container), password)


def key_from_token(
    module: Path,
    pin: str | None = None,
    *,
    token: str = "",
    serial: str = "",
    key_label: str = "",
    key_id: str = "",
    chain: Content | None = None,
) -> SigningKey:
    """Find a key in a token or a hardware security module; what is left out must be the only one there.

    Args:
        module: the driver's library (PKCS#11).
        token: the token's label.
        serial: the token's serial number.
        key_id: hexadecimal.
        chain: the key's certificates as PEM; without them they are read from the token.

    Raises:
        CertificateUnreadable: one of the certificates cannot be read.
        CredentialUnusable: the driver, the token, the key or its certificate is not to be had, or the PIN is wrong.
        PasswordNeeded: the token asks for a PIN and there is none.
        ValueError: `key_id` is not hexadecimal.
    """
    place = KeyPlace(module=str(module.absolute()), token=token, serial=serial, key_label=key_label, key_id=key_id)
    return from_token(place, pin, None if chain is None else key_file(chain))


def certificates(pem: Content) -> tuple[x509.Certificate, ...]:
    """Read certificates, such as those of authorities to trust.

    Raises:
        CertificateUnreadable: none or too many are in it, or one of them cannot be read.
    """
    return certificates_from_pem(key_file(pem))
