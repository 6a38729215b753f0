"""Certificates as no honest tool writes them, put together octet by octet."""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

INTEGER, BITS, OCTETS, NULL, OID, UTF8, PRINTABLE = 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C, 0x13
UTC_TIME, GENERALIZED_TIME, BMP, SEQUENCE, SET, VERSION, EXTENSIONS = 0x17, 0x18, 0x1E, 0x30, 0x31, 0xA0, 0xA3
COMMON_NAME, COUNTRY, KEY_USAGE = bytes.fromhex("550403"), bytes.fromhex("550406"), bytes.fromhex("551d0f")
ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")

KEY = ec.generate_private_key(ec.SECP256R1())


def tagged(tag: int, *content: bytes) -> bytes:
    whole = b"".join(content)
    if len(whole) < 0x80:
        return bytes([tag, len(whole)]) + whole
    length = len(whole).to_bytes((len(whole).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + whole


def integer(number: int) -> bytes:
    return tagged(INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def attribute(oid: bytes, value: bytes, tag: int = UTF8) -> bytes:
    return tagged(SET, tagged(SEQUENCE, tagged(OID, oid), tagged(tag, value)))


def extension(oid: bytes, value: bytes) -> bytes:
    return tagged(SEQUENCE, tagged(OID, oid), tagged(OCTETS, value))


def public_key(key: ec.EllipticCurvePrivateKey = KEY) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def certificate(
    *,
    serial: bytes = integer(1),
    subject: bytes = b"",
    validity: tuple[bytes, bytes] = (b"260101000000Z", b"300101000000Z"),
    time: int = UTC_TIME,
    extensions: tuple[bytes, ...] = (),
    version: int = 2,
    spki: bytes = public_key(),
) -> bytes:
    name = tagged(SEQUENCE, subject)
    signed = tagged(
        SEQUENCE,
        tagged(VERSION, integer(version)) if version else b"",
        serial,
        ECDSA_SHA256,
        name,
        tagged(SEQUENCE, *(tagged(time, each) for each in validity)),
        name,
        spki,
        tagged(EXTENSIONS, tagged(SEQUENCE, *extensions)) if extensions else b"",
    )
    signature = KEY.sign(signed, ec.ECDSA(hashes.SHA256()))
    return tagged(SEQUENCE, signed, ECDSA_SHA256, tagged(BITS, b"\0", signature))
