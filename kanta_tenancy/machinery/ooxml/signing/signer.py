"""Sign a Word document as Microsoft Office does, and refuse what would not become a sound signature.

Preparing and completing are apart, so that whoever holds the key needs to see nothing but the octets to sign.

Source: ECMA-376-2, 5th edition, clause 10; [MS-OFFCRYPTO] 2.5.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

import msgspec
from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.errors import CannotSign
from kanta_tenancy.machinery.ooxml.line_images import line_images
from kanta_tenancy.machinery.ooxml.names import (
    ORIGIN_RELATIONSHIP,
    ORIGIN_TYPE,
    SIGNATURE_RELATIONSHIP,
    SIGNATURE_TYPE,
)
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.signature_lines import SignatureLine, lines_of
from kanta_tenancy.machinery.ooxml.signing.canonical import can_be_written
from kanta_tenancy.machinery.ooxml.signing.manifest import manifest
from kanta_tenancy.machinery.ooxml.signing.place import Place
from kanta_tenancy.machinery.ooxml.signing.signature_part import Ids, Statement, Unsigned, unsigned
from kanta_tenancy.machinery.ooxml.signing.signature_value import signature_value
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.opc.archive import Archive
from kanta_tenancy.machinery.opc.content_types import ContentTypes
from kanta_tenancy.machinery.opc.errors import BrokenPackage
from kanta_tenancy.machinery.opc.names import CONTENT_TYPES_ITEM
from kanta_tenancy.machinery.opc.package import Package
from kanta_tenancy.machinery.opc.relationships import Relationship, Relationships, is_plain, relationships_part
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.description import human_name
from kanta_tenancy.machinery.x509.judgement import refusals

# [MS-OFFCRYPTO] 2.5.2.5
COMMENTS_LIMIT: Final = 255
TEXT_LIMIT: Final = 100
_SIGS: Final = "sigs"  # the extension of the origin


class Prepared(Record, frozen=True, kw_only=True):
    """A signed package that lacks nothing but the value of its new signature."""

    signed_info: bytes  # the octets that the signer's key is to sign
    signature: Unsigned
    archive: Archive
    changed: Mapping[str, bytes]  # entries of the archive, all but the signature itself
    entry: str  # where the signature will lie


def sign(
    package: bytes, credential: Credential, *, at: datetime, line: SignatureLine | None = None, comments: str = ""
) -> bytes:
    """Add a signature to a document; those that it has stay valid, byte for byte.

    Args:
        at: the instant of signing, which the signature then claims.
        line: the signature line to sign on, one of `signature_lines(package)`.
        comments: why it is signed, at most 255 characters.

    Returns:
        The signed document, verified: nothing but trust in the certificates is left open.

    Raises:
        CannotSign: the document, the certificate or what was asked for breaks a rule.
    """
    prepared = prepare(package, credential.chain, at=at, line=line, comments=comments)
    signed = complete(prepared, signature_value(credential.key, prepared.signed_info))
    _check_signed(signed, at)
    return signed


def prepare(
    package: bytes,
    chain: tuple[x509.Certificate, ...],
    *,
    at: datetime,
    line: SignatureLine | None = None,
    comments: str = "",
) -> Prepared:
    """Do all of signing that needs no key.

    Args:
        chain: the signer's certificate first, then its issuers.

    Raises:
        CannotSign: the document, the certificate or what was asked for breaks a rule.
    """
    _check_certificate(chain[0], at)
    _check_comments(comments)
    statement = Statement(at=at, chain=chain, comments=comments, ids=Ids())
    try:
        return _prepared(Package.read(package), statement, line)
    except BrokenPackage as broken:
        raise CannotSign(detail=broken.detail, rule=broken.rule, part=broken.part) from broken


def complete(prepared: Prepared, value: bytes) -> bytes:
    """Put the signature's value where it belongs and write the signed package.

    Args:
        value: PKCS #1 v1.5 for RSA; r and s in a row for a curve.
    """
    return prepared.archive.write({**prepared.changed, prepared.entry: prepared.signature.with_value(value)})


def _prepared(package: Package, statement: Statement, line: SignatureLine | None) -> Prepared:
    package.main_part()
    place = Place.of(package)
    _check_targets(package)
    changed = _normalised(package, place)
    part = _unused_part(package, place)
    changed |= _leading_to(package, place, part)
    statement = msgspec.structs.replace(statement, ids=_unused_ids(package, place))
    if line is not None:
        statement = _on_line(statement, _open_line(package, place, line))
    signature = unsigned(manifest(package, place), statement)
    return Prepared(
        signed_info=signature.signed_info,
        signature=signature,
        archive=package.archive,
        changed=changed,
        entry=part[1:],
    )


def _check_certificate(certificate: x509.Certificate, at: datetime) -> None:
    reasons = refusals(certificate, at)
    if reasons:
        raise CannotSign(detail="; ".join(reason.detail for reason in reasons), rule="R11")
    if not can_be_written(certificate.issuer.rfc4514_string()):
        raise CannotSign(detail="the name of the certificate's issuer has characters that XML cannot hold", rule="R11")


def _check_signed(package: bytes, at: datetime) -> None:
    report = verify(package, at=at)
    if report.verdict is Verdict.INVALID:
        reason = report.reasons[0]
        raise CannotSign(detail=reason.detail, rule=reason.rule, part=reason.part or reason.signature)


def _check_comments(comments: str) -> None:
    if len(comments) > COMMENTS_LIMIT:
        raise CannotSign(detail=f"comments have at most {COMMENTS_LIMIT} characters, these have {len(comments)}")
    if not can_be_written(comments):
        raise CannotSign(detail="the comments have characters that XML cannot hold")


def _check_targets(package: Package) -> None:
    for source in package.sources:
        relationships = package.relationships(source)
        for one in relationships.misread_targets():
            detail = (
                f"The target of the relationship {one.id} has one of & < > \" ' or a tab, which LibreOffice misreads."
            )
            raise CannotSign(detail=detail, rule="R6", part=relationships.part)


def _normalised(package: Package, place: Place) -> dict[str, bytes]:
    """Write anew the relationships that verifiers would read differently; only possible before the first signature."""
    written: dict[str, bytes] = {}
    for source in package.sources:
        part = relationships_part(source)
        if source == place.origin or is_plain(package.content(part)):
            continue
        if place.signatures:
            detail = "The part is written in a form that verifiers read differently, and is signed already."
            raise CannotSign(detail=detail, rule="R8", part=part)
        written[part[1:]] = package.relationships(source).to_xml()
    return written


def _leading_to(package: Package, place: Place, part: str) -> dict[str, bytes]:
    """Write the entries that lead from the package to the new signature."""
    types = ContentTypes.parse(package.archive.content(CONTENT_TYPES_ITEM)).with_override(part, SIGNATURE_TYPE)
    written: dict[str, bytes] = {}
    if place.is_new:
        written["_rels/.rels"] = _with(package.relationships(), ORIGIN_RELATIONSHIP, place.origin[1:]).to_xml()
        written[place.origin[1:]] = b""
        fits = types.of(place.origin) is None
        types = types.with_default(_SIGS, ORIGIN_TYPE) if fits else types.with_override(place.origin, ORIGIN_TYPE)
    to_signature = _with(place.relationships, SIGNATURE_RELATIONSHIP, part.rpartition("/")[2])
    written[relationships_part(place.origin)[1:]] = to_signature.to_xml()
    written[CONTENT_TYPES_ITEM] = types.to_xml()
    return written


def _with(relationships: Relationships, kind: str, target: str) -> Relationships:
    new = Relationship(id=relationships.unused_id(), type=kind, target=target)
    return Relationships(source=relationships.source, by_id={**relationships.by_id, new.id: new})


def _unused_part(package: Package, place: Place) -> str:
    folder = place.origin.rpartition("/")[0]
    taken = {part.lower() for part in package.content_types}
    number = 1
    while f"{folder}/sig{number}.xml".lower() in taken:
        number += 1
    return f"{folder}/sig{number}.xml"


def _unused_ids(package: Package, place: Place) -> Ids:
    """Choose the ids of a further signature so that LibreOffice 7.4 does not take its elements for another's.

    LibreOffice reads all signatures into one document. Every element with an id that an earlier signature refers to
    stays in there, and the first element that stays is what the id means from then on: elements of the second
    signature stand in for those of the third. So two signatures can share Office's ids, and more cannot.
    """
    number = len(place.signatures) + 1
    written = b"".join(package.content(part) for part in place.signatures)
    while any(f"{name}_{number}".encode() in written for name in msgspec.structs.astuple(Ids())):
        number += 1
    own = Ids(**{role: f"{name}_{number}" for role, name in msgspec.structs.asdict(Ids()).items()})
    match len(place.signatures):
        case 0:
            return Ids()
        case 1:
            return Ids(signed_properties=own.signed_properties)
        case _:
            return own


def _open_line(package: Package, place: Place, line: SignatureLine) -> SignatureLine:
    lines = {one.setup_id.upper(): one for one in lines_of(package, place.signatures)}
    found = lines.get(line.setup_id.upper())
    if found is None:
        raise CannotSign(detail=f"the document has no signature line {line.setup_id}", part=package.main_part())
    if found.signed:
        raise CannotSign(detail=f"the signature line {found.setup_id} is signed already", part=package.main_part())
    return found


def _on_line(statement: Statement, line: SignatureLine) -> Statement:
    name = human_name(statement.chain[0])[:TEXT_LIMIT]
    valid, invalid = line_images(line, name, statement.at)
    return msgspec.structs.replace(
        statement, setup_id=line.setup_id, signature_text=name, valid_image=valid, invalid_image=invalid
    )
