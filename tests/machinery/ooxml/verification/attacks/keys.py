"""Signatures of somebody who has not the victim's key: written by hand, weakened, confused or wrapped (R2, R3, R11)."""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.machinery.ooxml.verification.attacks.building import forging
from tests.machinery.ooxml.verification.forger import DS, MORE, SHA256, Forgery, encoded
from tests.machinery.ooxml.verification.signers import self_signed, signer

RSA: Final = signer("Eino", KeyKind.RSA_2048)
EC: Final = signer("Aino", KeyKind.EC_P256)
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256
_SIZE: Final = 32
_HMACS: Final = {f"{DS}hmac-sha1": "sha1", f"{MORE}hmac-sha256": "sha256"}
_DIGEST_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")  # of SHA-256, RFC 8017, 9.2


def numbers(*, r: int | None = None, s: int | None = None, negated: str = "") -> Forgery:
    """Put other numbers in the place of those of a right signature, or the other sign of one of them."""

    def written(octets: bytes) -> bytes:
        found = {"r": int.from_bytes(octets[:_SIZE]), "s": int.from_bytes(octets[_SIZE:])}
        found |= {name: number for name, number in (("r", r), ("s", s)) if number is not None}
        if negated:
            found[negated] = _ORDER - found[negated]
        return b"".join(number.to_bytes(_SIZE) for number in found.values())

    return Forgery(credential=EC, finished=with_value(written))


def negated(octets: bytes) -> bytes:
    """Return the other spelling of an ECDSA signature value."""
    return octets[:_SIZE] + (_ORDER - int.from_bytes(octets[_SIZE:])).to_bytes(_SIZE)


def with_value(change: Callable[[bytes], bytes]) -> Callable[[str], str]:
    def finished(text: str) -> str:
        head, start, rest = text.partition("<SignatureValue>")
        value, end, tail = rest.partition("</SignatureValue>")
        return head + start + base64.b64encode(change(base64.b64decode(value))).decode() + end + tail

    return finished


def hmac_with_the_public_key(credential: Credential, method: str, secret: bytes) -> Forgery:
    """Sign with what everybody has: a verifier that lets the method choose the kind of key takes it for right."""

    def finished(text: str) -> str:
        signed_info = text.partition("<SignedInfo>")[2].partition("</SignedInfo>")[0]
        octets = f'<SignedInfo xmlns="{DS}">{signed_info}</SignedInfo>'.encode()
        return with_value(lambda _: hmac.digest(secret, octets, _HMACS[method]))(text)

    return Forgery(
        credential=credential,
        method=f"{MORE}{'rsa' if credential is RSA else 'ecdsa'}-sha256",
        signed_info=lambda text: text.replace(f"{MORE}{'rsa' if credential is RSA else 'ecdsa'}-sha256", method),
        finished=finished,
    )


