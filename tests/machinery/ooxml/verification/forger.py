"""Signs whatever it is told to, rightly or wrongly. It shares no code with the signer and the verifier.

Every element is written in its canonical form, so that a digest needs no canonicaliser: only the namespace in scope is
put into an element's start tag when it is digested on its own.
"""

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy.machinery.x509.credentials import Credential
from tests.machinery.ooxml.verification.documents import PACKAGE, Parts, default, override, relationship, relationships
from tests.machinery.ooxml.verification.signers import NOW, signer

DS = "http://www.w3.org/2000/09/xmldsig#"
MORE = "http://www.w3.org/2001/04/xmldsig-more#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
OFFICE = "http://schemas.microsoft.com/office/2006/digsig"
MDSSI = f"{PACKAGE}/digital-signature"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
SHA1, SHA256 = f"{DS}sha1", "http://www.w3.org/2001/04/xmlenc#sha256"
DIGESTS = {
    SHA1: hashlib.sha1,
    SHA256: hashlib.sha256,
    f"{MORE}sha384": hashlib.sha384,
    "http://www.w3.org/2001/04/xmlenc#sha512": hashlib.sha512,
    f"{MORE}md5": hashlib.md5,
}
HASHES = {
    "sha1": hashes.SHA1(),  # noqa: S303  weak signatures must be made to be refused
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
RELATIONSHIP_TRANSFORM = f"{PACKAGE}/RelationshipTransform"
METADATA = ("core-properties", "extended-properties", "custom-properties", "thumbnail", "digital-signature/origin")
ORIGIN_TYPE = "application/vnd.openxmlformats-package.digital-signature-origin"
SIGNATURE_TYPE = "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml"
ORIGIN_RELATIONSHIPS = "_xmlsignatures/_rels/origin.sigs.rels"
SIG1 = "_xmlsignatures/sig1.xml"


def same(text: str) -> str:
    return text


@dataclass(kw_only=True)
class Forgery:
    """What is signed, how, and what is changed: the functions change the text before it is digested or signed."""

    credential: Credential = field(default_factory=signer)
    at: datetime = NOW
    digest: str = SHA256
    certificate_digest: str = ""
    method: str = ""
    canonicalisation: str = C14N
    references: Callable[[list[str]], list[str]] = list
    manifest: Callable[[str], str] = same
    package: Callable[[str], str] = same
    office: Callable[[str], str] | None = same
    properties: Callable[[str], str] | None = same
    signed_info: Callable[[str], str] = same
    key_info: Callable[[str], str] = same
    images: Sequence[str] = ()
    objects: str = ""  # further objects that nobody signs
    prefix: str = ""  # of the elements of XML Signature, with its colon
    namespaces: str = ""  # further declarations on the root, which every signed element inherits
    finished: Callable[[str], str] = same  # after all is signed


def signed(parts: Mapping[str, bytes], how: Forgery | None = None) -> Parts:
    """Add the plumbing and one signature to a document that has none."""
    how = how or Forgery()
    plumbed = with_plumbing(parts)
    return {**plumbed, SIG1: signature(plumbed, how)}


def signed_twice(parts: Mapping[str, bytes], first: Forgery, second: Forgery) -> Parts:
    once = signed(parts, first)
    lead = relationship("rId2", f"{PACKAGE}/relationships/digital-signature/signature", "sig2.xml")
    return {
        **once,
        "[Content_Types].xml": with_line(
            once["[Content_Types].xml"], override("/_xmlsignatures/sig2.xml", SIGNATURE_TYPE)
        ),
        ORIGIN_RELATIONSHIPS: with_line(once[ORIGIN_RELATIONSHIPS], lead),
        "_xmlsignatures/sig2.xml": signature(once, second),
    }


def with_line(xml: bytes, line: str) -> bytes:
    """Add a line before the end of a list of content types or relationships."""
    head, end, tail = xml.rpartition(b"</")
    return head + line.encode() + end + tail


def with_plumbing(parts: Mapping[str, bytes]) -> Parts:
    origin = relationship("rIdSig", f"{PACKAGE}/relationships/digital-signature/origin", "_xmlsignatures/origin.sigs")
    lead = relationship("rId1", f"{PACKAGE}/relationships/digital-signature/signature", "sig1.xml")
    kinds = default("sigs", ORIGIN_TYPE) + override(f"/{SIG1}", SIGNATURE_TYPE)
    return {
        **parts,
        "[Content_Types].xml": with_line(parts["[Content_Types].xml"], kinds),
        "_rels/.rels": with_line(parts["_rels/.rels"], origin),
        "_xmlsignatures/origin.sigs": b"",
        ORIGIN_RELATIONSHIPS: relationships(lead),
    }


def signature(parts: Mapping[str, bytes], how: Forgery) -> bytes:
    listed = "".join(how.references(references(parts, how.digest)))
    package = how.package(_named(how, _package_object(how.manifest(listed), how.at)))
    office = how.office(_named(how, _OFFICE_OBJECT)) if how.office else ""
    properties = how.properties(_named(how, signed_properties(how))) if how.properties else ""
    info = _reference(how, "idPackageObject", package) + (_reference(how, "idOfficeObject", office) if office else "")
    info += properties_reference(how, properties) if properties else ""
    info += "".join(_reference(how, _id(image), image) for image in how.images)
    signed_info = how.signed_info(
        _named(
            how,
            f'<SignedInfo><CanonicalizationMethod Algorithm="{how.canonicalisation}"></CanonicalizationMethod>'
            f'<SignatureMethod Algorithm="{method_of(how)}"></SignatureMethod>{info}</SignedInfo>',
        )
    )
    value = base64.b64encode(_value(how, scope(how, signed_info))).decode()
    certificates = "".join(f"<X509Certificate>{encoded(each)}</X509Certificate>" for each in how.credential.chain)
    key_info = how.key_info(f"<KeyInfo><X509Data>{certificates}</X509Data></KeyInfo>")
    qualifying = f'<xd:QualifyingProperties xmlns:xd="{XADES}" Target="#idPackageSignature">{properties}'
    xades = f"<Object>{qualifying}</xd:QualifyingProperties></Object>" if properties else ""
    unnamed = (
        f'<Signature{_declared(how)} Id="idPackageSignature">{signed_info}<SignatureValue>{value}</SignatureValue>'
        f"{key_info}{package}{office}{xades}{''.join(how.images)}{how.objects}</Signature>"
    )
    return how.finished(f'<?xml version="1.0" encoding="UTF-8"?>\n{_named(how, unnamed)}').encode()


def references(parts: Mapping[str, bytes], digest: str = SHA256) -> list[str]:
    """Return a manifest reference for everything that Office signs."""
    kinds = _kinds(parts)
    found = []
    for name, content in parts.items():
        if name == "[Content_Types].xml" or name.startswith(("_xmlsignatures/", "docProps/")):
            continue
        if name.endswith(".rels"):
            found.append(relationships_reference(name, content, digest=digest))
        else:
            found.append(part_reference(name, kinds(name), content, digest=digest))
    return found


def part_reference(name: str, kind: str, content: bytes, *, digest: str = SHA256, transforms: str = "") -> str:
    return _written_reference(f"/{name}?ContentType={kind}", "", transforms, digest, content)


def relationships_reference(
    name: str, content: bytes, ids: Iterable[str] | None = None, *, digest: str = SHA256, transform: str = ""
) -> str:
    lines = {found["Id"]: found for found in map(_attributes, re.findall(r"<Relationship .*?/>", content.decode()))}
    chosen = sorted([key for key, line in lines.items() if not line["Type"].endswith(METADATA)] if ids is None else ids)
    written = "".join(
        f'<Relationship Id="{key}" Target="{lines[key]["Target"]}" '
        f'TargetMode="{lines[key].get("TargetMode", "Internal")}" Type="{lines[key]["Type"]}"></Relationship>'
        for key in chosen
        if key in lines
    )
    selected = "".join(
        f'<mdssi:RelationshipReference xmlns:mdssi="{MDSSI}" SourceId="{key}"></mdssi:RelationshipReference>'
        for key in chosen
    )
    transforms = transform or (
        f'<Transforms><Transform Algorithm="{RELATIONSHIP_TRANSFORM}">{selected}</Transform>'
        f'<Transform Algorithm="{C14N}"></Transform></Transforms>'
    )
    canonical = f'<Relationships xmlns="{PACKAGE}/relationships">{written}</Relationships>'
    kind = "application/vnd.openxmlformats-package.relationships+xml"
    return _written_reference(f"/{name}?ContentType={kind}", "", transforms, digest, canonical.encode())


def scope(how: Forgery, element: str, more: str = "") -> str:
    """Put the namespaces in scope into the start tag of an element that is digested on its own."""
    return re.sub(r"^<([\w:]+)", rf"<\1{_declared(how)}{more}", element, count=1)


def method_of(how: Forgery) -> str:
    if how.method:
        return how.method
    kind = "rsa" if isinstance(how.credential.key, rsa.RSAPrivateKey) else "ecdsa"
    return f"{MORE}{kind}-sha256"


_OFFICE_OBJECT = (
    '<Object Id="idOfficeObject"><SignatureProperties><SignatureProperty Id="idOfficeV1Details" '
    f'Target="#idPackageSignature"><SignatureInfoV1 xmlns="{OFFICE}"><SetupID>{{0}}</SetupID>'
    "<SignatureText>Aino A.</SignatureText><SignatureComments>Hyväksyn</SignatureComments>"
    "<SignatureType>1</SignatureType></SignatureInfoV1></SignatureProperty></SignatureProperties></Object>"
)


def _package_object(references: str, at: datetime) -> str:
    return (
        f'<Object Id="idPackageObject"><Manifest>{references}</Manifest><SignatureProperties><SignatureProperty '
        f'Id="idSignatureTime" Target="#idPackageSignature"><mdssi:SignatureTime xmlns:mdssi="{MDSSI}">'
        f"<mdssi:Format>YYYY-MM-DDThh:mm:ssTZD</mdssi:Format><mdssi:Value>{at:%Y-%m-%dT%H:%M:%SZ}</mdssi:Value>"
        "</mdssi:SignatureTime></SignatureProperty></SignatureProperties></Object>"
    )


def signed_properties(how: Forgery) -> str:
    algorithm = how.certificate_digest or how.digest
    digest = base64.b64encode(DIGESTS[algorithm](how.credential.certificate.public_bytes(Encoding.DER)).digest())
    return (
        '<xd:SignedProperties Id="idSignedProperties"><xd:SignedSignatureProperties>'
        f"<xd:SigningTime>{how.at:%Y-%m-%dT%H:%M:%SZ}</xd:SigningTime><xd:SigningCertificate><xd:Cert><xd:CertDigest>"
        f'<DigestMethod Algorithm="{algorithm}"></DigestMethod><DigestValue>{digest.decode()}</DigestValue>'
        "</xd:CertDigest></xd:Cert></xd:SigningCertificate></xd:SignedSignatureProperties></xd:SignedProperties>"
    )


def _reference(how: Forgery, name: str, element: str) -> str:
    return _digested(how.digest, f"{DS}Object", f"#{name}", scope(how, element))


def properties_reference(how: Forgery, properties: str) -> str:
    """Return the reference of SignedInfo to some XAdES properties."""
    transform = f'<Transforms><Transform Algorithm="{C14N}"></Transform></Transforms>'
    scoped = scope(how, properties, f' xmlns:xd="{XADES}"')
    return _digested(how.digest, "http://uri.etsi.org/01903#SignedProperties", f"#{_id(properties)}", scoped, transform)


def _declared(how: Forgery) -> str:
    return f' xmlns{":" if how.prefix else ""}{how.prefix.removesuffix(":")}="{DS}"{how.namespaces}'


def _named(how: Forgery, text: str) -> str:
    """Give the elements of XML Signature their prefix; those of Office keep their own default namespace."""
    if not how.prefix:
        return text
    outside = re.split(rf'(<SignatureInfoV1 xmlns="{OFFICE}">.*?</SignatureInfoV1>)', text)
    return "".join(
        piece if piece.startswith("<SignatureInfoV1") else re.sub(r"<(/?)([A-Z]\w*)", rf"<\1{how.prefix}\2", piece)
        for piece in outside
    )


def _digested(digest: str, kind: str, uri: str, canonical: str, transforms: str = "") -> str:
    return _written_reference(uri, f'Type="{kind}" ', transforms, digest, canonical.encode())


def _written_reference(uri: str, kind: str, transforms: str, digest: str, content: bytes) -> str:
    value = base64.b64encode(DIGESTS[digest](content).digest()).decode()
    return (
        f'<Reference {kind}URI="{uri}">{transforms}<DigestMethod Algorithm="{digest}"></DigestMethod>'
        f"<DigestValue>{value}</DigestValue></Reference>"
    )


def _kinds(parts: Mapping[str, bytes]) -> Callable[[str], str]:
    found = [
        _attributes(line) for line in re.findall(r"<(?:Default|Override) .*?/>", parts["[Content_Types].xml"].decode())
    ]
    exact = {line["PartName"]: line["ContentType"] for line in found if "PartName" in line}
    general = {line["Extension"]: line["ContentType"] for line in found if "Extension" in line}
    return lambda name: exact.get(f"/{name}") or general[name.rpartition(".")[2]]


def _attributes(element: str) -> dict[str, str]:
    return dict(re.findall(r'(\w+)="([^"]*)"', element))


def _id(element: str) -> str:
    return _attributes(element)["Id"]


def _value(how: Forgery, octets: str) -> bytes:
    key, name = how.credential.key, method_of(how).rpartition("-")[2]
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(octets.encode(), padding.PKCS1v15(), HASHES.get(name, hashes.SHA256()))
    size = (key.curve.key_size + 7) // 8
    r, s = decode_dss_signature(key.sign(octets.encode(), ec.ECDSA(HASHES.get(name, hashes.SHA256()))))
    return r.to_bytes(size) + s.to_bytes(size)


def encoded(certificate: x509.Certificate) -> str:
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()
