"""Bring the signature in a part of a package from level B to T and to LT, and tell which level it has.

What is added is signed by nobody: every other part of the package stays as it is packed, and so does all that this
signature and the others sign.

Source: ETSI TS 101 903 v1.3.2, 7.3 and 7.6; ETSI EN 319 132-1, chapter 6.
"""

from collections.abc import Sequence

from cryptography import x509

from kanta_tenancy.machinery.ooxml import plumbing
from kanta_tenancy.machinery.ooxml.errors import CannotUpgrade
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.signing.open_signature import OpenSignature
from kanta_tenancy.machinery.opc import BrokenPackage, Package
from kanta_tenancy.machinery.x509.revocation import RevocationData


def signature_parts(package: bytes) -> tuple[str, ...]:
    """Return the parts that hold the signatures of a package, in their order.

    Raises:
        CannotUpgrade: it is no package.
    """
    try:
        return plumbing.find(Package.read(package)).signatures
    except BrokenPackage as broken:
        raise CannotUpgrade(broken.detail, rule=broken.rule) from broken


def imprint_of(package: bytes, part: str) -> bytes:
    """Return the octets that a timestamp of a signature has to be over: its SignatureValue, canonical.

    Raises:
        CannotUpgrade: there is no such signature, or it does not hold together.
    """
    return OpenSignature.open(package, part).octets_to_stamp


def add_timestamp(package: bytes, part: str, token: bytes) -> bytes:
    """Add a timestamp to a signature, which brings it to level T.

    Args:
        token: an RFC 3161 token over `imprint_of(package, part)`, DER.

    Returns:
        The package; nothing else of it has changed.

    Raises:
        CannotUpgrade: there is no such signature, or the token is not one of it.
    """
    return OpenSignature.open(package, part).with_timestamp(token).write()


def add_validation_data(
    package: bytes, part: str, certificates: Sequence[x509.Certificate], revocation: RevocationData
) -> bytes:
    """Add to a signature what a verifier will ask for when nobody answers any more; with a timestamp, that is level LT.

    What is there already is not added again.

    Args:
        certificates: of the issuers of the signer and of the timestamp authority.
        revocation: what is known of the revocation of all of them.

    Returns:
        The package; nothing else of it has changed.

    Raises:
        CannotUpgrade: there is no such signature, or it would become larger than one that is read.
    """
    return OpenSignature.open(package, part).with_validation_data(certificates, revocation).write()


def achieved_level(package: bytes, part: str, anchors: Sequence[x509.Certificate] = ()) -> Level:
    """Tell which level a signature has by what it carries; whether anybody trusts that, the verifier tells.

    Args:
        anchors: authorities whose own issuers and revocation nobody asks for; without them the ways have to lead up to
            authorities that issued themselves.

    Raises:
        CannotUpgrade: there is no such signature, or it does not hold together.
    """
    return OpenSignature.open(package, part).level(anchors)


def missing_revocation(
    package: bytes, part: str, anchors: Sequence[x509.Certificate] = ()
) -> tuple[x509.Certificate, ...]:
    """Return the certificates that stand between a signature with a timestamp and level LT; see `achieved_level`.

    Each lacks its issuer's certificate, or what is known of its revocation.

    Raises:
        CannotUpgrade: there is no such signature, it does not hold together, or it has no timestamp.
    """
    return OpenSignature.open(package, part).lacking(anchors)