def public_key(credential: Credential) -> bytes:
    return credential.certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def cube_root(number: int) -> int:
    low, high = 0, 1 << (number.bit_length() // 3 + 2)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**3 < number else (low, middle)
    return low


def small_exponent() -> Forgery:
    """Find a number whose cube begins like a padded digest: it needs no private key (Bleichenbacher, 2006)."""
    credential = self_signed("rsa2048e3")

    def finished(text: str) -> str:
        signed_info = text.partition("<SignedInfo>")[2].partition("</SignedInfo>")[0]
        digest = hashlib.sha256(f'<SignedInfo xmlns="{DS}">{signed_info}</SignedInfo>'.encode()).digest()
        head = b"\x00\x01\xff\xff\xff\xff\xff\xff\xff\xff\x00" + _DIGEST_INFO + digest
        root = cube_root(int.from_bytes(head.ljust(256, b"\0")))
        assert (root**3).to_bytes(256).startswith(head)
        return with_value(lambda _: root.to_bytes(256))(text)

    return Forgery(credential=credential, finished=finished)


def under_another(certificate: x509.Certificate) -> Forgery:
    """Sign with a key of one's own, and put another certificate beside the signature."""
    own = self_signed("p256", "Itse")
    return Forgery(
        credential=own,
        finished=lambda text: text.replace(encoded(own.certificate), encoded(certificate)),
    )


NUMBERS: Final = forging(
    "Signature values of numbers that no key makes",
    R2={
        "r is zero": numbers(r=0),
        "s is zero": numbers(s=0),
        "both are zero": numbers(r=0, s=0),
        "both are one": numbers(r=1, s=1),
        "r is the order": numbers(r=_ORDER),
        "s is the order": numbers(s=_ORDER),
        "both are the order": numbers(r=_ORDER, s=_ORDER),
        "both are as large as they can be": numbers(r=2**256 - 1, s=2**256 - 1),
        "the other sign of r": numbers(negated="r"),
        "numbers with zeros before them": Forgery(
            credential=EC, finished=with_value(lambda octets: bytes(8) + octets[:32] + bytes(8) + octets[32:])
        ),
        "numbers in DER": Forgery(
            credential=EC,
            finished=with_value(lambda octets: b"\x30\x44\x02\x20" + octets[:32] + b"\x02\x20" + octets[32:]),
        ),
        "numbers of another curve": Forgery(
            credential=EC,
            finished=with_value(lambda octets: octets[:32].rjust(48, b"\0") + octets[32:].rjust(48, b"\0")),
        ),
        "a number of RSA above the modulus": Forgery(
            credential=RSA, finished=with_value(lambda octets: b"\xff" * len(octets))
        ),
        "a number of RSA that is longer": Forgery(credential=RSA, finished=with_value(lambda octets: b"\0" + octets)),
        "a cube that begins as it should": small_exponent(),
        "an empty manifest": Forgery(manifest=lambda _: "", office=None, properties=None),
    },
    R5_R6={
        "a manifest of nothing": Forgery(manifest=lambda _: ""),
    },
)

CONFUSED: Final = forging(
    "Methods weakened, or confused with others",
    R3={
        **{
            f"{method.rpartition('#')[2]} with the public key of {kind}": hmac_with_the_public_key(
                credential, method, public_key(credential)
            )
            for method in _HMACS
            for kind, credential in (("RSA", RSA), ("EC", EC))
        },
        "an HMAC with the certificate": hmac_with_the_public_key(
            RSA, f"{MORE}hmac-sha256", RSA.certificate.public_bytes(Encoding.PEM)
        ),
        "an HMAC of one bit": Forgery(
            credential=RSA,
            signed_info=lambda text: text.replace(f"{MORE}rsa-sha256", f"{DS}hmac-sha1").replace(
                "</SignatureMethod>", "<HMACOutputLength>1</HMACOutputLength></SignatureMethod>"
            ),
        ),
        "SHA-1": Forgery(credential=RSA, method=f"{DS}rsa-sha1"),
        "SHA-1 in the digests": Forgery(digest=f"{DS}sha1", certificate_digest=SHA256),
        "MD5": Forgery(digest=f"{MORE}md5", certificate_digest=SHA256),
        "a short key": Forgery(credential=self_signed("rsa1024")),
        "another curve": Forgery(credential=self_signed("p521")),
        "no method": Forgery(signed_info=lambda text: text.replace(f"{MORE}ecdsa-sha256", "")),
        "a key instead of a certificate": Forgery(
            key_info=lambda _: "<KeyInfo><KeyValue><ECKeyValue></ECKeyValue></KeyValue></KeyInfo>"
        ),
        "XSLT": Forgery(
            signed_info=lambda text: text.replace(
                'URI="#idPackageObject">',
                'URI="#idPackageObject"><Transforms><Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116">'
                "</Transform></Transforms>",
            )
        ),
    },
)

SWAPPED: Final = forging(
    "Another certificate of the same key, or of another key",
    R11={
        "another name for the same key": under_another(self_signed("p256", "Aino").certificate),
        "no word about the certificate": Forgery(
            properties=lambda text: re.sub("<xd:SigningCertificate>.*</xd:SigningCertificate>", "", text)
        ),
    },
    R2_R11={"the victim's certificate beside one's own key": under_another(signer("Liisa").certificate)},
)
FAMILIES: Final = (NUMBERS, CONFUSED, SWAPPED)
