"""Signatures that were changed, moved, swapped or spelt in another way after they were made (rules R1 to R7, R11)."""

import base64
import re
from collections.abc import Callable
from typing import Final

from cryptography import x509

from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.machinery.ooxml.verification.attacks.building import (
    ROOT,
    Change,
    added,
    both,
    content_of,
    link,
    linked,
    replaced,
    signature_rewritten,
    tampering,
    without,
)
from tests.machinery.ooxml.verification.documents import PACKAGE, Parts, R, a_document
from tests.machinery.ooxml.verification.forger import (
    MORE,
    ORIGIN_RELATIONSHIPS,
    ORIGIN_TYPE,
    SIG1,
    SIGNATURE_TYPE,
    encoded,
    signed,
)
from tests.machinery.ooxml.verification.signers import self_signed, signer

SIG2: Final = "_xmlsignatures/sig2.xml"
_ORIGIN: Final = "_xmlsignatures/origin.sigs"
_TO_ORIGIN: Final = f"{PACKAGE}/relationships/digital-signature/origin"
_TO_SIGNATURE: Final = f"{PACKAGE}/relationships/digital-signature/signature"
_TO_CERTIFICATE: Final = f"{PACKAGE}/relationships/digital-signature/certificate"
_XSI: Final = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_PROLOG: Final = r"^(?:<\?xml[^>]*\?>)?\s*"


def value_changed(change: Callable[[bytes], bytes]) -> Change:
    """Change the octets of the signature value."""

    def written(found: re.Match[str]) -> str:
        octets = change(base64.b64decode(found[1]))
        return f"<SignatureValue>{base64.b64encode(octets).decode()}</SignatureValue>"

    return signature_rewritten("<SignatureValue>([^<]*)</SignatureValue>", written)


def encoded_anew(encoding: str, *, mark: bytes = b"", declared: str = "") -> Change:
    def change(parts: Parts) -> Parts:
        text = re.sub(_PROLOG, f'<?xml version="1.0" encoding="{declared}"?>' if declared else "", parts[SIG1].decode())
        return {**parts, SIG1: mark + text.encode(encoding)}

    return change


def _value_of_the_other(parts: Parts) -> Parts:
    value = re.compile(rb"<SignatureValue>.*?</SignatureValue>", re.DOTALL)
    other = value.search(parts[SIG2])
    assert other
    return {**parts, SIG1: value.sub(lambda _: other[0], parts[SIG1])}


def _object_of(name: str, source: Parts | None = None) -> Change:
    """Put an object of another signature in the place of this one's."""
    pattern = re.compile(rf'<Object Id="{name}">.*?</Object>'.encode(), re.DOTALL)

    def change(parts: Parts) -> Parts:
        other = pattern.search((source or parts)[SIG1 if source else SIG2])
        assert other
        assert pattern.search(parts[SIG1])
        return {**parts, SIG1: pattern.sub(lambda _: other[0], parts[SIG1])}

    return change


def with_certificate(certificate: x509.Certificate, *, first: bool = True) -> Change:
    """Add a certificate before the signer's, or put it in its place."""
    written = f"<X509Certificate>{encoded(certificate)}</X509Certificate>"
    pattern = "<X509Data>" if first else "<X509Data>.*?</X509Data>"
    return signature_rewritten(pattern, f"<X509Data>{written}" + ("" if first else "</X509Data>"))


_FOREIGN: Final = signed(a_document())
_EVIL_ENTITY: Final = '<!DOCTYPE Signature [<!ENTITY e "900">]>'

