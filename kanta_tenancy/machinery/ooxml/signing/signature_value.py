"""The octets that make a signature, in the form that XML signatures want.

Source: RFC 9231, 2.3.2 and 2.3.6.
"""

from typing import Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from kanta_tenancy.machinery.x509.keys import PrivateKey

_BY_CURVE: Final = {"secp256r1": hashes.SHA256(), "secp384r1": hashes.SHA384()}


def signature_value(key: PrivateKey, octets: bytes) -> bytes:
    """Sign octets: PKCS #1 v1.5 for RSA; for a curve r and s in a row, each as long as the curve's order."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(octets, padding.PKCS1v15(), hashes.SHA256())
    r, s = decode_dss_signature(key.sign(octets, ec.ECDSA(_BY_CURVE[key.curve.name])))
    length = (key.key_size + 7) // 8
    return r.to_bytes(length, "big") + s.to_bytes(length, "big")
