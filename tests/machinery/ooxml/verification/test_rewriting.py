"""The fast way to read a signature says what the careful way says, or leaves it to that."""

import base64
import itertools
import re
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kanta_tenancy.machinery.ooxml.layout.signature_part import Ids, Statement, unsigned
from kanta_tenancy.machinery.ooxml.layout.unsigned_properties import UnsignedProperties
from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.signing import Signing, opened, prepare, sign_all
from kanta_tenancy.machinery.ooxml.signing.signature_value import signature_value
from kanta_tenancy.machinery.ooxml.verification.markup import LARGEST
from kanta_tenancy.machinery.ooxml.verification.reading import as_written_here, read_with_care
from kanta_tenancy.machinery.ooxml.verification.rewriting import rewritten
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.reading import MAX_CERTIFICATES
from tests.machinery.ooxml.signing.documents import (
    AUTHORITY,
    FIRST_LINE,
    NOW,
    SECOND_LINE,
    credential,
    document,
    entries,
)
from tests.machinery.ooxml.verification.signers import self_signed

PACKAGE = document(FIRST_LINE, SECOND_LINE, links=("https://www.example.fi/?a=1",))
LINES = signature_lines(PACKAGE)
SIGNERS = {kind: credential(kind.value, kind) for kind in KeyKind}
SIGNER = SIGNERS[KeyKind.EC_P256]


def signatures(*signings: Signing) -> list[bytes]:
    """Sign and return the parts of the signatures."""
    signed = entries(sign_all(PACKAGE, signings, at=NOW))
    return [signed[f"_xmlsignatures/sig{number}.xml"] for number in range(1, len(signings) + 1)]


KNOWN = signatures(*(Signing(credential=SIGNER, line=line) for line in LINES))[1]
USUAL_IDS = Ids()
MANIFEST = KNOWN.decode().partition("<Manifest>")[2].partition("</Manifest>")[0]


def assert_both_ways_agree(part: bytes) -> bool:
    """Check that what is known the fast way is what the careful way reads; tell whether it is."""
    known = rewritten(part)
    if known is not None:
        assert as_written_here(known) == read_with_care(part)
    return known is not None


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize("comments", ["", "Hyväksytty, ä \N{SNOWMAN} 'ja' \"muut\"", " \t\n"])
def test_what_is_signed_here_is_known(kind: KeyKind, comments: str):
    by = SIGNERS[kind]
    signings = [
        Signing(credential=by, line=LINES[0], comments=comments),
        Signing(credential=SIGNER, line=LINES[1]),
        Signing(credential=by, comments=comments),
    ]
    assert all(map(assert_both_ways_agree, signatures(*signings)))


@pytest.mark.parametrize("comments", ["a & b", "a < b", "a > b", "a\rb"])
def test_texts_with_characters_that_have_two_spellings_are_read_with_care(comments: str):
    (part,) = signatures(Signing(credential=SIGNER, comments=comments))
    assert rewritten(part) is None
    assert read_with_care(part).claims.comments == comments.strip()


def test_a_signature_with_more_certificates_than_are_read_is_read_with_care():
    long = SIGNER.chain + SIGNER.chain[1:] * 9
    prepared = prepare(opened(PACKAGE), long, at=NOW)
    part = prepared.signature.with_value(signature_value(SIGNER.key, prepared.signed_info))
    assert rewritten(part) is None


def test_a_signature_by_another_key_is_known_and_told():
    prepared = prepare(opened(PACKAGE), SIGNER.chain, at=NOW)
    other = credential("Eino")
    part = prepared.signature.with_value(signature_value(other.key, prepared.signed_info))
    assert assert_both_ways_agree(part)
    assert not read_with_care(part).made_by_signer


CHANGES = st.one_of(
    st.tuples(st.integers(0, 10**6), st.just(1), st.binary(min_size=1, max_size=1)),
    st.tuples(
        st.integers(0, 10**6), st.integers(0, 40), st.sampled_from([b"", b" ", b"\n", b"<!---->", b"<a/>", b"&#x41;"])
    ),
)


@given(CHANGES)
@settings(max_examples=400)
def test_a_changed_signature_is_not_known(change: tuple[int, int, bytes]):
    assert_a_change_is_told_alike(KNOWN, 0, change)


def assert_a_change_is_told_alike(part: bytes, behind: int, change: tuple[int, int, bytes]) -> None:
    place, length, instead = change
    at = behind + place % (len(part) - behind)
    changed = part[:at] + instead + part[at + length :]
    assume(changed != part)
    if not assert_both_ways_agree(changed):
        return
    known, before = rewritten(changed), rewritten(part)
    assert known.signed_info == before.signed_info
    if known.value != before.value:  # another value can be known: it is compared with nothing
        assert not read_with_care(changed).made_by_signer
    else:  # or other certificates of issuers, which nobody signs
        assert known.statement.chain[0] == before.statement.chain[0]
        assert (known.statement.chain, known.carried) != (before.statement.chain, before.carried)


