"""Timestamps and validation data are added to one signature, and nothing else of a package changes."""

import base64
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from kanta_tenancy.machinery.ooxml import plumbing
from kanta_tenancy.machinery.ooxml.errors import CannotUpgrade
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.ooxml.signing.levels import (
    achieved_level,
    add_timestamp,
    add_validation_data,
    imprint_of,
    missing_revocation,
    signature_parts,
)
from kanta_tenancy.machinery.ooxml.signing.open_signature import OpenSignature
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.ooxml.verification.markup import LARGEST
from kanta_tenancy.machinery.ooxml.verification.reading import read, read_with_care
from kanta_tenancy.machinery.ooxml.verification.rewriting import rewritten
from kanta_tenancy.machinery.x509.revocation import RevocationData
from kanta_tenancy.machinery.x509.sample_authority import found, revocation_list
from tests.machinery.ooxml.signing.documents import AUTHORITY, LISTS, NOW, START, credential, document, entries, packed
from tests.timestamp_authority import TimestampAuthority

FIRST, SECOND = "/_xmlsignatures/sig1.xml", "/_xmlsignatures/sig2.xml"
ONCE = sign(document(), credential("Aino"), at=NOW)
TWICE = sign(ONCE, credential("Eino"), at=NOW)


@pytest.fixture(scope="module")
def stamps(tmp_path_factory: pytest.TempPathFactory) -> TimestampAuthority:
    return TimestampAuthority(tmp_path_factory.mktemp("stamps"))


def stamped(stamps: TimestampAuthority, package: bytes, part: str = FIRST) -> bytes:
    return add_timestamp(package, part, stamps.token(imprint_of(package, part)))


def known_later(stamps: TimestampAuthority) -> tuple[list[x509.Certificate], RevocationData]:
    """Return what a verifier will need: the certificates up to the roots, and everybody's revocation lists."""
    return [AUTHORITY.root, stamps.issuer, stamps.root], stamps.lists(AUTHORITY)


def changed(before: bytes, after: bytes) -> set[str]:
    was, now = entries(before), entries(after)
    assert list(was) == list(now)
    return {name for name, content in was.items() if now[name] != content}


def verdict(package: bytes) -> Verdict:
    return verify(package, at=NOW, anchors=[AUTHORITY.root], revocation=LISTS).verdict


def test_a_new_signature_has_level_b_a_timestamp_makes_it_t_and_validation_data_lt(stamps: TimestampAuthority):
    assert achieved_level(ONCE, FIRST) is Level.B
    later = stamped(stamps, ONCE)
    assert achieved_level(later, FIRST) is Level.T
    lasting = add_validation_data(later, FIRST, *known_later(stamps))
    assert achieved_level(lasting, FIRST) is Level.LT
    assert verdict(later) is verdict(lasting) is Verdict.VALID


def test_what_is_known_of_a_signature_after_an_addition_is_what_is_read_of_it(stamps: TimestampAuthority):
    before = OpenSignature.open(TWICE, SECOND)
    once = before.with_timestamp(stamps.token(before.octets_to_stamp))
    twice = once.with_timestamp(stamps.token(before.octets_to_stamp))
    lasting = twice.with_validation_data(*known_later(stamps))
    again = lasting.with_validation_data((), stamps.lists(found("Another", at=START)))
    for opened in (once, twice, lasting, again):
        assert opened.signature == read(opened.content) == read_with_care(opened.content)
    assert [len(opened.signature.added.stamps) for opened in (before, once, twice, again)] == [0, 1, 2, 2]
    assert len(again.signature.added.crls) > len(lasting.signature.added.crls)


def test_level_lt_is_valid_after_the_certificate_has_expired_and_nobody_answers_any_more(stamps: TimestampAuthority):
    later = credential("Aino").certificate.not_valid_after_utc + timedelta(days=100)
    told = {}
    stamped_only = stamped(stamps, ONCE)
    lasting = add_validation_data(stamped_only, FIRST, *known_later(stamps))
    for level, package in ((Level.B, ONCE), (Level.T, stamped_only), (Level.LT, lasting)):
        report = verify(package, at=later, anchors=[AUTHORITY.root], timestamp_anchors=[stamps.root])
        told[level] = report.verdict
    assert told == {Level.B: Verdict.INDETERMINATE, Level.T: Verdict.INDETERMINATE, Level.LT: Verdict.VALID}


def test_validation_data_without_a_timestamp_lift_nothing(stamps: TimestampAuthority):
    package = add_validation_data(ONCE, FIRST, *known_later(stamps))
    assert achieved_level(package, FIRST) is Level.B
    assert achieved_level(stamped(stamps, package), FIRST) is Level.LT