CUT: Final = tampering(
    "Signature values cut, padded, swapped or replaced",
    R2={
        "the last octet cut off": value_changed(lambda octets: octets[:-1]),
        "the first octet cut off": value_changed(lambda octets: octets[1:]),
        "half of it": value_changed(lambda octets: octets[: len(octets) // 2]),
        "a zero before it": value_changed(lambda octets: b"\0" + octets),
        "a zero after it": value_changed(lambda octets: octets + b"\0"),
        "nothing but zeros": value_changed(lambda octets: bytes(len(octets))),
        "nothing but ones": value_changed(lambda octets: b"\xff" * len(octets)),
        "halves swapped": value_changed(lambda octets: octets[len(octets) // 2 :] + octets[: len(octets) // 2]),
        "twice": value_changed(lambda octets: octets * 2),
        "the digest in its place": value_changed(lambda octets: octets[:32]),
        "a number one": value_changed(lambda octets: (1).to_bytes(len(octets))),
        "another signature's value": _value_of_the_other,
        "no value": signature_rewritten("<SignatureValue>[^<]*</SignatureValue>", "<SignatureValue></SignatureValue>"),
        "a value of another alphabet": signature_rewritten("<SignatureValue>...", "<SignatureValue>-_-"),
        "a weaker method written in": signature_rewritten(f"{re.escape(MORE)}(rsa|ecdsa)-sha256", rf"{MORE}\1-sha384"),
        "a weaker digest written in": signature_rewritten("xmlenc#sha256", "xmlenc#sha512"),
        "what the package was signed for in another signature": _object_of("idPackageObject", _FOREIGN),
        "the details of another signature": _object_of("idOfficeObject", _FOREIGN),
    },
    R3={
        "SHA-1 written in": signature_rewritten(
            f"{re.escape(MORE)}(rsa|ecdsa)-sha256", "http://www.w3.org/2000/09/xmldsig#hmac-sha1"
        ),
        "an unknown canonicalisation written in": signature_rewritten(
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315", "urn:none"
        ),
    },
)

CERTIFICATES: Final = tampering(
    "Certificates swapped, added or taken away",
    R2_R11={
        "somebody else's certificate first": with_certificate(self_signed("rsa2048").certificate),
        "somebody else's certificate in its place": with_certificate(
            signer("Liisa", KeyKind.RSA_2048).certificate, first=False
        ),
    },
    R3={
        "no certificate": signature_rewritten("<KeyInfo>.*?</KeyInfo>", "<KeyInfo></KeyInfo>"),
        "a certificate somewhere else": signature_rewritten(
            "<KeyInfo>.*?</KeyInfo>",
            '<KeyInfo><RetrievalMethod URI="http://127.0.0.1/cert.der" '
            'Type="http://www.w3.org/2000/09/xmldsig#rawX509Certificate"/></KeyInfo>',
        ),
        "the issuer's name and a number": signature_rewritten(
            "<X509Data>.*?</X509Data>", "<X509Data><X509IssuerSerial></X509IssuerSerial></X509Data>"
        ),
    },
    R11={
        "a certificate that is none": signature_rewritten("<X509Certificate>[^<]*", "<X509Certificate>MIIB"),
        "more certificates than anybody needs": signature_rewritten(
            "</X509Data>", f"<X509Certificate>{encoded(signer().certificate)}</X509Certificate>" * 12 + "</X509Data>"
        ),
    },
)

SPELLING: Final = tampering(
    "Signatures that two readers read in two ways: spelling, encodings, entities, inherited attributes",
    R1={
        "UTF-7": encoded_anew("utf-8", declared="UTF-7"),
        "Latin-1": encoded_anew("utf-8", declared="ISO-8859-1"),
        "EBCDIC": encoded_anew("cp037", declared="IBM037"),
        "UTF-16 without a mark": encoded_anew("utf-16-le"),
        "UTF-16 that is declared UTF-8": encoded_anew("utf-16-le", mark=b"\xff\xfe", declared="UTF-8"),
        "UTF-32": encoded_anew("utf-32-le", mark=b"\xff\xfe\0\0"),
        "two marks": encoded_anew("utf-8", mark=b"\xef\xbb\xbf\xef\xbb\xbf"),
        "XML 1.1": signature_rewritten(_PROLOG, '<?xml version="1.1"?>'),
        "an entity for a digest": signature_rewritten(_PROLOG, _EVIL_ENTITY),
        "attributes by default": signature_rewritten(
            _PROLOG, '<!DOCTYPE Signature [<!ATTLIST Object Id ID "idPackageObject">]>'
        ),
        "an entity that nobody declared": signature_rewritten("<SignatureComments>", "<SignatureComments>&evil;"),
        "an attribute twice": signature_rewritten("<Object Id=", '<Object Id="a" Id='),
    },
    R2={
        "a base": signature_rewritten("<Signature ", '<Signature xml:base="http://evil/" '),
        "a base of one object": signature_rewritten("<Object Id=", '<Object xml:base="http://evil/" Id='),
        "spaces that count": signature_rewritten("<Signature ", '<Signature xml:space="preserve" '),
        "a language": signature_rewritten("<KeyInfo>", '<KeyInfo xml:lang="fi">'),
        "a type": signature_rewritten("<Object Id=", f'<Object {_XSI} xsi:type="Evil" Id='),
        "nothing at all": signature_rewritten("<Manifest>", f'<Manifest {_XSI} xsi:nil="true">'),
        "a schema from elsewhere": signature_rewritten(
            "<Signature ", f'<Signature {_XSI} xsi:schemaLocation="urn:a http://127.0.0.1/a.xsd" '
        ),
        "something included": signature_rewritten(
            "<Manifest>", '<Manifest><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="evil.xml"/>'
        ),
        "a style sheet": signature_rewritten(_PROLOG, '<?xml-stylesheet href="evil.xsl" type="text/xsl"?>'),
        "a comment that one canonicalisation keeps": signature_rewritten("<Manifest>", "<Manifest><!-- evil -->"),
        "a comment in a digest": signature_rewritten("<DigestValue>(.{5})", r"<DigestValue>\1<!-- -->"),
        "a comment after the root": signature_rewritten("</Signature>$", "</Signature><!-- evil -->"),
        "a character by its number in an id": signature_rewritten('Id="idPackageObject"', 'Id="idPackageObject&#x9;"'),
        "an id in other letters": signature_rewritten('Id="idPackageObject"', 'ID="idPackageObject"'),
        "an id twice": signature_rewritten("<KeyInfo>", '<KeyInfo Id="idPackageObject">'),
        "an empty manifest": signature_rewritten("<Manifest>.*?</Manifest>", "<Manifest></Manifest>"),
        "a manifest without a reference": signature_rewritten("<Reference URI=.*?</Reference>", ""),
    },
)

PLUMBING: Final = tampering(
    "Signatures unlinked, emptied, doubled or led to in another way",
    R7={
        "unlinked": replaced(ROOT, "digital-signature/origin", "digital-signature/other"),
        "linked by the origin in other letters": replaced(ROOT, "digital-signature/origin", "digital-signature/Origin"),
        "two origins": both(
            added("_xmlsignatures/origin2.sigs", b""), linked(link(_TO_ORIGIN, "_xmlsignatures/origin2.sigs"), ROOT)
        ),
        "two ways to one origin": linked(link(_TO_ORIGIN, _ORIGIN), ROOT),
        "one signature in the place of the other": lambda parts: {**parts, SIG1: parts[SIG2]},
        "one signature in the place of the other, spelt in another way": lambda parts: {
            **parts,
            SIG1: parts[SIG2].replace(b"<KeyInfo>", b"\n<KeyInfo >"),
        },
        "one signature unlinked": replaced(ORIGIN_RELATIONSHIPS, "digital-signature/signature", "image"),
        "one signature led to by the strict type": replaced(
            ORIGIN_RELATIONSHIPS, _TO_SIGNATURE, "http://purl.oclc.org/ooxml/package/digital-signature/signature"
        ),
        "two types of relationships to signatures": linked(
            link(f"{R}/digital-signature/signature", "sig1.xml"), ORIGIN_RELATIONSHIPS
        ),
        "one signature outside": replaced(
            ORIGIN_RELATIONSHIPS, '"sig1.xml"', '"http://evil/s.xml" TargetMode="External"'
        ),
        "one signature emptied": content_of(SIG1, b""),
        "one signature that is a web page": content_of(SIG1, b"<html/>"),
        "one signature taken away": without(SIG1),
        "all signatures taken away": without(SIG1, SIG2, _ORIGIN, ORIGIN_RELATIONSHIPS),
        "a third signature that nothing leads to": added("_xmlsignatures/sig3.xml", b"", SIGNATURE_TYPE),
        "a third signature that is empty": both(
            added("_xmlsignatures/sig3.xml", b"", SIGNATURE_TYPE),
            linked(link(_TO_SIGNATURE, "sig3.xml"), ORIGIN_RELATIONSHIPS),
        ),
        "an origin in another folder": added("word/origin.sigs", b"", ORIGIN_TYPE),
        "a certificate in a part of its own": both(
            added(
                "_xmlsignatures/sig1.cer",
                b"MIIB",
                "application/vnd.openxmlformats-package.digital-signature-certificate",
            ),
            content_of(
                "_xmlsignatures/_rels/sig1.xml.rels",
                b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
                + link(_TO_CERTIFICATE, "sig1.cer").encode()
                + b"</Relationships>",
            ),
        ),
    },
)
FAMILIES: Final = (CUT, CERTIFICATES, SPELLING, PLUMBING)
