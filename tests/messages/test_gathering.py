"""Which notices go into which mail, and when: stated as laws, and tried over years."""

import itertools
import uuid
from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.kernel.calendar import HELSINKI, day_in_finland
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.messages.gathering import MORNING, MOST_IN_A_MAIL, due_at, gather
from kanta_tenancy.messages.model import MessageId, NoticeId, OpenMail, Waiting

INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))


@given(INSTANTS)
def test_what_is_not_urgent_comes_on_the_next_morning_in_finland(told_at: datetime):
    due = due_at(told_at, urgent=False)
    assert due.astimezone(HELSINKI).time() == MORNING
    assert told_at < due <= told_at + timedelta(hours=25)  # the night when summer time ends has one more
    assert due.utcoffset() == timedelta(0)


@given(INSTANTS)
def test_what_is_urgent_is_due_at_once(told_at: datetime):
    assert due_at(told_at, urgent=True) == told_at


@given(st.lists(INSTANTS, min_size=2, max_size=20))
def test_who_is_told_later_is_not_due_earlier(instants: list[datetime]):
    due = [due_at(one, urgent=False) for one in sorted(instants)]
    assert due == sorted(due)


def test_there_is_one_morning_a_day_over_forty_years():
    day = datetime(2020, 1, 1, tzinfo=UTC)
    mornings = [due_at(day + timedelta(days=number), urgent=False) for number in range(40 * 365)]
    assert len(set(mornings)) == len(mornings)
    days = [day_in_finland(one) for one in mornings]
    assert all(after - before == timedelta(days=1) for before, after in itertools.pairwise(days))


def test_at_eight_sharp_it_is_the_next_morning():
    at = datetime.combine(datetime(2026, 3, 2, tzinfo=UTC).date(), time(8), HELSINKI).astimezone(UTC)
    assert due_at(at, urgent=False) == at + timedelta(days=1)
    assert due_at(at - timedelta(microseconds=1), urgent=False) == at


def waiting(number: int, email: str = "aino@example.org", *, urgent: bool = False, **said) -> Waiting:
    told = {"name": "Aino", "language": Language.FINNISH, "contact_id": None} | said
    return Waiting(id=NoticeId(uuid.UUID(int=number)), email=email, urgent=urgent, **told)


def ids():
    numbers = itertools.count(1000)
    return lambda: MessageId(uuid.UUID(int=next(numbers)))


PEOPLE = st.sampled_from(["aino@example.org", "AINO@example.org", "eino@example.org", "åke@example.fi"])
NOTICES = st.lists(st.tuples(PEOPLE, st.booleans()), max_size=40).map(
    lambda said: [waiting(number, email, urgent=urgent) for number, (email, urgent) in enumerate(said)]
)
OPEN = st.lists(PEOPLE, unique_by=str.lower, max_size=3).map(
    lambda emails: [
        OpenMail(id=MessageId(uuid.UUID(int=500 + number)), email=email, notices=number)
        for number, email in enumerate(emails)
    ]
)


@given(NOTICES, OPEN)
def test_each_notice_goes_into_exactly_one_mail_to_its_person(notices: list[Waiting], there: list[OpenMail]):
    gathered = gather(notices, there, new_id=ids())
    to = {mail.id: mail.to.email.lower() for mail in gathered.new} | {mail.id: mail.email.lower() for mail in there}
    by_id = {one.id: one for one in notices}
    assert sorted(notice for _, notice in gathered.taken) == sorted(by_id)
    assert all(to[mail] == by_id[notice].email.lower() for mail, notice in gathered.taken)


@given(NOTICES, OPEN)
def test_a_person_gets_at_most_one_urgent_mail_and_one_other(notices: list[Waiting], there: list[OpenMail]):
    gathered = gather(notices, there, new_id=ids())
    urgent = {mail.id for mail in gathered.new if mail.urgent}
    by_id = {one.id: one for one in notices}
    mails = {(by_id[notice].email.lower(), mail in urgent, mail) for mail, notice in gathered.taken}
    assert len({(email, is_urgent) for email, is_urgent, _ in mails}) == len(mails)
    assert all(by_id[notice].urgent == (mail in urgent) for mail, notice in gathered.taken)


def test_what_has_not_arrived_yet_takes_more_but_nothing_urgent():
    there = OpenMail(id=MessageId(uuid.UUID(int=7)), email="Aino@Example.org", notices=3)
    gathered = gather([waiting(1), waiting(2, urgent=True)], [there], new_id=ids())
    assert [(mail.int, notice.int) for mail, notice in gathered.taken] == [(7, 1), (1000, 2)]


def test_a_person_is_called_as_they_were_heard_of_last():
    gathered = gather(
        [waiting(1, name="Aino A"), waiting(2, name="Aino B", language=Language.SWEDISH)], [], new_id=ids()
    )
    (mail,) = gathered.new
    assert (mail.to.name, mail.to.language) == ("Aino B", Language.SWEDISH)


def test_a_mail_has_an_end():
    there = OpenMail(id=MessageId(uuid.UUID(int=7)), email="aino@example.org", notices=MOST_IN_A_MAIL - 1)
    gathered = gather([waiting(number) for number in range(MOST_IN_A_MAIL + 5)], [there], new_id=ids())
    mails = [mail for mail, _ in gathered.taken]
    assert [mails.count(mail) for mail in dict.fromkeys(mails)] == [1, MOST_IN_A_MAIL, 4]
