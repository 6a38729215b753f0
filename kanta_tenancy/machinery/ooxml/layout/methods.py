"""By which algorithm a key signs here.

Source: RFC 9231, 2.3.2 and 2.3.6.
"""

from collections.abc import Mapping
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from kanta_tenancy.machinery.ooxml.names import ECDSA_SHA256, ECDSA_SHA384, RSA_SHA256

BY_CURVE: Final[Mapping[str, str]] = {"secp256r1": ECDSA_SHA256, "secp384r1": ECDSA_SHA384}


def method_of(key: CertificatePublicKeyTypes) -> str:
    """Return the identifier of the algorithm by which a key signs here; it must be one that may."""
    return BY_CURVE[key.curve.name] if isinstance(key, ec.EllipticCurvePublicKey) else RSA_SHA256
