"""A signature that is, byte for byte, what is written here for what it says (rule R2).

Reading XML with the care that a stranger's needs takes longer than all the rest. So what a signature says is cut out,
written again and compared. Equal bytes are a signature as this product's signer writes it: its elements, its ids and
the digests of its objects are those that were just written. Whatever differs in one byte, or is out of the ordinary,
is left to the careful way, which alone refuses.
"""

import base64
import binascii
import functools
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.layout.canonical import can_be_written
from kanta_tenancy.machinery.ooxml.layout.digests import DIGEST_METHOD
from kanta_tenancy.machinery.ooxml.layout.methods import BY_CURVE
from kanta_tenancy.machinery.ooxml.layout.signature_part import Ids, Statement, unsigned
from kanta_tenancy.machinery.ooxml.layout.unsigned_properties import AFTER_TOKEN, BEFORE_TOKEN, UnsignedProperties
from kanta_tenancy.machinery.ooxml.names import (
    C14N,
    OFFICE_DETAILS_ID,
    PACKAGE_SIGNATURE_NS,
    RELATIONSHIP_TRANSFORM,
    SHA256,
    SIGNATURE_ID,
    SIGNATURE_TIME_ID,
)
from kanta_tenancy.machinery.ooxml.verification.manifest import SignedPart
from kanta_tenancy.machinery.ooxml.verification.markup import LARGEST
from kanta_tenancy.machinery.opc.relationships import source_of
from kanta_tenancy.machinery.opc.remembering import remembered
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable
from kanta_tenancy.machinery.x509.reading import MAX_BYTES, MAX_CERTIFICATES, certificate_from_der

_REMEMBERED_UP_TO: Final = 16 * 1024  # characters of a manifest

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_SETUP_ID: Final = re.compile(r"(?:\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\})?")
_FIXED_IDS: Final = frozenset({SIGNATURE_ID, SIGNATURE_TIME_ID, OFFICE_DETAILS_ID})

_SELECTED: Final = (
    f'<mdssi:RelationshipReference xmlns:mdssi="{re.escape(PACKAGE_SIGNATURE_NS)}" SourceId="([A-Za-z0-9_.-]+)">'
    "</mdssi:RelationshipReference>"
)
_TRANSFORMS: Final = (
    f'<Transforms><Transform Algorithm="{re.escape(RELATIONSHIP_TRANSFORM)}">((?:{_SELECTED})+)</Transform>'
    f'<Transform Algorithm="{re.escape(C14N)}"></Transform></Transforms>'
)
_REFERENCE: Final = re.compile(
    rf'<Reference URI="(/[A-Za-z0-9/._~!$()*+,;=@-]+)\?ContentType=([A-Za-z0-9/._+-]+)">(?:{_TRANSFORMS})?'
    rf"{re.escape(DIGEST_METHOD)}<DigestValue>([A-Za-z0-9+/]{{42}}[AEIMQUYcgkosw048]=)</DigestValue></Reference>"
)
_SOURCE_ID: Final = re.compile(_SELECTED)


class Rewritten(Record, frozen=True, kw_only=True):
    """What a signature says that is written as it is here; nothing of it has yet been compared with a package."""

    statement: Statement
    manifest: tuple[SignedPart, ...]
    value: bytes
    signed_info: bytes  # canonical, what the value signs
    carried: UnsignedProperties  # what nobody signs


class _Unlike(Exception):
    """It is not written as it is here."""


@remembered  # a signature that is added to is read first
def rewritten(content: bytes) -> Rewritten | None:
    """Return what a signature part says, or None when it must be read with care."""
    if len(content) > LARGEST:
        return None
    try:
        return _rewritten(content)
    except (_Unlike, UnicodeDecodeError, binascii.Error, ValueError, CertificateUnreadable):
        return None


def _rewritten(content: bytes) -> Rewritten:
    found = _Cutter(content.decode())
    value = base64.b64decode(found.between("<SignatureValue>", "</SignatureValue>"), validate=True)
    key_info = found.between("<X509Data>", "</X509Data>")
    package_object = found.name('<Object Id="')
    manifest = found.between("<Manifest>", "</Manifest>")
    office_object = found.name('<Object Id="')
    setup_id = found.between("<SetupID>", "</SetupID>")
    signature_text = found.text("<SignatureText>", "</SignatureText>")
    comments = found.text("<SignatureComments>", "</SignatureComments>")
    signed_properties = found.name('<xd:SignedProperties Id="')
    at = datetime.fromisoformat(found.between("<xd:SigningTime>", "</xd:SigningTime>"))
    chain, carried = _unsigned_half(key_info, found.between("</xd:SignedProperties>", "</xd:QualifyingProperties>"))
    valid_id, valid_image, invalid_id, invalid_image = _images(found) if setup_id else ("", b"", "", b"")
    names = [package_object, office_object, signed_properties, *filter(None, (valid_id, invalid_id))]
    if len(set(names) | _FIXED_IDS) != len(names) + len(_FIXED_IDS) or not _SETUP_ID.fullmatch(setup_id):
        raise _Unlike
    statement = Statement(
        at=at,
        chain=chain,
        comments=comments,
        ids=Ids(
            package_object=package_object,
            office_object=office_object,
            signed_properties=signed_properties,
            valid_image=valid_id,
            invalid_image=invalid_id,
        ),
        setup_id=setup_id,
        signature_text=signature_text,
        valid_image=valid_image,
        invalid_image=invalid_image,
    )
    parts = _remembered_parts(manifest) if len(manifest) <= _REMEMBERED_UP_TO else tuple(_parts(manifest))
    anew = unsigned(manifest, statement, carried)
    if not value or anew.with_value(value) != content:
        raise _Unlike
    return Rewritten(statement=statement, manifest=parts, value=value, signed_info=anew.signed_info, carried=carried)


