"""Rule R3: algorithms are an answer of their own, and what is not on the list is not computed."""

import base64

import pytest

from kanta_tenancy.machinery.ooxml.report import Outcome, Verdict
from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.machinery.ooxml.verification.asking import ask, assert_breaks, only, outcomes
from tests.machinery.ooxml.verification.documents import a_document
from tests.machinery.ooxml.verification.forger import C14N, DS, MORE, SHA1, SHA256, Forgery, encoded, signed
from tests.machinery.ooxml.verification.signers import self_signed, signer

RSA = signer("Eino", KeyKind.RSA_2048)

WEAK = {
    "SHA-1 in the digests": Forgery(digest=SHA1),
    "SHA-1 in the signature": Forgery(credential=RSA, method=f"{DS}rsa-sha1"),
    "SHA-1 of the certificate only": Forgery(certificate_digest=SHA1),
    "an RSA key of 1024 bits": Forgery(credential=self_signed("rsa1024")),
}


@pytest.mark.parametrize("how", WEAK.values(), ids=WEAK.keys())
def test_what_is_weak_is_not_valid_though_nothing_was_changed(how: Forgery):
    report = assert_breaks(signed(a_document(), how), "R3")
    assert outcomes(only(report))["integrity"] is Outcome.PASSED
    assert outcomes(only(report))["coverage"] is Outcome.PASSED
    assert outcomes(only(report))["algorithms"] is Outcome.FAILED


TRANSFORMS = (
    "http://www.w3.org/TR/1999/REC-xslt-19991116",
    "http://www.w3.org/TR/1999/REC-xpath-19991116",
    f"{DS}base64",
    f"{DS}enveloped-signature",
    "http://www.w3.org/2001/10/xml-exc-c14n#",
)


def transformed(algorithm: str) -> Forgery:
    """Put a transform before the digest of the package object."""
    written = f'URI="#idPackageObject"><Transforms><Transform Algorithm="{algorithm}"></Transform></Transforms>'
    return Forgery(signed_info=lambda text: text.replace('URI="#idPackageObject">', written))


REFUSED = {
    "HMAC": Forgery(signed_info=lambda text: text.replace(f"{MORE}ecdsa-sha256", f"{DS}hmac-sha1")),
    "DSA": Forgery(signed_info=lambda text: text.replace(f"{MORE}ecdsa-sha256", f"{DS}dsa-sha1")),
    "an unknown method": Forgery(signed_info=lambda text: text.replace(f"{MORE}ecdsa-sha256", "urn:other")),
    "RSA-PSS": Forgery(credential=RSA, method="http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1"),
    "an RSA method for an EC key": Forgery(signed_info=lambda text: text.replace("ecdsa-sha256", "rsa-sha256")),
    "an EC method for an RSA key": Forgery(
        credential=RSA, signed_info=lambda text: text.replace("rsa-sha256", "ecdsa-sha256")
    ),
    "ECDSA with SHA-1": Forgery(method=f"{MORE}ecdsa-sha1"),
    "ECDSA with SHA-512": Forgery(method=f"{MORE}ecdsa-sha512"),
    "another canonicalisation": Forgery(canonicalisation="http://www.w3.org/2001/10/xml-exc-c14n#"),
    "canonicalisation 1.1": Forgery(canonicalisation="http://www.w3.org/2006/12/xml-c14n11"),
    "parameters of the canonicalisation": Forgery(
        signed_info=lambda text: text.replace("</Canon", "<InclusiveNamespaces></InclusiveNamespaces></Canon")
    ),
    "MD5": Forgery(digest=f"{MORE}md5", certificate_digest=SHA256),
    "MD5 of the certificate": Forgery(certificate_digest=f"{MORE}md5"),
    "MD5 in the manifest": Forgery(references=lambda found: [each.replace(SHA256, f"{MORE}md5") for each in found]),
    "parameters of the method": Forgery(
        signed_info=lambda text: text.replace(
            "</SignatureMethod>", "<HMACOutputLength>1</HMACOutputLength></SignatureMethod>"
        )
    ),
    "a key without a certificate": Forgery(
        key_info=lambda _: "<KeyInfo><KeyValue><RSAKeyValue></RSAKeyValue></KeyValue></KeyInfo>"
    ),
    "a name of a key": Forgery(key_info=lambda _: "<KeyInfo><KeyName>Aino</KeyName></KeyInfo>"),
    "nothing about the key": Forgery(key_info=lambda _: "<KeyInfo></KeyInfo>"),
    **{f"the transform {algorithm[-12:]}": transformed(algorithm) for algorithm in TRANSFORMS},
    "two transforms": Forgery(
        signed_info=lambda text: text.replace(
            f'<Transform Algorithm="{C14N}"></Transform>', f'<Transform Algorithm="{C14N}"></Transform>' * 2
        )
    ),
}


@pytest.mark.parametrize("how", REFUSED.values(), ids=REFUSED.keys())
def test_it_is_refused_to_verify_with(how: Forgery):
    report = assert_breaks(signed(a_document(), how), "R3")
    assert only(report).integrity.outcome is Outcome.FAILED
    assert only(report).algorithms.outcome is Outcome.FAILED


def test_a_curve_that_is_not_accepted_is_named():
    report = ask(signed(a_document(), Forgery(credential=self_signed("p521"))))
    assert report.verdict is Verdict.INVALID
    assert "secp521r1" in only(report).algorithms.reason


@pytest.mark.parametrize("value", ["AAAA", "!", "", "AAAB" * 40, "A" * 88])
def test_a_signature_value_that_is_none_is_invalid(value: str):
    def replaced(text: str) -> str:
        head, start, rest = text.partition("<SignatureValue>")
        return head + start + value + rest[rest.index("</SignatureValue>") :]

    for credential in (RSA, signer()):
        assert_breaks(signed(a_document(), Forgery(credential=credential, finished=replaced)), "R2")


def test_an_ec_signature_has_one_spelling():
    def padded(text: str) -> str:
        head, start, rest = text.partition("<SignatureValue>")
        value, end, tail = rest.partition("</SignatureValue>")
        octets = base64.b64decode(value)
        return head + start + base64.b64encode(octets[:32] + b"\0" + octets[32:]).decode() + end + tail

    assert_breaks(signed(a_document(), Forgery(finished=padded)), "R2")


def test_a_signature_of_another_key_is_invalid():
    mine, another = encoded(signer().certificate), encoded(signer("Liisa").certificate)
    report = assert_breaks(
        signed(a_document(), Forgery(finished=lambda text: text.replace(mine, another))), "R2", "R11"
    )
    assert outcomes(only(report))["certificate"] is Outcome.FAILED
