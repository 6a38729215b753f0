"""The octets that make a signature, in the form that XML signatures want.

Source: RFC 9231, 2.3.2 and 2.3.6.
"""

from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from kanta_tenancy.machinery.ooxml.names import ECDSA_SHA256, ECDSA_SHA384, RSA_SHA256
from kanta_tenancy.machinery.x509.keys import PrivateKey

_BY_CURVE: Final = {"secp256r1": (ECDSA_SHA256, hashes.SHA256()), "secp384r1": (ECDSA_SHA384, hashes.SHA384())}


def method_of(key: CertificatePublicKeyTypes) -> str:
    """Return the identifier of the algorithm by which a key signs here; it must be one that may."""
    return _BY_CURVE[key.curve.name][0] if isinstance(key, ec.EllipticCurvePublicKey) else RSA_SHA256


def signature_value(key: PrivateKey, octets: bytes) -> bytes:
    """Sign octets: PKCS #1 v1.5 for RSA; for a curve r and s in a row, each as long as the curve's order."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(octets, padding.PKCS1v15(), hashes.SHA256())
    _, algorithm = _BY_CURVE[key.curve.name]
    r, s = decode_dss_signature(key.sign(octets, ec.ECDSA(algorithm)))
    length = (key.key_size + 7) // 8
    return r.to_bytes(length, "big") + s.to_bytes(length, "big")
