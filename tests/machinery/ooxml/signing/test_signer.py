from datetime import timedelta

import pytest

from kanta_tenancy.machinery.ooxml.report import Outcome, Verdict
from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.signing import Signing, complete, opened, prepare, sign, sign_all
from kanta_tenancy.machinery.ooxml.signing.signature_value import signature_value
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.opc import Package
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.reading import MAX_CERTIFICATES
from kanta_tenancy.machinery.x509.sample_authority import found
from tests.machinery.ooxml.signing.documents import (
    AUTHORITY,
    FIRST_LINE,
    LISTS,
    NOW,
    SECOND_LINE,
    START,
    credential,
    document,
    entries,
    packed,
    replaced,
    signature,
    text,
)

ORIGIN = "_xmlsignatures/_rels/origin.sigs.rels"
TYPES = "[Content_Types].xml"
OFFICE_IDS = {"idPackageObject", "idOfficeObject", "idValidSigLnImg", "idInvalidSigLnImg"}


def verdict(package: bytes) -> Verdict:
    return verify(package, at=NOW, anchors=[AUTHORITY.root], revocation=LISTS).verdict


def signed_ids(package: bytes, number: int) -> list[str]:
    references = signature(package, number)[0].iter("{*}Reference")
    return [str(reference.get("URI")).removeprefix("#") for reference in references]


@pytest.mark.parametrize("kind", KeyKind)
def test_a_signature_with_every_kind_of_key_is_valid_in_every_respect(kind: KeyKind):
    report = verify(sign(document(), credential(kind=kind), at=NOW), at=NOW, anchors=[AUTHORITY.root], revocation=LISTS)
    (one,) = report.signatures
    answers = (one.integrity, one.coverage, one.certificate, one.trust, one.algorithms)
    assert report.verdict is Verdict.VALID, report.reasons
    assert {answer.outcome for answer in answers} == {Outcome.PASSED}
    assert (one.signed_at, one.signer) == (NOW, "CN=Aino,O=Apteekki Oy,C=FI")


@pytest.mark.parametrize(
    ("kind", "method", "octets"),
    [
        (KeyKind.RSA_2048, "rsa-sha256", 256),
        (KeyKind.RSA_3072, "rsa-sha256", 384),
        (KeyKind.RSA_4096, "rsa-sha256", 512),
        (KeyKind.EC_P256, "ecdsa-sha256", 64),
        (KeyKind.EC_P384, "ecdsa-sha384", 96),
    ],
)
def test_the_method_follows_the_key_and_curves_give_two_numbers_in_a_row(kind: KeyKind, method: str, octets: int):
    signer = credential(kind=kind)
    prepared = prepare(opened(document()), signer.chain, at=NOW)
    assert f"#{method}".encode() in prepared.signed_info
    assert len(signature_value(signer.key, prepared.signed_info)) == octets


def test_the_second_signature_leaves_the_first_and_the_document_byte_for_byte():
    once = sign(document(), credential("Aino"), at=NOW)
    twice = sign(once, credential("Eino"), at=NOW)
    before, after = entries(once), entries(twice)
    assert {name for name in before if after[name] != before[name]} == {ORIGIN, TYPES}
    assert set(after) - set(before) == {"_xmlsignatures/sig2.xml"}
    assert verdict(twice) is Verdict.VALID


def test_the_first_signature_changes_only_what_leads_to_it():
    before = document()
    after = entries(sign(before, credential(), at=NOW))
    assert {name for name, content in entries(before).items() if after[name] != content} == {"_rels/.rels", TYPES}
    assert set(after) - set(entries(before)) == {"_xmlsignatures/origin.sigs", ORIGIN, "_xmlsignatures/sig1.xml"}
    assert after["_xmlsignatures/origin.sigs"] == b""


def test_six_signatures_at_six_times_are_all_valid():
    package = document()
    for number in range(6):
        at = NOW + timedelta(hours=number)
        package = sign(package, credential(f"Signer {number}"), at=at, comments=f"number {number}")
    report = verify(package, at=NOW + timedelta(days=1), anchors=[AUTHORITY.root], revocation=LISTS)
    assert (report.verdict, len(report.signatures)) == (Verdict.VALID, 6)
    assert [one.comments for one in report.signatures] == [f"number {number}" for number in range(6)]


def test_two_signatures_use_the_ids_of_office_and_further_ones_their_own():
    package = document(FIRST_LINE)
    (line,) = signature_lines(package)
    package = sign(package, credential(), at=NOW, line=line)
    for number in range(2, 5):
        package = sign(package, credential(f"{number}"), at=NOW)
    assert set(signed_ids(package, 1)) > OFFICE_IDS
    assert signed_ids(package, 2) == ["idPackageObject", "idOfficeObject", "idSignedProperties_2"]
    assert signed_ids(package, 3) == ["idPackageObject_3", "idOfficeObject_3", "idSignedProperties_3"]
    assert not set(signed_ids(package, 3)) & set(signed_ids(package, 4))


