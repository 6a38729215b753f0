"""What is right is called valid, however it is written."""

import io
import zipfile

import pytest

from kanta_tenancy.machinery.ooxml.report import Outcome, Verdict
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.machinery.ooxml.verification.asking import ask, assert_valid, only, outcomes
from tests.machinery.ooxml.verification.documents import a_document, packed
from tests.machinery.ooxml.verification.forger import C14N, DIGESTS, MORE, SHA1, SIG1, Forgery, signed, signed_twice
from tests.machinery.ooxml.verification.signers import NOW, signer

STRONG = [digest for digest in DIGESTS if digest.endswith(("sha256", "sha384", "sha512"))]


def test_a_signed_document_is_valid_and_every_question_is_answered():
    report = assert_valid(signed(a_document()))
    signature = only(report)
    assert outcomes(signature).pop("time") is Outcome.UNKNOWN  # nobody but the signer says when
    assert {each for question, each in outcomes(signature).items() if question != "time"} == {Outcome.PASSED}
    assert signature.signer == "CN=Aino,O=Hoivakoti,C=FI"
    assert signature.signer_certificate == signer().certificate
    assert signature.signed_at == NOW
    assert (signature.comments, signature.text, signature.setup_id) == ("Hyväksyn", "Aino A.", "{0}")
    assert signature.part == f"/{SIG1}"
    assert report.links == ("https://www.example.fi/",)


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize("digest", STRONG, ids=lambda digest: digest[-6:])
def test_every_accepted_key_and_digest_is_valid(kind: KeyKind, digest: str):
    assert_valid(signed(a_document(), Forgery(credential=signer("Eino", kind), digest=digest)))


@pytest.mark.parametrize("method", ["rsa-sha384", "rsa-sha512"])
def test_every_accepted_rsa_method_is_valid(method: str):
    assert_valid(signed(a_document(), Forgery(credential=signer("Eino", KeyKind.RSA_2048), method=MORE + method)))


def test_the_longer_curve_method_is_valid():
    how = Forgery(credential=signer("Eino", KeyKind.EC_P384), method=f"{MORE}ecdsa-sha384")
    assert_valid(signed(a_document(), how))


def test_other_prefixes_and_inherited_namespaces_are_canonicalised_rightly():
    for prefix in ("", "ds:", "a:"):
        for namespaces in ("", ' xmlns:extra="urn:extra"', ' xmlns:extra="urn:a" xmlns:other="urn:b"'):
            assert_valid(signed(a_document(), Forgery(prefix=prefix, namespaces=namespaces)))


def test_another_spelling_of_the_same_xml_is_the_same():
    def respelt(text: str) -> str:
        text = text.partition("?>")[2].replace("></DigestMethod>", " />").replace(' Algorithm="', '\n  Algorithm = "')
        text = text.replace("</SignatureValue>", "&#10;</SignatureValue >").replace("<DigestValue>", "<DigestValue\t>")
        return text.replace("ä", "&#xE4;").replace("<Manifest>", "<Manifest><![CDATA[]]>")

    assert respelt("<a Algorithm=") != "<a Algorithm="
    assert_valid(signed(a_document(), Forgery(finished=respelt)))


def test_canonicalisation_with_comments_is_the_same_where_there_are_none():
    assert_valid(signed(a_document(), Forgery(canonicalisation=f"{C14N}#WithComments")))


def test_a_signature_part_in_utf_16_is_valid():
    parts = signed(a_document())
    text = parts[SIG1].decode().partition("?>")[2]
    assert_valid({**parts, SIG1: b"\xff\xfe" + text.encode("utf-16-le")})


def test_a_signature_with_the_images_of_its_line_is_valid():
    images = tuple(f'<Object Id="{name}">AQAAAGw=</Object>' for name in ("idValidSigLnImg", "idInvalidSigLnImg"))
    assert_valid(signed(a_document(), Forgery(images=images)))


def test_a_document_packed_again_by_others_stays_valid():
    parts = signed(a_document())
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        packed_again = io.BytesIO()
        with zipfile.ZipFile(packed_again, "w", method) as other:
            other.mkdir("word")
            for name, content in reversed(parts.items()):
                other.writestr(name, content)
        assert_valid(packed_again.getvalue())


def test_two_signatures_by_the_signer_of_the_product_are_valid():
    document = packed(a_document())
    once = sign(document, signer("Aino"), at=NOW, comments="Ensin")
    twice = sign(once, signer("Eino", KeyKind.RSA_2048), at=NOW, comments="Sitten")
    report = assert_valid(twice)
    assert [each.comments for each in report.signatures] == ["Ensin", "Sitten"]
    assert assert_valid(once).signatures[0] == report.signatures[0]


def test_a_second_signature_stands_beside_one_that_somebody_else_made():
    assert len(assert_valid(sign(packed(signed(a_document())), signer("Eino"), at=NOW)).signatures) == 2


def test_without_an_authority_that_is_trusted_nothing_is_decided():
    report = verify(packed(signed(a_document())), at=NOW)
    assert report.verdict is Verdict.INDETERMINATE
    assert only(report).trust.outcome is Outcome.UNKNOWN
    assert [reason.rule for reason in report.reasons] == ["R11"]


def test_of_two_signatures_the_worse_decides():
    report = ask(signed_twice(a_document(), Forgery(digest=SHA1), Forgery(credential=signer("Eino"))))
    assert report.verdict is Verdict.INVALID
    assert [each.algorithms.outcome for each in report.signatures] == [Outcome.FAILED, Outcome.PASSED]


def test_metadata_may_change_after_signing():
    parts = signed(a_document())
    for name in ("docProps/core.xml", "docProps/app.xml"):
        assert_valid({**parts, name: parts[name].replace(b"/>", b' a="changed"/>')})