def test_each_certificate_up_to_a_root_or_an_anchor_needs_its_issuer_and_its_revocation(stamps: TimestampAuthority):
    package = stamped(stamps, ONCE)
    with pytest.raises(CannotUpgrade):
        missing_revocation(ONCE, FIRST)
    signer, issuing = credential("Aino").chain[0].subject, AUTHORITY.issuing.certificate
    assert [one.subject for one in missing_revocation(package, FIRST)] == [
        signer, issuing.subject, stamps.certificate.subject,
    ]  # fmt: skip
    certificates, revocation = known_later(stamps)
    without_roots = add_validation_data(package, FIRST, [stamps.issuer], revocation)
    assert missing_revocation(without_roots, FIRST) == (issuing, stamps.issuer)
    assert achieved_level(without_roots, FIRST) is Level.T
    assert achieved_level(without_roots, FIRST, [issuing, stamps.issuer]) is Level.LT
    assert achieved_level(without_roots, FIRST, [AUTHORITY.root, stamps.root]) is Level.LT
    ours_only = RevocationData(crls=revocation.crls[2:])
    assert missing_revocation(add_validation_data(package, FIRST, certificates, ours_only), FIRST) == (
        stamps.certificate,
        stamps.issuer,
    )
    assert missing_revocation(add_validation_data(package, FIRST, certificates, revocation), FIRST) == ()


def test_a_list_that_was_too_old_when_it_was_stamped_says_nothing(stamps: TimestampAuthority):
    old = [revocation_list(by, at=START) for by in (AUTHORITY.issuing, AUTHORITY.top)]
    certificates, _ = known_later(stamps)
    lists = stamps.lists().with_more(RevocationData(crls=tuple(one.public_bytes(Encoding.DER) for one in old)))
    package = add_validation_data(stamped(stamps, ONCE), FIRST, certificates, lists)
    assert achieved_level(package, FIRST) is Level.T


def test_only_the_part_of_the_one_signature_changes(stamps: TimestampAuthority):
    second = stamped(stamps, TWICE, SECOND)
    both = stamped(stamps, second, FIRST)
    assert changed(TWICE, second) == {SECOND[1:]}
    assert changed(second, both) == {FIRST[1:]}
    assert changed(both, add_validation_data(both, FIRST, *known_later(stamps))) == {FIRST[1:]}
    assert [achieved_level(second, part) for part in signature_parts(second)] == [Level.B, Level.T]


def test_every_order_of_signing_stamping_and_lasting_is_valid(stamps: TimestampAuthority):
    package = stamped(stamps, ONCE)
    package = stamped(stamps, sign(package, credential("Eino"), at=NOW), SECOND)
    package = add_validation_data(package, FIRST, *known_later(stamps))
    package = add_validation_data(package, SECOND, *known_later(stamps))
    package = sign(package, credential("Lempi"), at=NOW)
    assert [achieved_level(package, part) for part in signature_parts(package)] == [Level.LT, Level.LT, Level.B]
    assert verdict(package) is Verdict.VALID


def test_nothing_that_is_signed_changes(stamps: TimestampAuthority):
    lasting = add_validation_data(stamped(stamps, ONCE), FIRST, *known_later(stamps))
    before, after = (etree.fromstring(entries(package)[FIRST[1:]]) for package in (ONCE, lasting))
    for root in (before, after):
        for properties in list(root.iter("{*}UnsignedProperties")):
            properties.getparent().remove(properties)
    assert etree.tostring(before, method="c14n") == etree.tostring(after, method="c14n")


def test_what_is_added_is_known_the_fast_way_and_read_alike(stamps: TimestampAuthority):
    token = stamps.token(imprint_of(ONCE, FIRST))
    certificates, revocation = known_later(stamps)
    lasting = add_validation_data(add_timestamp(ONCE, FIRST, token), FIRST, certificates, revocation)
    part = entries(lasting)[FIRST[1:]]
    known, signature = rewritten(part), read(part)
    assert known is not None
    assert known.carried.timestamps == (token,)
    assert [stamp.over for stamp in signature.added.stamps] == [imprint_of(ONCE, FIRST)]
    assert signature.added.crls == revocation.crls
    assert set(certificates) <= set(signature.certificates)


def test_what_is_there_is_not_added_again(stamps: TimestampAuthority):
    certificates, revocation = known_later(stamps)
    once = add_validation_data(ONCE, FIRST, certificates * 2, RevocationData(crls=revocation.crls * 2))
    assert read(entries(once)[FIRST[1:]]).added.crls == revocation.crls
    assert add_validation_data(once, FIRST, [*certificates, AUTHORITY.issuing.certificate], revocation) == once


