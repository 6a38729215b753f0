"""A signature is brought to the level that is wanted, or as near to it as the authorities answer, with the reasons."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from cryptography import x509

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.ooxml.signing.levels import achieved_level, add_timestamp, imprint_of
from kanta_tenancy.machinery.ooxml.signing.open_signature import Way
from kanta_tenancy.machinery.ooxml.verification.markup import LARGEST
from kanta_tenancy.machinery.ooxml.verification.reading import read
from kanta_tenancy.machinery.outgoing.allowance import read_allowed
from kanta_tenancy.machinery.outgoing.posting import Outgoing
from kanta_tenancy.machinery.timestamping.client import Authority, TimestampClient
from kanta_tenancy.machinery.timestamping.errors import Fault
from kanta_tenancy.machinery.upgrading import Learnt, Raised, Sources, raise_level
from kanta_tenancy.machinery.x509.revocation import NOTHING, RevocationData
from tests.machinery.ooxml.signing.documents import AUTHORITY, NOW, credential, document, entries
from tests.machinery.outgoing.receivers import Behaviour, Receiver, answer
from tests.machinery.timestamping.authorities import stamping
from tests.timestamp_authority import TimestampAuthority

FIRST = "/_xmlsignatures/sig1.xml"
SIGNER = credential()
SIGNED = sign(document(), SIGNER, at=NOW)


class Says:
    """What authorities say of revocation, and of whom they were asked."""

    def __init__(self, data: RevocationData, *troubles: str) -> None:
        self.learnt = Learnt(data=data, troubles=troubles)
        self.asked: list[Way] = []

    async def __call__(self, ways: Sequence[Way]) -> Learnt:
        self.asked += ways
        return self.learnt


@pytest.fixture(scope="module")
def stamps(tmp_path_factory: pytest.TempPathFactory) -> TimestampAuthority:
    return TimestampAuthority(tmp_path_factory.mktemp("stamps"))


@asynccontextmanager
async def sources(
    behaviour: Behaviour, says: Says, *certificates: x509.Certificate, **more: object
) -> AsyncIterator[Sources]:
    async with Receiver(behaviour).listening() as receiver:
        yield Sources(
            client=TimestampClient(Outgoing(allowed=read_allowed("127.0.0.0/8"), within_s=5), SystemClock()),
            authorities=(Authority(url=receiver.url()),),
            revocation=says,
            certificates=certificates,
            **more,
        )


async def raised(
    stamps: TimestampAuthority,
    wanted: Level,
    says: Says | None = None,
    *,
    package: bytes = SIGNED,
    behaviour: Behaviour | None = None,
    **more: object,
) -> Raised:
    known = (AUTHORITY.root, stamps.issuer, stamps.root)
    async with sources(behaviour or stamping(stamps), says or Says(NOTHING), *known, **more) as asked:
        return await raise_level(package, FIRST, wanted, asked)


async def test_level_b_asks_nobody(stamps: TimestampAuthority):
    said = Says(NOTHING)
    found = await raised(stamps, Level.B, said, behaviour=answer(500))
    assert found == Raised(package=SIGNED, level=Level.B)
    assert said.asked == []


async def test_level_t_asks_for_a_timestamp_and_for_no_revocation(stamps: TimestampAuthority):
    said = Says(NOTHING)
    found = await raised(stamps, Level.T, said)
    assert (found.level, achieved_level(found.package, FIRST), found.reasons) == (Level.T, Level.T, ())
    assert found.stamped is not None
    assert found.stamped.timestamp.covers(imprint_of(SIGNED, FIRST))
    assert said.asked == []


async def test_level_lt_asks_about_the_signer_and_about_the_timestamps_authority(stamps: TimestampAuthority):
    said = Says(stamps.lists(AUTHORITY))
    found = await raised(stamps, Level.LT, said)
    assert (found.level, achieved_level(found.package, FIRST), found.reasons) == (Level.LT, Level.LT, ())
    assert said.asked == [
        (SIGNER.certificate, AUTHORITY.issuing.certificate, AUTHORITY.root),
        (stamps.certificate, stamps.issuer, stamps.root),
    ]


async def test_an_anchor_ends_a_way_and_nothing_is_asked_above_it(stamps: TimestampAuthority):
    said = Says(RevocationData(crls=stamps.lists(AUTHORITY).crls))
    found = await raised(stamps, Level.LT, said, anchors=(AUTHORITY.issuing.certificate, stamps.issuer))
    assert found.level is Level.LT
    assert [len(way) for way in said.asked] == [2, 2]


async def test_a_signature_that_has_a_timestamp_is_given_no_other(stamps: TimestampAuthority):
    package = add_timestamp(SIGNED, FIRST, stamps.token(imprint_of(SIGNED, FIRST)))
    said = Says(stamps.lists(AUTHORITY))
    found = await raised(stamps, Level.LT, said, package=package, behaviour=answer(500))
    assert (found.level, found.stamped, found.reasons) == (Level.LT, None, ())
    again = await raised(stamps, Level.LT, Says(NOTHING), package=found.package, behaviour=answer(500))
    assert again == Raised(package=found.package, level=Level.LT)


async def test_without_a_timestamp_the_level_stays_b_and_the_reason_is_told(stamps: TimestampAuthority):
    for wanted in (Level.T, Level.LT):
        found = await raised(stamps, wanted, Says(stamps.lists(AUTHORITY)), behaviour=answer(503))
        assert (found.level, found.package) == (Level.B, SIGNED)
        assert found.reasons == ("127.0.0.1: It answered with the status 503 where 200 is expected.",)


async def test_without_any_authority_the_level_stays_b_and_that_is_told(stamps: TimestampAuthority):
    asked = Sources(client=TimestampClient(Outgoing(), SystemClock()), authorities=(), revocation=Says(NOTHING))
    found = await raise_level(SIGNED, FIRST, Level.T, asked)
    assert (found.level, found.reasons) == (Level.B, ("No timestamp authority was named.",))


async def test_authorities_that_failed_before_another_answered_are_told(stamps: TimestampAuthority):
    async with Receiver(answer(500)).listening() as first, Receiver(stamping(stamps)).listening() as second:
        client = TimestampClient(Outgoing(allowed=read_allowed("127.0.0.0/8")), SystemClock())
        authorities = (Authority(url=first.url()), Authority(url=second.url()))
        asked = Sources(client=client, authorities=authorities, revocation=Says(NOTHING))
        found = await raise_level(SIGNED, FIRST, Level.T, asked)
    assert found.stamped is not None
    assert [one.fault for one in found.stamped.failures] == [Fault.FAILED]
    assert found.stamped.authority.url == second.url()


@pytest.mark.parametrize("left_out", range(4))
async def test_when_one_authority_says_nothing_of_revocation_nothing_of_it_is_added(
    stamps: TimestampAuthority, left_out: int
):
    lists = stamps.lists(AUTHORITY).crls
    said = Says(RevocationData(crls=lists[:left_out] + lists[left_out + 1 :]))
    found = await raised(stamps, Level.LT, said)
    assert (found.level, achieved_level(found.package, FIRST)) == (Level.T, Level.T)
    (reason,) = found.reasons
    assert reason.startswith("Of the certificate of CN=")
    assert read(entries(found.package)[FIRST[1:]]).added.crls == ()


async def test_an_authority_that_did_not_answer_is_told_only_when_its_word_was_needed(stamps: TimestampAuthority):
    silent = "ca.example: No answer within the time."
    missed = await raised(stamps, Level.LT, Says(RevocationData(crls=stamps.lists(AUTHORITY).crls[1:]), silent))
    assert (missed.level, missed.reasons[1:]) == (Level.T, (silent,))
    enough = await raised(stamps, Level.LT, Says(stamps.lists(AUTHORITY), silent))
    assert (enough.level, enough.reasons) == (Level.LT, ())


async def test_when_an_issuer_is_not_at_hand_that_is_told(stamps: TimestampAuthority):
    async with sources(stamping(stamps), Says(stamps.lists(AUTHORITY)), AUTHORITY.root) as asked:
        found = await raise_level(SIGNED, FIRST, Level.LT, asked)
    assert found.level is Level.T
    (reason,) = found.reasons
    assert "Stamps Timestamps" in reason


async def test_lists_that_are_too_large_for_a_signature_leave_level_t(stamps: TimestampAuthority):
    said = Says(stamps.lists(AUTHORITY).with_more(RevocationData(crls=(bytes(LARGEST),))))
    found = await raised(stamps, Level.LT, said)
    assert (found.level, achieved_level(found.package, FIRST)) == (Level.T, Level.T)
    (reason,) = found.reasons
    assert str(LARGEST) in reason