HOSTILE = (
    "", "x", "idPackageObject", "idOfficeObject", "idSignatureTime", "idPackageSignature", "1x", "x y", 'x" Id2="y',
    'x"><Manifest></Manifest></Object><Object Id="z', "x</SetupID><evil/>", "<evil/>", "&amp;", "&#65;", "\N{SNOWMAN}",
    FIRST_LINE, FIRST_LINE.lower(), f" {FIRST_LINE} ", "{}", "<!-- -->", "]]>", "\x00", "\x01", "\r", "\ufffe", "a\tb",
)  # fmt: skip
MANIFESTS = (
    MANIFEST,
    "",
    MANIFEST + MANIFEST,
    MANIFEST.replace("<Reference ", "<Reference  ", 1),
    MANIFEST + MANIFEST[: MANIFEST.index("</Reference>") + 12].replace("/", "/A", 1),
    MANIFEST.replace("/word/document.xml?", "/WORD/styles.xml?", 1),
    MANIFEST.replace('SourceId="rId', 'SourceId="rId&#49;', 1),
    MANIFEST.replace('SourceId="rId', 'SourceId="rId\t', 1),
    MANIFEST.replace(".rels?", ".xml?", 1),
    MANIFEST.replace("document.xml?", "_rels/document.xml.rels?", 1),
    MANIFEST.replace("document.xml?", "document&amp;.xml?", 1),
    MANIFEST.replace("document.xml?", "document?.xml?", 1),
    MANIFEST.replace("document.xml?", "document\n.xml?", 1),
    MANIFEST.replace("document.xml?", "documentä.xml?", 1),
    MANIFEST.replace("ContentType=application/", "ContentType=application&#47;", 1),
    MANIFEST.replace("ContentType=application/", "ContentType=application\x01/", 1),
    MANIFEST.replace("?ContentType=", "?ContentType=?ContentType=", 1),
    MANIFEST.replace("?ContentType=", "%3FContentType=", 1),
    MANIFEST.replace("=</DigestValue>", "==</DigestValue>", 1),
    re.sub("[AEIMQUYcgkosw048]=</Digest", "B=</Digest", MANIFEST, count=1),
    MANIFEST.replace('URI="/', 'URI="', 1),
    MANIFEST.replace('URI="/', 'Type="x" URI="/', 1),
    MANIFEST.replace("2001/04/xmlenc#sha256", "2000/09/xmldsig#sha1", 1),
    "<Evil></Evil>" + MANIFEST,
    MANIFEST + "</Manifest><Manifest>",
    MANIFEST + " ",
)


def forged(
    manifest: str = MANIFEST,
    *,
    ids: Ids = USUAL_IDS,
    value: bytes | None = None,
    carried: UnsignedProperties | None = None,
    **said: Any,
) -> bytes:
    """Write a signature that is right in itself with the signer's own layout, whatever it says."""
    usual = {"at": NOW, "comments": "", "setup_id": FIRST_LINE, "valid_image": b"1", "invalid_image": b"2"}
    written = unsigned(manifest, Statement(chain=SIGNER.chain, ids=ids, **{**usual, **said}), carried)
    return written.with_value(signature_value(SIGNER.key, written.signed_info) if value is None else value)


def test_what_is_written_so_is_known():
    assert assert_both_ways_agree(forged())


@pytest.mark.parametrize("manifest", MANIFESTS)
def test_a_forged_manifest_is_never_known_for_more_than_it_is(manifest: str):
    assert_both_ways_agree(forged(manifest))


@pytest.mark.parametrize("said", HOSTILE)
@pytest.mark.parametrize("name", Ids.__struct_fields__)
def test_a_forged_id_is_never_known_for_more_than_it_is(name: str, said: str):
    assert_both_ways_agree(forged(ids=Ids(**{name: said})))


@pytest.mark.parametrize("said", HOSTILE)
@pytest.mark.parametrize("field", ["setup_id", "comments", "signature_text"])
def test_a_forged_text_is_never_known_for_more_than_it_is(field: str, said: str):
    assert_both_ways_agree(forged(**{field: said}))


@pytest.mark.parametrize("at", [datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)])
def test_a_time_at_the_ends_of_the_calendar_is_told_alike(at: datetime):
    assert_both_ways_agree(forged(at=at))


@pytest.mark.parametrize(
    "said", ["2026-03-02T09:30:15", "2026-03-02T09:30:15+02:00", "2026-03-02T09:30:15z", "20260302T093015Z"]
)
def test_a_time_in_another_spelling_is_not_known(said: str):
    assert rewritten(KNOWN.replace(b"2026-03-02T09:30:15Z", said.encode())) is None


def test_a_signature_without_a_value_is_not_known():
    assert rewritten(forged(value=b"")) is None


@pytest.mark.parametrize("kind", ["p521", "rsa1024"])
def test_a_key_that_may_not_sign_is_read_with_care(kind: str):
    own, other = (base64.b64encode(one.chain[0].public_bytes(Encoding.DER)) for one in (SIGNER, self_signed(kind)))
    assert_both_ways_agree(KNOWN.replace(own, other))


def test_base64_in_another_spelling_is_not_known():
    value = KNOWN.partition(b"<SignatureValue>")[2].partition(b"</SignatureValue>")[0]
    spaced = KNOWN.replace(value, value[:20] + b"\n" + value[20:])
    assert rewritten(spaced) is None
    assert read_with_care(spaced).value == base64.b64decode(value)


