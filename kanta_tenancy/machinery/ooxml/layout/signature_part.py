"""The XML of one signature as Microsoft Office lays it out, built as canonical text and never parsed again.

Source: [MS-OFFCRYPTO] 2.5; ETSI TS 101 903 v1.3.2; the layout of files that Office 2013 and 2016 signed.
"""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from cryptography import x509

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.ooxml.layout.canonical import text
from kanta_tenancy.machinery.ooxml.layout.certificate_markup import key_info, signing_certificate
from kanta_tenancy.machinery.ooxml.layout.digests import DIGEST_METHOD, sha256
from kanta_tenancy.machinery.ooxml.layout.methods import method_of
from kanta_tenancy.machinery.ooxml.layout.unsigned_properties import UnsignedProperties, as_signed, unsigned_markup
from kanta_tenancy.machinery.ooxml.names import (
    C14N,
    DSIG_NS,
    INVALID_IMAGE_ID,
    OBJECT_REFERENCE,
    OFFICE_DETAILS_ID,
    OFFICE_OBJECT_ID,
    OFFICE_SIGNATURE_NS,
    PACKAGE_OBJECT_ID,
    PACKAGE_SIGNATURE_NS,
    SIGNATURE_ID,
    SIGNATURE_TIME_ID,
    SIGNED_PROPERTIES_ID,
    SIGNED_PROPERTIES_REFERENCE,
    VALID_IMAGE_ID,
    XADES_NS,
)

APPROVAL: Final = "http://uri.etsi.org/01903/v1.2.2#ProofOfApproval"
_DS: Final = f' xmlns="{DSIG_NS}"'
_XD: Final = f' xmlns:xd="{XADES_NS}"'
_NO_LINE: Final = 1  # SignatureType of a signature that is not seen in the document
_ON_LINE: Final = 2
_PRODUCT: Final = (
    "<WindowsVersion>10.0</WindowsVersion><OfficeVersion>16.0</OfficeVersion>"
    "<ApplicationVersion>16.0</ApplicationVersion><Monitors>1</Monitors>"
    "<HorizontalResolution>1920</HorizontalResolution><VerticalResolution>1080</VerticalResolution>"
    "<ColorDepth>32</ColorDepth><SignatureProviderId>{00000000-0000-0000-0000-000000000000}</SignatureProviderId>"
    "<SignatureProviderUrl></SignatureProviderUrl><SignatureProviderDetails>9</SignatureProviderDetails>"
)


class Ids(Record, frozen=True, kw_only=True):
    """What the signed elements are called: by default, as Office calls them."""

    package_object: str = PACKAGE_OBJECT_ID
    office_object: str = OFFICE_OBJECT_ID
    signed_properties: str = SIGNED_PROPERTIES_ID
    valid_image: str = VALID_IMAGE_ID
    invalid_image: str = INVALID_IMAGE_ID


class Statement(Record, frozen=True, kw_only=True):
    """What a signature says besides what it covers."""

    at: datetime
    chain: tuple[x509.Certificate, ...]  # the signer's own first
    comments: str
    ids: Ids
    setup_id: str = ""  # of the signature line; empty when the signature is on none
    signature_text: str = ""  # what is written on the line
    valid_image: bytes = b""  # what the line shows while the signature holds
    invalid_image: bytes = b""


class Unsigned(Record, frozen=True, kw_only=True):
    """A signature that lacks nothing but its value."""

    signed_info: bytes  # canonical: these octets are to be signed
    before: str
    after: str

    def with_value(self, value: bytes) -> bytes:
        return f"{self.before}{_base64(value)}{self.after}".encode()


def unsigned(manifest: str, statement: Statement, carried: UnsignedProperties | None = None) -> Unsigned:
    """Build a signature over a manifest, up to its value.

    Args:
        carried: what it does not sign; None means what a new signature carries.
    """
    ids = statement.ids
    objects = {
        ids.package_object: _package_object(manifest, _instant(statement.at)),
        ids.office_object: _office_details(statement),
    }
    images = _images(statement)
    properties = _signed_properties(statement)
    signed_info = _signed_info(
        method_of(statement.chain[0].public_key()),
        _object_references(objects)
        + _properties_reference(ids.signed_properties, properties)
        + _object_references(images),
    )
    carried = as_signed(statement.chain[1:]) if carried is None else carried
    qualifying = (
        f'<Object><xd:QualifyingProperties{_XD} Target="#{SIGNATURE_ID}">'
        f'<xd:SignedProperties Id="{ids.signed_properties}">{properties}</xd:SignedProperties>'
        f"{unsigned_markup(carried)}</xd:QualifyingProperties></Object>"
    )
    declaration = f'<?xml version="1.0" encoding="UTF-8"?><Signature{_DS} Id="{SIGNATURE_ID}">'
    return Unsigned(
        signed_info=_as_apex("SignedInfo", signed_info),
        before=f"{declaration}{signed_info}<SignatureValue>",
        after=f"</SignatureValue>{key_info(statement.chain)}{_objects(objects)}{qualifying}{_objects(images)}</Signature>",
    )


