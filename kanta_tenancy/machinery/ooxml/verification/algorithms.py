"""Which algorithms a signature may use (rule R3), and which are known but too weak."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from kanta_tenancy.machinery.ooxml.names import (
    ECDSA_SHA256,
    ECDSA_SHA384,
    RSA_SHA1,
    RSA_SHA256,
    RSA_SHA384,
    RSA_SHA512,
    SHA1,
    SHA256,
    SHA384,
    SHA512,
)
from kanta_tenancy.machinery.opc.errors import BrokenPackage

DIGESTS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    SHA1: lambda data: hashlib.sha1(data, usedforsecurity=False).digest(),
    SHA256: lambda data: hashlib.sha256(data).digest(),
    SHA384: lambda data: hashlib.sha384(data).digest(),
    SHA512: lambda data: hashlib.sha512(data).digest(),
}
_SHA1: Final = hashes.SHA1()  # noqa: S303  Office 2007 and 2010 sign with it; such a signature is read and called weak
RSA_METHODS: Final[Mapping[str, hashes.HashAlgorithm]] = {
    RSA_SHA1: _SHA1,
    RSA_SHA256: hashes.SHA256(),
    RSA_SHA384: hashes.SHA384(),
    RSA_SHA512: hashes.SHA512(),
}
EC_METHODS: Final[Mapping[str, hashes.HashAlgorithm]] = {ECDSA_SHA256: hashes.SHA256(), ECDSA_SHA384: hashes.SHA384()}
_WEAK: Final = frozenset({SHA1, RSA_SHA1})
_RSA_BITS: Final = 2048
_CURVES: Final = frozenset({"secp256r1", "secp384r1"})


def digest(algorithm: str, data: bytes) -> bytes:
    """Digest with an algorithm that is known, though it may be weak.

    Raises:
        BrokenPackage: the algorithm is not known here (R3).
    """
    compute = DIGESTS.get(algorithm)
    if compute is None:
        raise BrokenPackage(detail=f"The digest algorithm {algorithm} is not accepted.", rule="R3")
    return compute(data)


def verifies(key: CertificatePublicKeyTypes, method: str, value: bytes, signed: bytes) -> bool:
    """Tell whether a signature value is the key's signature of these bytes.

    Raises:
        BrokenPackage: the method is not known here, or not one for this kind of key (R3).
    """
    try:
        if isinstance(key, rsa.RSAPublicKey) and method in RSA_METHODS:
            key.verify(value, signed, padding.PKCS1v15(), RSA_METHODS[method])
        elif isinstance(key, ec.EllipticCurvePublicKey) and method in EC_METHODS:
            key.verify(_der(key, value), signed, ec.ECDSA(EC_METHODS[method]))
        else:
            raise BrokenPackage(detail=f"The signature method {method} is not accepted for this key.", rule="R3")
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def weaknesses(key: CertificatePublicKeyTypes, algorithms: frozenset[str]) -> list[str]:
    """Return a sentence for each key or algorithm that is too weak to be relied on."""
    found = [f"The algorithm {name.rpartition('#')[2]} is too weak." for name in sorted(algorithms & _WEAK)]
    if isinstance(key, rsa.RSAPublicKey) and key.key_size < _RSA_BITS:
        found.append(f"The RSA key has {key.key_size} bits; {_RSA_BITS} are needed.")
    if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name not in _CURVES:
        found.append(f"The curve {key.curve.name} is not accepted; P-256 and P-384 are.")
    return found


def _der(key: ec.EllipticCurvePublicKey, value: bytes) -> bytes:
    """Turn the two numbers of XML Signature into the form that X.509 uses."""
    size = (key.curve.key_size + 7) // 8
    if len(value) != 2 * size:
        raise InvalidSignature
    return encode_dss_signature(int.from_bytes(value[:size]), int.from_bytes(value[size:]))
