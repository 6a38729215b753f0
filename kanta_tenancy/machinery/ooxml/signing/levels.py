"""Bring the signature in a part of a package from level B to T and to LT, and tell which level it has.

What is added is signed by nobody: every other part of the package stays as it is packed, and so does all that this
signature and the others sign.

Source: ETSI TS 101 903 v1.3.2, 7.3 and 7.6; ETSI EN 319 132-1, chapter 6.
"""

from collections.abc import Sequence
from typing import Final, Protocol, TypeVar

from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml import plumbing
from kanta_tenancy.machinery.ooxml.errors import CannotUpgrade
from kanta_tenancy.machinery.ooxml.layout.unsigned_properties import UnsignedProperties, unsigned_markup
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.signing.grafting import grafted
from kanta_tenancy.machinery.ooxml.signing.stamping import is_over
from kanta_tenancy.machinery.ooxml.verification.reading import Signature, read
from kanta_tenancy.machinery.ooxml.verification.rewriting import rewritten
from kanta_tenancy.machinery.opc import BrokenPackage, Package

T = TypeVar("T")
_BEFORE: Final = b"</xd:SignedProperties>"
_BEHIND: Final = b"</xd:QualifyingProperties>"


class Revocations(Protocol):
    """What is known of the revocation of certificates, in DER."""

    @property
    def ocsp(self) -> tuple[bytes, ...]: ...

    @property
    def crls(self) -> tuple[bytes, ...]: ...


def signature_parts(package: bytes) -> tuple[str, ...]:
    """Return the parts that hold the signatures of a package, in their order.

    Raises:
        CannotUpgrade: it is no package.
    """
    return plumbing.find(_opened(package)).signatures


def imprint_of(package: bytes, part: str) -> bytes:
    """Return the octets that a timestamp of a signature has to be over: its SignatureValue, canonical.

    Raises:
        CannotUpgrade: there is no such signature, or it does not hold together.
    """
    return _chosen(package, part).signature.octets_to_stamp


def add_timestamp(package: bytes, part: str, token: bytes) -> bytes:
    """Add a timestamp to a signature, which brings it to level T.

    Args:
        token: an RFC 3161 token over `imprint_of(package, part)`, DER.

    Returns:
        The package; nothing else of it has changed.

    Raises:
        CannotUpgrade: there is no such signature, or the token is not one of it.
    """
    chosen = _chosen(package, part)
    if not is_over(token, chosen.signature.octets_to_stamp):
        raise CannotUpgrade("The timestamp is not one of this signature.")
    return _with_more(chosen, UnsignedProperties(timestamps=(token,)))


def add_validation_data(
    package: bytes, part: str, certificates: Sequence[x509.Certificate], revocation: Revocations
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
    chosen = _chosen(package, part)
    there = chosen.signature
    more = UnsignedProperties(
        certificates=_missing(certificates, there.certificates),
        crls=_missing(revocation.crls, there.added.crls),
        ocsp=_missing(revocation.ocsp, there.added.ocsp),
    )
    return package if more == UnsignedProperties() else _with_more(chosen, more)


def achieved_level(package: bytes, part: str) -> Level:
    """Tell which level a signature has by what it carries; whether anybody trusts that, the verifier tells.

    Raises:
        CannotUpgrade: there is no such signature, or it does not hold together.
    """
    signature = _chosen(package, part).signature
    if not any(is_over(stamp.token, stamp.over) for stamp in signature.added.stamps):
        return Level.B
    return Level.LT if signature.added.crls or signature.added.ocsp else Level.T


class _Chosen(Record, frozen=True, kw_only=True):
    """One signature of a package."""

    package: Package
    part: str
    content: bytes
    signature: Signature


def _opened(package: bytes) -> Package:
    try:
        return Package.read(package)
    except BrokenPackage as broken:
        raise CannotUpgrade(broken.detail, rule=broken.rule) from broken


def _chosen(data: bytes, part: str) -> _Chosen:
    package = _opened(data)
    if part not in plumbing.find(package).signatures:
        raise CannotUpgrade("The package has no such signature.", rule="R7")
    content = package.content(part)
    return _Chosen(package=package, part=part, content=content, signature=_read(content))


def _read(content: bytes) -> Signature:
    try:
        return read(content)
    except BrokenPackage as broken:
        raise CannotUpgrade(broken.detail, rule=broken.rule) from broken


def _with_more(chosen: _Chosen, more: UnsignedProperties) -> bytes:
    written = _written(chosen, more)
    _read(written)  # it must not have become one that nobody here would read
    others = (one for one in plumbing.find(chosen.package).signatures if one != chosen.part)
    if len(written) + sum(len(chosen.package.content(one)) for one in others) > plumbing.LARGEST_TOGETHER:
        detail = f"The signatures of the package would have more than {plumbing.LARGEST_TOGETHER} bytes together."
        raise CannotUpgrade(detail, rule="R7")
    return chosen.package.archive.write({chosen.part[1:]: written})


def _written(chosen: _Chosen, more: UnsignedProperties) -> bytes:
    known = rewritten(chosen.content)
    if known is None:
        return grafted(chosen.content, more)
    before, mark, behind = chosen.content.partition(_BEFORE)
    carried = unsigned_markup(_together(known.carried, more)).encode()
    return b"".join((before, mark, carried, behind[behind.index(_BEHIND) :]))


def _together(there: UnsignedProperties, more: UnsignedProperties) -> UnsignedProperties:
    return UnsignedProperties(
        timestamps=there.timestamps + more.timestamps,
        certificates=there.certificates + more.certificates,
        crls=there.crls + more.crls,
        ocsp=there.ocsp + more.ocsp,
    )


def _missing(values: Sequence[T], there: Sequence[T]) -> tuple[T, ...]:
    return tuple(one for one in dict.fromkeys(values) if one not in there)