def stamped_octets(value: bytes) -> bytes:
    """Return what a timestamp of a signature is over: its SignatureValue, canonical.

    Source: ETSI TS 101 903 v1.3.2, 7.3.
    """
    return _as_apex("SignatureValue", f"<SignatureValue>{_base64(value)}</SignatureValue>")


def _signed_info(method: str, references: str) -> str:
    return (
        f'<SignedInfo><CanonicalizationMethod Algorithm="{C14N}"></CanonicalizationMethod>'
        f'<SignatureMethod Algorithm="{method}"></SignatureMethod>{references}</SignedInfo>'
    )


def _objects(contents: Mapping[str, str]) -> str:
    return "".join(f'<Object Id="{name}">{content}</Object>' for name, content in contents.items())


def _object_references(contents: Mapping[str, str]) -> str:
    return "".join(
        f'<Reference Type="{OBJECT_REFERENCE}" URI="#{name}">{DIGEST_METHOD}'
        f"<DigestValue>{sha256(_as_apex('Object', _objects({name: content})))}</DigestValue></Reference>"
        for name, content in contents.items()
    )


def _properties_reference(name: str, content: str) -> str:
    canonical = f'<xd:SignedProperties{_DS}{_XD} Id="{name}">{content}</xd:SignedProperties>'
    return (
        f'<Reference Type="{SIGNED_PROPERTIES_REFERENCE}" URI="#{name}">'
        f'<Transforms><Transform Algorithm="{C14N}"></Transform></Transforms>{DIGEST_METHOD}'
        f"<DigestValue>{sha256(canonical.encode())}</DigestValue></Reference>"
    )


def _as_apex(tag: str, markup: str) -> bytes:
    """Return the canonical form of an element by itself: it then declares the namespace that it inherits."""
    return markup.replace(f"<{tag}", f"<{tag}{_DS}", 1).encode()


def _images(statement: Statement) -> dict[str, str]:
    if not statement.setup_id:
        return {}
    ids = statement.ids
    return {
        ids.valid_image: _base64(statement.valid_image),
        ids.invalid_image: _base64(statement.invalid_image),
    }


def _properties(name: str, content: str) -> str:
    return (
        f'<SignatureProperties><SignatureProperty Id="{name}" Target="#{SIGNATURE_ID}">{content}'
        "</SignatureProperty></SignatureProperties>"
    )


def _package_object(manifest: str, instant: str) -> str:
    time = (
        f'<mdssi:SignatureTime xmlns:mdssi="{PACKAGE_SIGNATURE_NS}"><mdssi:Format>YYYY-MM-DDThh:mm:ssTZD</mdssi:Format>'
        f"<mdssi:Value>{instant}</mdssi:Value></mdssi:SignatureTime>"
    )
    return f"<Manifest>{manifest}</Manifest>{_properties(SIGNATURE_TIME_ID, time)}"


def _office_details(statement: Statement) -> str:
    details = (
        f'<SignatureInfoV1 xmlns="{OFFICE_SIGNATURE_NS}"><SetupID>{statement.setup_id}</SetupID>'
        f"<SignatureText>{text(statement.signature_text)}</SignatureText><SignatureImage></SignatureImage>"
        f"<SignatureComments>{text(statement.comments)}</SignatureComments>{_PRODUCT}"
        f"<SignatureType>{_ON_LINE if statement.setup_id else _NO_LINE}</SignatureType></SignatureInfoV1>"
    )
    return _properties(OFFICE_DETAILS_ID, details)


def _signed_properties(statement: Statement) -> str:
    return (
        f"<xd:SignedSignatureProperties><xd:SigningTime>{_instant(statement.at)}</xd:SigningTime>"
        f"{signing_certificate(statement.chain[0])}"
        "<xd:SignaturePolicyIdentifier><xd:SignaturePolicyImplied></xd:SignaturePolicyImplied>"
        f"</xd:SignaturePolicyIdentifier></xd:SignedSignatureProperties>{_commitment(statement.comments)}"
    )


def _commitment(comments: str) -> str:
    qualifier = (
        "<xd:CommitmentTypeQualifiers><xd:CommitmentTypeQualifier>"
        f"{text(comments)}</xd:CommitmentTypeQualifier></xd:CommitmentTypeQualifiers>"
    )
    return (
        "<xd:SignedDataObjectProperties><xd:CommitmentTypeIndication><xd:CommitmentTypeId>"
        f"<xd:Identifier>{APPROVAL}</xd:Identifier><xd:Description>Approved this document</xd:Description>"
        "</xd:CommitmentTypeId><xd:AllSignedDataObjects></xd:AllSignedDataObjects>"
        f"{qualifier if comments else ''}</xd:CommitmentTypeIndication></xd:SignedDataObjectProperties>"
    )


def _instant(at: datetime) -> str:
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
