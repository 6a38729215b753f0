"""Whom warnings are told: one digest for each person, and the next people while nobody acknowledges."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kanta_tenancy.certificates.findings import Rung
from kanta_tenancy.certificates.warnings import thresholds
from kanta_tenancy.certificates.warnings.addressing import Addressed, People, Reader, address
from kanta_tenancy.certificates.warnings.model import Amiss, Concern, Level
from kanta_tenancy.kernel.identifiers import ContactId
from kanta_tenancy.kernel.severity import Severity

TODAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
EARLIER = NOW - timedelta(days=3)


def a_reader(number: int, email: str | None = None) -> Reader:
    return Reader(contact_id=ContactId(UUID(int=number)), email=email or f"reader-{number}@example.org")


AINO, BERTTA, CECILIA, DAN = (a_reader(number) for number in (1, 2, 3, 4))


def people(*, named=(AINO, BERTTA), technical=(CECILIA,), management=(DAN,)) -> People:
    return People(named={one.contact_id: one for one in named}, technical=technical, management=management)


def a_concern(number: int = 1, days: int = 20, **said) -> Concern:
    given = {
        "certificate_id": UUID(int=number),
        "level": Level(30),
        "ends_on": TODAY + timedelta(days=days),
        "rung": Rung.RESPONSIBLE,
        "told_at": None,
        "responsible_id": AINO.contact_id,
        "deputy_id": BERTTA.contact_id,
    }
    return Concern(**given | said)


def an_amiss(number: int = 1, responsible_id: ContactId | None = None, **said) -> Amiss:
    given = {"severity": Severity.WARNING, "rung": Rung.RESPONSIBLE, "told_at": None, "deputy_id": None}
    return Amiss(finding_id=UUID(int=number), responsible_id=responsible_id, **given | said)


def readers(digests: tuple[Addressed, ...]) -> list[Reader]:
    return [one.to for one in digests]


def tell(*concerns: Concern, amiss: Iterable[Amiss] = (), of: People | None = None):
    return address(concerns, amiss, of or people(), now=NOW, today=TODAY)


def test_the_responsible_person_is_told_first_and_then_time_runs_for_the_deputy():
    telling = tell(a_concern())
    assert readers(telling.digests) == [AINO]
    assert [(one.rung, one.next_at - NOW) for one in telling.told] == [
        (Rung.RESPONSIBLE, timedelta(hours=72, minutes=15))
    ]


def test_nobody_responsible_means_the_technical_contacts_and_without_any_the_administrators():
    alone = a_concern(responsible_id=None, deputy_id=None)
    assert readers(tell(alone).digests) == [CECILIA]
    gone = a_concern(responsible_id=ContactId(UUID(int=77)))
    assert readers(tell(gone).digests) == [CECILIA]
    telling = tell(alone, of=people(technical=()))
    assert readers(telling.digests) == [DAN]
    assert telling.told[0].next_at is None  # nobody is left


def test_then_the_deputy_then_the_management_then_nobody():
    concern, told = a_concern(), []
    while True:
        telling = tell(concern)
        told.append(readers(telling.digests))
        (stands,) = telling.told
        if stands.next_at is None:
            break
        concern = replace(concern, rung=stands.rung, told_at=NOW)
    assert told == [[AINO], [BERTTA], [DAN]]
    assert stands.rung is Rung.MANAGEMENT


def test_without_a_deputy_the_management_is_next():
    for deputy in (None, AINO.contact_id, ContactId(UUID(int=77))):
        telling = tell(a_concern(told_at=EARLIER, deputy_id=deputy))
        assert readers(telling.digests) == [DAN]


def test_nobody_is_told_again_of_what_they_were_told_on_a_lower_rung():
    both = (AINO, DAN)
    telling = tell(a_concern(told_at=EARLIER, deputy_id=None), of=people(management=both))
    assert readers(telling.digests) == [DAN]
    telling = tell(a_concern(told_at=EARLIER, deputy_id=None), of=people(management=(AINO,)))
    assert (telling.digests, telling.told[0].next_at) == ((), None)


def test_a_more_urgent_warning_goes_to_everybody_who_was_told_of_the_one_before():
    telling = tell(a_concern(rung=Rung.DEPUTY))
    assert readers(telling.digests) == [AINO, BERTTA]
    assert telling.told[0].rung is Rung.DEPUTY


def test_a_person_with_two_functions_gets_one_digest():
    twice = people(
        technical=(a_reader(5, "Tekniikka@example.org"),), management=(a_reader(6, "tekniikka@example.org"),)
    )
    telling = tell(
        a_concern(1, responsible_id=None),
        a_concern(2, days=2, responsible_id=None, rung=Rung.MANAGEMENT, deputy_id=None),
        of=twice,
    )
    (digest,) = telling.digests
    assert [one.certificate_id.int for one in digest.concerns] == [2, 1]  # the most urgent first


def test_what_is_amiss_is_told_in_the_same_digest_to_whoever_answers_for_the_certificate():
    telling = tell(a_concern(), amiss=[an_amiss(1, AINO.contact_id), an_amiss(2)])
    assert [(one.to, len(one.concerns), [each.finding_id.int for each in one.amiss]) for one in telling.digests] == [
        (AINO, 1, [1]),
        (CECILIA, 0, [2]),
    ]
    assert len(telling.told_amiss) == 2


@pytest.mark.parametrize(("severity", "hours"), [(Severity.ERROR, 24), (Severity.WARNING, 168)])
def test_what_is_amiss_goes_up_the_same_ladder_in_the_time_of_its_severity(severity, hours):
    one, told = an_amiss(1, AINO.contact_id, severity=severity, deputy_id=BERTTA.contact_id), []
    while True:
        telling = tell(amiss=[one])
        told.append(readers(telling.digests))
        (stands,) = telling.told_amiss
        if stands.next_at is None:
            break
        assert stands.next_at == NOW + timedelta(hours=hours, minutes=15)
        assert telling.next_times == [stands.next_at]
        one = replace(one, rung=stands.rung, told_at=NOW)
    assert told == [[AINO], [BERTTA], [DAN]]


def test_what_is_nobodys_goes_to_the_technical_contacts_and_then_to_the_administrators():
    assert readers(tell(amiss=[an_amiss()]).digests) == [CECILIA]
    assert readers(tell(amiss=[an_amiss(told_at=EARLIER)]).digests) == [DAN]


def test_where_there_is_nobody_at_all_it_is_said():
    telling = tell(a_concern(), amiss=[an_amiss()], of=people(named=(), technical=(), management=()))
    assert (telling.digests, telling.told, telling.nobody) == ((), (), 2)


@pytest.mark.parametrize(
    ("days", "hours", "urgent"),
    [
        (200, 168, False),
        (31, 168, False),
        (30, 72, False),
        (8, 72, False),
        (7, 24, True),
        (2, 24, True),
        (1, 4, True),
        (0, 4, True),
        (-400, 4, True),
    ],
)
def test_the_less_time_is_left_the_sooner_the_next_are_told(days, hours, urgent):
    patience = thresholds.patience_on(TODAY, days)
    assert (patience.hours, patience.urgent) == (hours, urgent)


EMAILS = st.sampled_from(["a@example.org", "A@example.org", "b@example.org", "c@example.org", "d@example.org"])
READERS = st.builds(a_reader, st.integers(1, 6), EMAILS)
SOME = st.lists(READERS, max_size=3).map(tuple)
PEOPLE = st.builds(lambda named, technical, management: people(named=named, technical=technical, management=management),
                   SOME, SOME, SOME)  # fmt: skip
WHO = st.one_of(st.none(), st.integers(1, 8).map(lambda number: ContactId(UUID(int=number))))
CONCERNS = st.lists(
    st.builds(
        a_concern,
        st.integers(1, 50),
        st.integers(-10, 200),
        rung=st.sampled_from(Rung),
        told_at=st.sampled_from([None, EARLIER]),
        responsible_id=WHO,
        deputy_id=WHO,
    ),
    unique_by=lambda one: one.certificate_id,
    max_size=20,
)


@given(CONCERNS, PEOPLE)
def test_everybody_gets_one_digest_and_every_concern_is_settled_or_has_nobody(concerns, of):
    telling = address(concerns, (), of, now=NOW, today=TODAY)
    emails = [one.to.email.lower() for one in telling.digests]
    assert len(emails) == len(set(emails))
    settled = {one.of.certificate_id for one in telling.told}
    left = [one for one in concerns if one.certificate_id not in settled]
    assert len(settled) == len(telling.told)
    assert len(left) == telling.nobody
    for one in left:
        assert one.told_at is None
        assert not of.technical
        assert not of.management
    for one in telling.told:
        assert one.rung >= one.of.rung
        assert one.next_at is None or one.next_at > NOW
    for digest in telling.digests:
        ends = [one.ends_on for one in digest.concerns]
        assert ends == sorted(ends)


@given(CONCERNS, PEOPLE)
def test_while_nobody_acknowledges_everybody_is_told_once_and_it_ends(concerns, of):
    heard: dict[UUID, list[str]] = {}
    waiting = [replace(one, told_at=None, rung=Rung.RESPONSIBLE) for one in concerns]
    for _ in range(len(Rung) + 1):
        telling = address(waiting, (), of, now=NOW, today=TODAY)
        for digest in telling.digests:
            for one in digest.concerns:
                heard.setdefault(one.certificate_id, []).append(digest.to.email.lower())
        waiting = [replace(one.of, rung=one.rung, told_at=NOW) for one in telling.told if one.next_at is not None]
    assert waiting == []
    for emails in heard.values():
        assert len(emails) == len(set(emails))
        assert {one.email.lower() for one in of.management} <= set(emails)