class _Cutter:
    """Goes through a text and cuts out what stands between marks."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def between(self, begin: str, end: str) -> str:
        start = self._text.find(begin, self._at)
        stop = self._text.find(end, start)
        if start < 0 or stop < 0:
            raise _Unlike
        self._at = stop + len(end)
        return self._text[start + len(begin) : stop]

    def name(self, begin: str) -> str:
        """Cut out a name, which can be nothing but a name."""
        name = self.between(begin, '">')
        if not _NAME.fullmatch(name):
            raise _Unlike
        return name

    def text(self, begin: str, end: str) -> str:
        """Cut out a text as it is written; one with references in it will not be the same when it is written again."""
        text = self.between(begin, end)
        if not can_be_written(text):
            raise _Unlike
        return text


def _unsigned_half(key_info: str, properties: str) -> tuple[tuple[x509.Certificate, ...], UnsignedProperties]:
    """Read what nobody signs; what stands between the values will not be the same when it is written again."""
    own = _each(key_info, "<X509Certificate>", "</X509Certificate>")
    others = _each(properties, "<xd:EncapsulatedX509Certificate>", "</xd:EncapsulatedX509Certificate>")
    if len(own) + len(others) > MAX_CERTIFICATES or sum(map(len, (*own, *others))) > MAX_BYTES:
        raise _Unlike
    carried = UnsignedProperties(
        timestamps=_decoded(_each(properties, BEFORE_TOKEN, AFTER_TOKEN)),
        certificates=tuple(map(certificate_from_der, _decoded(others))),
        crls=_decoded(_each(properties, "<xd:EncapsulatedCRLValue>", "</xd:EncapsulatedCRLValue>")),
        ocsp=_decoded(_each(properties, "<xd:EncapsulatedOCSPValue>", "</xd:EncapsulatedOCSPValue>")),
    )
    return _chain(own), carried


def _chain(encoded: list[str]) -> tuple[x509.Certificate, ...]:
    chain = tuple(map(certificate_from_der, _decoded(encoded)))
    key = chain[0].public_key() if chain else None
    if not isinstance(key, rsa.RSAPublicKey) and not (
        isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name in BY_CURVE
    ):
        raise _Unlike
    return chain


def _each(markup: str, begin: str, end: str) -> list[str]:
    """Cut out everything that stands between two marks."""
    return [piece.partition(end)[0] for piece in markup.split(begin)[1:]]


def _decoded(encoded: list[str]) -> tuple[bytes, ...]:
    found = tuple(base64.b64decode(one, validate=True) for one in encoded)
    if not all(found):
        raise _Unlike
    return found


def _images(found: _Cutter) -> tuple[str, bytes, str, bytes]:
    valid_id = found.name('<Object Id="')
    valid = found.between("", "</Object>")
    invalid_id = found.name('<Object Id="')
    invalid = found.between("", "</Object>")
    return valid_id, base64.b64decode(valid, validate=True), invalid_id, base64.b64decode(invalid, validate=True)


@functools.lru_cache(maxsize=128)  # the signatures of a document mostly have the same manifest
def _remembered_parts(manifest: str) -> tuple[SignedPart, ...]:
    return tuple(_parts(manifest))


def _parts(manifest: str) -> Iterator[SignedPart]:
    """Read a manifest in which everything has one spelling only."""
    at, seen = 0, set()
    while at < len(manifest):
        match = _REFERENCE.match(manifest, at)
        if match is None:
            raise _Unlike
        at = match.end()
        part, content_type, selected, _, value = match.groups()
        if part.lower() in seen or (source_of(part) is None) is not (selected is None):
            raise _Unlike
        seen.add(part.lower())
        yield SignedPart(
            part=part,
            content_type=content_type,
            algorithm=SHA256,
            digest=base64.b64decode(value),
            relationships=None if selected is None else frozenset(_SOURCE_ID.findall(selected)),
        )
