"""A signature part of another revision takes the place of its own, and of no other."""

import pytest

from kanta_tenancy.machinery.ooxml.errors import CannotUpgrade
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.ooxml.signing.levels import achieved_level, add_timestamp, imprint_of
from kanta_tenancy.machinery.ooxml.signing.swapping import signature_contents, swapped
from kanta_tenancy.machinery.ooxml.verification import verify
from tests.machinery.ooxml.signing.documents import AUTHORITY, LISTS, NOW, credential, document, entries
from tests.timestamp_authority import TimestampAuthority

FIRST, SECOND = "/_xmlsignatures/sig1.xml", "/_xmlsignatures/sig2.xml"
ONCE = sign(document(), credential(), at=NOW)
TWICE = sign(ONCE, credential(), at=NOW)


@pytest.fixture(scope="module")
def stamped(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    stamps = TimestampAuthority(tmp_path_factory.mktemp("stamps"))
    return add_timestamp(ONCE, FIRST, stamps.token(imprint_of(ONCE, FIRST)))


def test_who_signed_the_older_revision_stands_beside_the_newer_signature(stamped):
    together = swapped(TWICE, signature_contents(stamped))
    assert [achieved_level(together, part) for part in (FIRST, SECOND)] == [Level.T, Level.B]
    report = verify(together, at=NOW, anchors=[AUTHORITY.root], revocation=LISTS)
    assert [one.integrity.outcome.value for one in report.signatures] == ["passed", "passed"]
    before, after = entries(TWICE), entries(together)
    assert [name for name in after if before[name] != after[name]] == [FIRST[1:]]


def test_the_same_revision_changes_nothing():
    assert swapped(TWICE, signature_contents(ONCE)) is TWICE


def test_another_signature_takes_no_place():
    other = sign(document(), credential(), at=NOW)
    with pytest.raises(CannotUpgrade, match="not the same signature"):
        swapped(TWICE, signature_contents(other))


@pytest.mark.parametrize("content", [b"", b"<junk/>", b"<"])
def test_junk_takes_no_place(content):
    with pytest.raises(CannotUpgrade):
        swapped(TWICE, {FIRST: content})


def test_nothing_is_put_where_no_signature_was():
    with pytest.raises(CannotUpgrade, match="no such signature"):
        swapped(ONCE, {SECOND: signature_contents(TWICE)[SECOND]})


def test_what_is_no_package_has_no_signatures():
    with pytest.raises(CannotUpgrade):
        signature_contents(b"PK")
