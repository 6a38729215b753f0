"""The octets that make a signature, in the form that XML signatures want, and by which digest each key signs.

Source: RFC 9231, 2.3.2 and 2.3.6; RFC 8017, 9.2.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from kanta_tenancy.machinery.x509.keys import PrivateKey

_BY_CURVE: Final[Mapping[str, hashes.SHA256 | hashes.SHA384]] = {
    "secp256r1": hashes.SHA256(),
    "secp384r1": hashes.SHA384(),
}
_SHA256_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")  # RFC 8017, 9.2, note 1


def digest_of(key: CertificatePublicKeyTypes) -> hashes.SHA256 | hashes.SHA384:
    """Return by which digest a key signs here; it must be one that may sign."""
    return _BY_CURVE[key.curve.name] if isinstance(key, ec.EllipticCurvePublicKey) else hashes.SHA256()


def digest_info(digest: bytes) -> bytes:
    """Return what an RSA key that pads but does not digest is to sign for a SHA-256 digest."""
    return _SHA256_INFO + digest


def signature_value(key: PrivateKey, octets: bytes) -> bytes:
    """Sign octets: PKCS #1 v1.5 for RSA; for a curve r and s in a row, each as long as the curve's order."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(octets, padding.PKCS1v15(), hashes.SHA256())
    return _in_a_row(key.sign(octets, ec.ECDSA(_BY_CURVE[key.curve.name])), key.key_size)


def accepted_value(key: CertificatePublicKeyTypes, octets: bytes, value: bytes) -> bytes | None:
    """Return a value that another program made, in the form that XML signatures want; None: the key did not make it.

    Args:
        value: for a curve also the DER form that X.509 uses.
    """
    return next((one for one in _readings(key, value) if _is_of(key, octets, one)), None)


def _readings(key: CertificatePublicKeyTypes, value: bytes) -> Iterator[bytes]:
    yield value
    if isinstance(key, ec.EllipticCurvePublicKey):
        try:
            yield _in_a_row(value, key.key_size)
        except (ValueError, OverflowError):  # it is no DER, or a number in it is longer than the curve's order
            return


def _is_of(key: CertificatePublicKeyTypes, octets: bytes, value: bytes) -> bool:
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(value, octets, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(_apart(value, key.key_size), octets, ec.ECDSA(digest_of(key)))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _in_a_row(der: bytes, bits: int) -> bytes:
    r, s = decode_dss_signature(der)
    length = (bits + 7) // 8
    return r.to_bytes(length, "big") + s.to_bytes(length, "big")


def _apart(value: bytes, bits: int) -> bytes:
    length = (bits + 7) // 8
    if len(value) != 2 * length:
        raise InvalidSignature
    return encode_dss_signature(int.from_bytes(value[:length]), int.from_bytes(value[length:]))