def test_a_second_timestamp_by_another_authority_stands_behind_the_first(stamps: TimestampAuthority, tmp_path: Path):
    other = TimestampAuthority(tmp_path, "Other stamps")
    package = stamped(other, stamped(stamps, ONCE))
    assert len(read(entries(package)[FIRST[1:]]).added.stamps) == 2
    assert verdict(package) is Verdict.VALID


def refusal(*asked: object) -> CannotUpgrade:
    with pytest.raises(CannotUpgrade) as refused:
        add_timestamp(*asked)
    return refused.value


def test_a_timestamp_of_another_signature_is_refused(stamps: TimestampAuthority):
    other = stamps.token(imprint_of(TWICE, SECOND))
    assert refusal(TWICE, FIRST, other).detail == "The timestamp is not one of this signature."


@pytest.mark.parametrize("token", [b"", b"timestamp", b"\x30\x80\x00\x00", b"\x30\x03\x02\x01\x00"])
def test_what_is_no_timestamp_is_refused(token: bytes):
    assert refusal(ONCE, FIRST, token).detail.startswith("The timestamp cannot be used: it is no timestamp")


def test_a_timestamp_that_was_changed_is_refused_and_lifts_nothing(stamps: TimestampAuthority):
    token = stamps.token(imprint_of(ONCE, FIRST))
    package = add_timestamp(ONCE, FIRST, token)
    at = token.index(b"Z", 100) - 1  # the last digit of its time
    other = token[:at] + bytes([token[at] ^ 1]) + token[at + 1 :]
    assert "changed" in refusal(ONCE, FIRST, other).detail
    part = entries(package)[FIRST[1:]].replace(base64.b64encode(token), base64.b64encode(other))
    assert achieved_level(packed({**entries(package), FIRST[1:]: part}), FIRST) is Level.B


@pytest.mark.parametrize("part", ["/_xmlsignatures/sig2.xml", "/word/document.xml", "", "_xmlsignatures/sig1.xml"])
def test_a_part_that_holds_no_signature_is_refused(part: str):
    assert refusal(ONCE, part, b"").rule == "R7"


def test_a_file_that_is_no_package_is_refused_with_its_rule():
    assert refusal(b"no zip", FIRST, b"").rule == "R0"
    with pytest.raises(CannotUpgrade):
        signature_parts(b"no zip")


def test_a_signature_that_does_not_hold_together_is_refused_with_its_rule():
    broken = entries(ONCE)[FIRST[1:]].replace(b"<xd:SigningTime>2026", b"<xd:SigningTime>2025")
    assert refusal(packed({**entries(ONCE), FIRST[1:]: broken}), FIRST, b"").rule == "R2"


def test_more_certificates_than_are_read_are_refused():
    others = [found(f"Other {number}", at=START).root for number in range(8)]
    assert (
        len(read(entries(add_validation_data(ONCE, FIRST, others[:7], RevocationData()))[FIRST[1:]]).certificates) == 9
    )
    with pytest.raises(CannotUpgrade) as refused:
        add_validation_data(ONCE, FIRST, others, RevocationData())
    assert refused.value.rule == "R11"


def test_revocation_lists_that_are_too_large_are_refused():
    with pytest.raises(CannotUpgrade) as refused:
        add_validation_data(ONCE, FIRST, [], RevocationData(crls=(bytes(LARGEST * 3 // 4),)))
    assert refused.value.rule == "R0"


def test_signatures_that_are_too_large_together_are_refused():
    large = RevocationData(crls=(bytes(LARGEST * 3 // 4 - 20_000),))
    package = sign(TWICE, credential("Lempi"), at=NOW)
    first, second, third = signature_parts(package)
    package = add_validation_data(add_validation_data(package, first, [], large), second, [], large)
    with pytest.raises(CannotUpgrade) as refused:
        add_validation_data(package, third, [], large)
    assert refused.value.rule == "R7"
    assert str(plumbing.LARGEST_TOGETHER) in refused.value.detail


LEVELS: Mapping[Level, tuple[Level, ...]] = {
    Level.B: (Level.B,),
    Level.T: (Level.B, Level.T),
    Level.LT: (Level.B, Level.T, Level.LT),
}


@pytest.mark.parametrize("level", Level)
@pytest.mark.parametrize("wanted", Level)
def test_a_level_reaches_itself_and_those_below(level: Level, wanted: Level):
    assert level.reaches(wanted) is (wanted in LEVELS[level])
