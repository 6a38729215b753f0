"""Rule R7: signatures are found by their relationships, and whatever looks like one is reported."""

import pytest

from kanta_tenancy.machinery.ooxml.report import Outcome, Verdict
from tests.machinery.ooxml.verification.asking import ask, assert_breaks, only
from tests.machinery.ooxml.verification.documents import (
    PACKAGE,
    TYPES,
    Parts,
    R,
    a_document,
    override,
    relationship,
    relationships,
)
from tests.machinery.ooxml.verification.forger import (
    ORIGIN_RELATIONSHIPS,
    ORIGIN_TYPE,
    SIG1,
    SIGNATURE_TYPE,
    Forgery,
    signed,
    signed_twice,
    with_line,
)
from tests.machinery.ooxml.verification.signers import signer
from tests.machinery.opc.zips import STORED, Item, zipped

SIGNED = signed(a_document())
ORIGIN = "_xmlsignatures/origin.sigs"
TO_ORIGIN = f"{PACKAGE}/relationships/digital-signature/origin"
TO_SIGNATURE = f"{PACKAGE}/relationships/digital-signature/signature"


def changed(name: str, old: str, new: str) -> Parts:
    assert old in SIGNED[name].decode()
    return {**SIGNED, name: SIGNED[name].replace(old.encode(), new.encode())}


def without(*names: str) -> Parts:
    return {name: content for name, content in SIGNED.items() if name not in names}


def related(name: str, line: str) -> Parts:
    return {**SIGNED, name: with_line(SIGNED[name], line)}


UNREACHED = relationships(relationship("rId1", f"{R}/officeDocument", "word/document.xml"))

BROKEN = {
    "no signature": a_document(),
    "signatures removed": {**a_document(), TYPES: SIGNED[TYPES]},
    "signatures that nothing leads to": {**SIGNED, "_rels/.rels": UNREACHED},
    "an origin that leads nowhere": {**SIGNED, ORIGIN_RELATIONSHIPS: relationships()},
    "an origin without relationships": without(ORIGIN_RELATIONSHIPS),
    "a signature that is missing": without(SIG1),
    "an origin that is missing": without(ORIGIN, ORIGIN_RELATIONSHIPS),
    "an origin with content": {**SIGNED, ORIGIN: b"content"},
    "an origin of another type": changed(TYPES, ORIGIN_TYPE, "application/xml"),
    "a signature of another type": changed(TYPES, SIGNATURE_TYPE, "application/xml"),
    "a relationship of another type to the signature": changed(
        ORIGIN_RELATIONSHIPS, "digital-signature/signature", "other"
    ),
    "an external signature": changed(
        ORIGIN_RELATIONSHIPS, 'Target="sig1.xml"', 'Target="sig1.xml" TargetMode="External"'
    ),
    "an external origin": changed("_rels/.rels", 'origin.sigs"', 'origin.sigs" TargetMode="External"'),
    "two origins": related("_rels/.rels", relationship("rId8", TO_ORIGIN, ORIGIN)),
    "two ways to one signature": related(ORIGIN_RELATIONSHIPS, relationship("rId8", TO_SIGNATURE, "sig1.xml")),
    "a way to something else": related(
        ORIGIN_RELATIONSHIPS, relationship("rId8", f"{R}/image", "/word/media/image1.png")
    ),
    "a way to what is no signature": related(
        ORIGIN_RELATIONSHIPS, relationship("rId8", TO_SIGNATURE, "/word/styles.xml")
    ),
    "a way from the signature": {
        **SIGNED,
        "_xmlsignatures/_rels/sig1.xml.rels": relationships(
            relationship("rId1", f"{R}/image", "/word/media/image1.png")
        ),
    },
    "an empty signature": {**SIGNED, SIG1: b""},
    "a signature that is something else": {**SIGNED, SIG1: b"<html/>"},
    "a second signature that nothing leads to": {
        **SIGNED,
        "word/sig2.xml": SIGNED[SIG1],
        TYPES: with_line(SIGNED[TYPES], override("/word/sig2.xml", SIGNATURE_TYPE)),
    },
    "a second signature that is empty": {
        **SIGNED,
        "_xmlsignatures/sig2.xml": b"",
        TYPES: with_line(SIGNED[TYPES], override("/_xmlsignatures/sig2.xml", SIGNATURE_TYPE)),
        ORIGIN_RELATIONSHIPS: with_line(SIGNED[ORIGIN_RELATIONSHIPS], relationship("rId8", TO_SIGNATURE, "sig2.xml")),
    },
}


@pytest.mark.parametrize("parts", BROKEN.values(), ids=BROKEN.keys())
def test_it_is_invalid_with(parts: Parts):
    assert_breaks(parts, "R7")


def test_a_signature_that_is_no_xml_is_invalid():
    for content in (b"<Signature", b"\0", b"PK\x03\x04", b"<!DOCTYPE a><a/>"):
        assert_breaks({**SIGNED, SIG1: content}, "R1")


def stored(parts: Parts) -> bytes:
    """Pack loosely, so that it is not the ratio that is refused."""
    return zipped(*(Item(name=name, content=content, method=STORED) for name, content in parts.items()))


def test_a_signature_part_of_many_megabytes_is_refused_unread():
    report = assert_breaks(stored({**SIGNED, SIG1: SIGNED[SIG1] + b" " * 5_000_000}), "R0")
    assert only(report).integrity.outcome is Outcome.FAILED
    assert ask(stored({**SIGNED, SIG1: SIGNED[SIG1] + b" " * 3_000_000})).verdict is Verdict.VALID


def test_signatures_of_many_megabytes_together_are_refused_unread():
    twice = signed_twice(a_document(), Forgery(), Forgery(credential=signer("Eino")))
    assert len(ask(stored(twice)).signatures) == 2
    padded = {name: content + b" " * 3_900_000 if "sig1." in name else content for name, content in twice.items()}
    assert ask(stored(padded)).verdict is Verdict.VALID
    padded["_xmlsignatures/sig2.xml"] += b" " * 4_600_000
    assert assert_breaks(stored(padded), "R7").signatures == ()


def test_more_signatures_than_anybody_needs_are_refused_unread():
    parts = dict(SIGNED)
    for number in range(2, 80):
        name = f"_xmlsignatures/sig{number}.xml"
        parts[name] = SIGNED[SIG1]
        parts[TYPES] = with_line(parts[TYPES], override(f"/{name}", SIGNATURE_TYPE))
        lead = relationship(f"rId{number}", TO_SIGNATURE, f"sig{number}.xml")
        parts[ORIGIN_RELATIONSHIPS] = with_line(parts[ORIGIN_RELATIONSHIPS], lead)
    assert assert_breaks(parts, "R7").signatures == ()


def test_one_of_two_signatures_may_be_taken_away_and_the_other_stays_valid():
    """No signature says how many there must be: who needs two must count them."""
    twice = signed_twice(a_document(), Forgery(), Forgery(credential=signer("Eino")))
    assert len(ask(twice).signatures) == 2
    assert ask(twice).verdict is ask(SIGNED).verdict is Verdict.VALID


def test_signatures_are_listed_in_the_order_of_their_numbers():
    twice = signed_twice(a_document(), Forgery(), Forgery(credential=signer("Eino")))
    renamed = {name.replace("sig2", "sig10"): content for name, content in twice.items()}
    renamed = {
        name: content.replace(b"sig2", b"sig10") if name in (TYPES, ORIGIN_RELATIONSHIPS) else content
        for name, content in reversed(renamed.items())
    }
    assert [each.part[-9:] for each in ask(renamed).signatures] == ["/sig1.xml", "sig10.xml"]
