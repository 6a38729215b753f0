"""The kinds of key that may sign: RSA of 2048 to 4096 bits, and the curves P-256 and P-384."""

import enum
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

RSA_BITS: Final = range(2048, 4096 + 1)
CURVES: Final = {"secp256r1": "EC P-256", "secp384r1": "EC P-384"}
_EXPONENT: Final = 65537


class KeyKind(enum.StrEnum):
    """A key that can be made here."""

    RSA_2048 = "rsa-2048"
    RSA_3072 = "rsa-3072"
    RSA_4096 = "rsa-4096"
    EC_P256 = "ec-p256"
    EC_P384 = "ec-p384"


def make(kind: KeyKind) -> PrivateKey:
    match kind:
        case KeyKind.EC_P256:
            return ec.generate_private_key(ec.SECP256R1())
        case KeyKind.EC_P384:
            return ec.generate_private_key(ec.SECP384R1())
        case KeyKind.RSA_2048 | KeyKind.RSA_3072 | KeyKind.RSA_4096:
            return rsa.generate_private_key(_EXPONENT, int(kind.removeprefix("rsa-")))


def describe(key: CertificatePublicKeyTypes) -> str:
    """Name a public key's kind as people do: `RSA-2048`, `EC P-256`."""
    match key:
        case rsa.RSAPublicKey():
            return f"RSA-{key.key_size}"
        case ec.EllipticCurvePublicKey():
            return CURVES.get(key.curve.name, f"EC {key.curve.name}")
        case _:
            return type(key).__name__.removesuffix("PublicKey")


def may_sign(key: CertificatePublicKeyTypes) -> bool:
    match key:
        case rsa.RSAPublicKey():
            return key.key_size in RSA_BITS
        case ec.EllipticCurvePublicKey():
            return key.curve.name in CURVES
        case _:
            return False
