"""What was added to signatures, and what nobody signs: timestamps and revocation data, forged, swapped or worthless."""

import base64
import re
from collections.abc import Callable, Mapping
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy.machinery.ooxml.layout.signature_part import stamped_octets
from tests.machinery.ooxml.verification.attacks.building import Change, addition, both, signature_rewritten
from tests.machinery.ooxml.verification.attacks.keys import negated
from tests.machinery.ooxml.verification.attacks.signatures import SIG2, value_changed
from tests.machinery.ooxml.verification.documents import Parts
from tests.machinery.ooxml.verification.forger import SIG1
from tests.machinery.ooxml.verification.signers import NOW, lists, signer
from tests.machinery.ooxml.verification.test_vouching import STAMPER, STAMPS
from tests.machinery.x509.stamping import Habits, stamp

_STAMPED: Final = "<xd:EncapsulatedTimeStamp>([^<]*)</xd:EncapsulatedTimeStamp>"
_STAMP: Final = "<xd:SignatureTimeStamp>.*?</xd:SignatureTimeStamp>"
_UNSIGNED: Final = "<xd:UnsignedProperties>.*?</xd:UnsignedProperties>"
_LISTED: Final = "<xd:EncapsulatedCRLValue>([^<]*)</xd:EncapsulatedCRLValue>"


def of_the_other(pattern: str) -> Change:
    """Take from the second signature what stands in the first."""

    def change(parts: Parts) -> Parts:
        one, other = (re.search(pattern.encode(), parts[name], re.DOTALL) for name in (SIG1, SIG2))
        assert one
        assert other
        assert one[0] != other[0]
        return {**parts, SIG1: parts[SIG1].replace(one[0], other[0])}

    return change


def token(change: Callable[[bytes], bytes]) -> Change:
    return _encoded(_STAMPED, change)


def every_list(change: Callable[[bytes], bytes]) -> Change:
    def changed(parts: Parts) -> Parts:
        def written(found: re.Match[bytes]) -> bytes:
            return found[0].replace(found[1], base64.b64encode(change(base64.b64decode(found[1]))))

        return {
            name: re.sub(_LISTED.encode(), written, content) if name in (SIG1, SIG2) else content
            for name, content in parts.items()
        }

    return changed


def _encoded(pattern: str, change: Callable[[bytes], bytes]) -> Change:
    def written(found: re.Match[str]) -> str:
        return found[0].replace(found[1], base64.b64encode(change(base64.b64decode(found[1]))).decode())

    return signature_rewritten(pattern, written)


def stamped_over(octets: bytes) -> Change:
    """Put an honest timestamp of something else in the place of the signature's."""
    return token(lambda _: stamp(octets, STAMPER, at=NOW, habits=Habits()))


def stamp_beside(written: str, *, before: bool = True) -> Change:
    return signature_rewritten(_STAMP, lambda found: written + found[0] if before else found[0] + written)


def _stamp_of(octets: bytes) -> str:
    return (
        f"<xd:SignatureTimeStamp><xd:EncapsulatedTimeStamp>{base64.b64encode(octets).decode()}"
        "</xd:EncapsulatedTimeStamp></xd:SignatureTimeStamp>"
    )


def _earlier(octets: bytes) -> bytes:
    """Write an earlier day into a token."""
    assert b"20260601" in octets
    return octets.replace(b"20260601", b"20250601")


def _value(parts: Parts) -> bytes:
    found = re.search(rb"<SignatureValue>([^<]*)", parts[SIG1])
    assert found
    return base64.b64decode(found[1])


def _stamp(parts: Parts) -> str:
    found = re.search(_STAMP.encode(), parts[SIG1], re.DOTALL)
    assert found
    return found[0].decode()


_FOREIGN: Final = stamp(b"another signature", STAMPER, at=NOW, habits=Habits())
_GARBAGE: Final = b"garbage"

FORGED: Final = addition(
    "Timestamps forged, swapped between signatures, or made over something else",
    R11={
        "the other signature's timestamp": of_the_other(_STAMP),
        "all that was added to the other signature": of_the_other(_UNSIGNED),
        "a timestamp of something else": stamped_over(b"something else"),
        "a timestamp of nothing": stamped_over(b""),
        "a timestamp of the bare value": lambda parts: stamped_over(_value(parts))(parts),
        "an earlier day written into the timestamp": token(_earlier),
        "a forged timestamp before the honest one": stamp_beside(_stamp_of(_FOREIGN)),
        "a forged timestamp after the honest one": stamp_beside(_stamp_of(_FOREIGN), before=False),
        "the other spelling of the value under the timestamp": value_changed(negated),
    },
)  # fmt: skip


# What proves nothing leaves a signature what it would be without; nothing from outside is known of its certificate.
WORTHLESS: Final[Mapping[str, Change]] = {
    "no timestamp": signature_rewritten(_STAMP, ""),
    "garbage for a timestamp": token(lambda _: _GARBAGE),
    "a timestamp cut off": token(lambda octets: octets[:-20]),
    "a timestamp with something after it": token(lambda octets: octets + b"\0"),
    "a timestamp that is a certificate": token(lambda _: signer().certificate.public_bytes(Encoding.DER)),
    "a timestamp of no base64": signature_rewritten(_STAMPED, "<xd:EncapsulatedTimeStamp>!</xd:EncapsulatedTimeStamp>"),
    "a timestamp that the signer made": lambda parts: token(
        lambda _: stamp(stamped_octets(_value(parts)), signer(), at=NOW, habits=Habits())
    )(parts),
    "a timestamp in another place": lambda parts: both(
        signature_rewritten(_STAMP, ""),
        signature_rewritten("</KeyInfo>", f"{_stamp(parts)}</KeyInfo>".replace("xd:", "")),
    )(parts),
    "ten of garbage before the honest one": stamp_beside(_stamp_of(_GARBAGE) * 10),
    "an unknown way to canonicalise it": signature_rewritten(
        '(<xd:SignatureTimeStamp><CanonicalizationMethod Algorithm=)"[^"]*"', r'\1"urn:none"'
    ),
}
UNPROVED: Final[Mapping[str, Change]] = {
    "no revocation lists": signature_rewritten("<xd:RevocationValues>.*?</xd:RevocationValues>", ""),
    "garbage for revocation lists": every_list(lambda _: _GARBAGE),
    "revocation lists with a bit changed": every_list(lambda octets: octets[:-1] + bytes([octets[-1] ^ 1])),
    "revocation lists of another authority": every_list(lambda _: lists(STAMPS).crls[0]),
    "revocation lists cut off": every_list(lambda octets: octets[: len(octets) // 2]),
    "everything taken away": signature_rewritten(_UNSIGNED, ""),
}
HARMLESS: Final[Mapping[str, Change]] = {
    "garbage beside it": signature_rewritten(
        "</xd:UnsignedSignatureProperties>", "<xd:Garbage>garbage</xd:Garbage></xd:UnsignedSignatureProperties>"
    ),
    "garbage of another kind": signature_rewritten(
        "</xd:UnsignedSignatureProperties>", '<a xmlns="urn:a" b="c"><d></d></a></xd:UnsignedSignatureProperties>'
    ),
    "a certificate more": signature_rewritten(
        "<xd:CertificateValues>",
        "<xd:CertificateValues><xd:EncapsulatedX509Certificate>MIIB</xd:EncapsulatedX509Certificate>",
    ),
}
FAMILIES: Final = (FORGED,)