def test_the_same_input_and_an_rsa_key_give_the_same_bytes():
    package, signer = document(), credential(kind=KeyKind.RSA_2048)
    assert sign(package, signer, at=NOW) == sign(package, signer, at=NOW)


def test_whoever_keeps_the_key_needs_to_see_only_what_is_to_be_signed():
    package, signer = document(), credential(kind=KeyKind.RSA_2048)
    prepared = prepare(opened(package), signer.chain, at=NOW, comments="as one")
    elsewhere = signature_value(signer.key, prepared.signed_info)
    assert complete(prepared, elsewhere).write() == sign(package, signer, at=NOW, comments="as one")


def test_a_signature_on_a_line_is_bound_to_it_and_carries_its_pictures():
    package = document(FIRST_LINE, SECOND_LINE)
    second = signature_lines(package)[1]
    signed = sign(package, credential("Aino Öhman"), at=NOW, line=second)
    root = signature(signed)
    assert (text(root, "SetupID"), text(root, "SignatureText")) == (SECOND_LINE, "Aino Öhman")
    assert text(root, "SignatureType") == "2"
    assert signed_ids(signed, 1)[3:] == ["idValidSigLnImg", "idInvalidSigLnImg"]
    assert [line.signed for line in signature_lines(signed)] == [False, True]
    assert verdict(signed) is Verdict.VALID


def test_a_signature_on_no_line_has_no_pictures():
    root = signature(sign(document(FIRST_LINE), credential(), at=NOW))
    assert (text(root, "SetupID"), text(root, "SignatureText"), text(root, "SignatureType")) == ("", "", "1")


def test_both_parties_sign_on_their_lines():
    package = document(FIRST_LINE, SECOND_LINE)
    for number, name in enumerate(("Aino", "Eino")):
        package = sign(package, credential(name), at=NOW, line=signature_lines(package)[number])
    report = verify(package, at=NOW, anchors=[AUTHORITY.root], revocation=LISTS)
    assert report.verdict is Verdict.VALID
    assert [one.setup_id for one in report.signatures] == [FIRST_LINE, SECOND_LINE]


def test_signing_at_once_gives_what_signing_one_after_the_other_gives():
    package = document(FIRST_LINE, SECOND_LINE)
    lines = signature_lines(package)
    asked = [
        Signing(credential=credential(name, KeyKind.RSA_2048), line=line, comments=name)
        for name, line in (("Aino", lines[0]), ("Eino", None), ("Lempi", lines[1]))
    ]
    one_by_one = package
    for one in asked:
        one_by_one = sign(one_by_one, one.credential, at=NOW, line=one.line, comments=one.comments)
    at_once = sign_all(package, asked, at=NOW)
    assert entries(at_once) == entries(one_by_one)
    assert verdict(at_once) is Verdict.VALID


PREFIXED = b'<p:Relationships xmlns:p="http://schemas.openxmlformats.org/package/2006/relationships">'


def prefixed(rels: bytes) -> bytes:
    head, found, rest = rels.partition(b"<Relationships ")
    assert found
    body = rest.partition(b">")[2].replace(b"<Relationship ", b"\n <!-- one --><p:Relationship ")
    return head + PREFIXED + body.replace(b"</Relationships>", b"\n</p:Relationships>")


def test_relationships_that_verifiers_read_differently_are_written_anew_before_the_first_signature():
    contents = entries(document())
    odd = {name: prefixed(content) for name, content in contents.items() if name.endswith(".rels")}
    signed = sign(packed({**contents, **odd}), credential(), at=NOW)
    assert verdict(signed) is Verdict.VALID
    for name in odd:
        assert b"<p:" not in entries(signed)[name]
        assert b"<!--" not in entries(signed)[name]


def test_an_extension_that_means_something_else_keeps_its_meaning():
    taken = b'<Default Extension="sigs" ContentType="application/x-other"/><Default Extension="xml"'
    package = replaced(document(), TYPES, b'<Default Extension="xml"', taken)
    signed = sign(packed({**entries(package), "word/other.sigs": b"x"}), credential(), at=NOW)
    assert verdict(signed) is Verdict.VALID
    assert Package.read(signed).content_types["/word/other.sigs"] == "application/x-other"


def test_the_chain_travels_with_the_signature_so_that_the_root_is_enough():
    signed = sign(document(), credential(), at=NOW)
    assert len(list(signature(signed).iter("{*}X509Certificate"))) == 2
    assert verdict(signed) is Verdict.VALID
    assert verify(signed, at=NOW).verdict is Verdict.INDETERMINATE


@pytest.mark.parametrize("length", [3, 5, 6, MAX_CERTIFICATES])
def test_a_chain_of_any_length_that_is_read_can_sign(length: int):
    signer = credential()
    others = tuple(found(f"Other {number}", at=START).root for number in range(length - 2))
    long = Credential(key=signer.key, chain=(*signer.chain, *others))
    assert verdict(sign(document(), long, at=NOW)) is Verdict.VALID