def test_what_is_no_signature_is_not_known():
    for part in (b"", b"<a/>", KNOWN[:-1], KNOWN + b" ", KNOWN * 2, b"\xff" + KNOWN, KNOWN.decode().encode("utf-16")):
        assert rewritten(part) is None


def test_a_part_that_is_too_large_is_not_known():
    assert rewritten(forged(valid_image=bytes(LARGEST))) is None


ALL_CARRIED = UnsignedProperties(
    timestamps=(b"a timestamp", b"another"),
    certificates=(*SIGNER.chain[1:], AUTHORITY.root),
    crls=(b"a list", b"another list"),
    ocsp=(b"an answer",),
)
LASTING = forged(carried=ALL_CARRIED)


@pytest.mark.parametrize("left_out", [(), *itertools.combinations(UnsignedProperties.__struct_fields__, 3)])
def test_what_was_added_is_known_and_read_alike(left_out: tuple[str, ...]):
    carried = msgspec.structs.replace(ALL_CARRIED, **dict.fromkeys(left_out, ()))
    part = forged(carried=carried)
    assert assert_both_ways_agree(part)
    assert rewritten(part).carried == carried
    added = read_with_care(part).added
    assert (tuple(stamp.token for stamp in added.stamps), added.crls, added.ocsp) == (
        carried.timestamps,
        carried.crls,
        carried.ocsp,
    )


def test_a_signature_that_carries_nothing_is_known():
    assert assert_both_ways_agree(forged(carried=UnsignedProperties()))


@given(CHANGES)
@settings(max_examples=400)
def test_a_change_among_what_was_added_is_told_alike(change: tuple[int, int, bytes]):
    assert_a_change_is_told_alike(LASTING, LASTING.index(b"</xd:SignedProperties>"), change)


BEGIN, END = "<xd:UnsignedSignatureProperties>", "</xd:UnsignedSignatureProperties>"
STAMPED = (
    '<xd:SignatureTimeStamp><CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315">'
    "</CanonicalizationMethod><xd:EncapsulatedTimeStamp>"
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (BEGIN, f"{BEGIN}<xd:Evil></xd:Evil>"),
        (BEGIN, f"{BEGIN}{BEGIN}"),
        (BEGIN, f"{BEGIN}text"),
        (BEGIN, f'{BEGIN}<xd:SignatureTimeStamp Id="idPackageSignature"></xd:SignatureTimeStamp>'),
        (BEGIN, BEGIN.replace(">", ' Id="idPackageObject">')),
        (STAMPED, STAMPED.replace("2001/REC-xml-c14n-20010315", "1999/REC-xslt-19991116")),
        (STAMPED, STAMPED.replace("TR/2001/REC-xml-c14n-20010315", "2001/10/xml-exc-c14n#")),
        (STAMPED, STAMPED.replace("></CanonicalizationMethod>", "/>")),
        (STAMPED, STAMPED + STAMPED),
        (STAMPED, STAMPED + "AAAA</xd:EncapsulatedTimeStamp><xd:EncapsulatedTimeStamp>"),
        (STAMPED, f"{STAMPED}</xd:EncapsulatedTimeStamp></xd:SignatureTimeStamp>{STAMPED}"),
        ("<xd:CRLValues>", "<xd:CRLValues></xd:CRLValues><xd:CRLValues>"),
        ("<xd:CRLValues>", "<xd:CRLValues><xd:EncapsulatedCRLValue></xd:EncapsulatedCRLValue>"),
        ("</xd:CRLValues>", "</xd:CRLValues><xd:OCSPValues></xd:OCSPValues>"),
        ("<xd:EncapsulatedOCSPValue>", "<xd:EncapsulatedOCSPValue> "),
        ("<xd:EncapsulatedX509Certificate>", "<xd:EncapsulatedX509Certificate>AAAA</xd:EncapsulatedX509Certificate>"
                                             "<xd:EncapsulatedX509Certificate>"),
        (END, f"{END}</xd:UnsignedProperties><xd:UnsignedProperties>{BEGIN}{END}"),
        (END, f"{END}<xd:UnsignedDataObjectProperties></xd:UnsignedDataObjectProperties>"),
        (END, f"<xd:ArchiveTimeStamp></xd:ArchiveTimeStamp>{END}"),
        ("</xd:QualifyingProperties>", "</xd:QualifyingProperties></Object><Object></Object><Object>"),
    ],
)  # fmt: skip
def test_something_else_among_what_was_added_is_never_known(old: str, new: str):
    assert old.encode() in LASTING
    assert not assert_both_ways_agree(LASTING.replace(old.encode(), new.encode(), 1))


@pytest.mark.parametrize("many", [6, 7, 8, 20])
def test_more_certificates_than_are_read_are_never_known(many: int):
    carried = UnsignedProperties(certificates=(AUTHORITY.root,) * many)
    part = forged(carried=carried)
    assert (rewritten(part) is not None) is (len(SIGNER.chain) + many <= MAX_CERTIFICATES)
