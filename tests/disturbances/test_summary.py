"""How a month of disturbances went: every one counted once in each way, times as they were, months of Finland."""

import csv
import io
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kanta_tenancy.disturbances.actions import assessing
from kanta_tenancy.disturbances.case import Place, State
from kanta_tenancy.disturbances.follow_ups.model import FollowUpKind
from kanta_tenancy.disturbances.lifecycle import DutyMove
from kanta_tenancy.disturbances.model import Fact, Source
from kanta_tenancy.disturbances.summary import document, reading, store, table
from kanta_tenancy.disturbances.summary.counting import (
    BUCKETS,
    COUNTED,
    NOTIONS,
    DutyFigure,
    EventFigure,
    Heading,
    LeftFigure,
    Summary,
    summary,
)
from kanta_tenancy.kernel.distributions import within
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.docx import inspect_template
from kanta_tenancy.machinery.postgres.statements import QUERIES
from kanta_tenancy.machinery.resources import folder
from tests.conftest import someone
from tests.disturbances.examples import NOON, Desk
from tests.disturbances.test_assessing import NO, YES, Person
from tests.disturbances.test_closing import CAUSE, Closer
from tests.disturbances.test_follow_ups import TODAY, Office
from tests.parties.examples import a_realm
from tests.plans import plans as plans_of

MARCH = date(2026, 3, 1)
HEADING = Heading(
    month=MARCH,
    language=Language.ENGLISH,
    made_at=NOON,
    main_connector="Saari Oy",
    business_id="0246246-0",
    to_acknowledge=15,
    to_acknowledge_when_critical=5,
)
real_states = st.sampled_from((State.REPORTED, State.ACKNOWLEDGED, State.OVER, State.CLOSED))
events = st.lists(
    st.builds(
        EventFigure,
        state=st.one_of(real_states, st.sampled_from((State.DISMISSED, State.JOINED))),
        place=st.sampled_from(Place),
        facts=st.sets(st.sampled_from(COUNTED)).map(lambda facts: tuple(sorted(facts))),
        minutes=st.one_of(st.none(), st.integers(0, 5000)),
        events=st.integers(1, 20),
    ),
    max_size=20,
)
duties = st.lists(
    st.builds(
        DutyFigure,
        source=st.sampled_from(Source),
        outcome=st.sampled_from(("told", "open", "not_needed")),
        minutes=st.integers(0, 5000),
        late=st.booleans(),
        duties=st.integers(1, 20),
    ).map(lambda one: one if one.outcome == "told" else replace(one, minutes=None)),
    max_size=20,
)


def spread(counted) -> list[int]:
    """Return each of the values as often as it is there, in order."""
    return sorted(value for value, count in counted for _ in range(count))


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 9)), max_size=12), st.sampled_from((1, 500, 900, 1000)))
def test_within_is_the_value_that_so_many_do_not_exceed(counted, permille):
    values = spread(counted)
    expected = values[-(-len(values) * permille // 1000) - 1] if values else None
    assert within(counted, permille) == expected


@given(events, duties)
def test_every_one_is_counted_once_in_each_way(found: list[EventFigure], told: list[DutyFigure]):
    made = summary(HEADING, found, told, [])
    every = [one for one in found for _ in range(one.events)]
    real = [one for one in every if one.state not in {State.DISMISSED, State.JOINED}]
    assert made.events == len(every) == sum(one.events for one in made.states)
    assert sum(one.events for one in made.severities) == sum(one.events for one in made.places) == len(real)
    assert made.still_open == sum(one.state is not State.CLOSED for one in real)
    for counted, facts in zip(made.notions, NOTIONS.values(), strict=True):
        assert counted.events == sum(bool(facts & set(one.facts)) for one in real)
    minutes = sorted(one.minutes for one in every if one.minutes is not None)
    assert made.acknowledged.measured == len(minutes) == sum(one.events for one in made.waits)
    assert made.acknowledged.worst == max(minutes, default=None)
    for one, end in zip(made.waits, (*BUCKETS, 10_000), strict=True):
        begin = max((each for each in BUCKETS if each < end), default=-1)
        assert one.events == sum(begin < each <= end for each in minutes)
    limits = [(one.minutes, 5 if Fact.CRITICAL_OR_WIDE in one.facts else 15) for one in every]
    assert made.acknowledged_late == sum(took is not None and took > limit for took, limit in limits)
    for one in made.sources:
        own = [each for each in told if each.source is one.source]
        assert one.times.measured + one.open + one.not_needed == sum(each.duties for each in own)
        took = spread((each.minutes, each.duties) for each in own if each.outcome == "told")
        assert one.times.median == (took[-(-len(took) // 2) - 1] if took else None)
        assert one.told_late <= one.times.measured
        assert one.overdue <= one.open


async def of_month(desk: Desk, month: date = MARCH, language: Language = Language.FINNISH) -> Summary:
    async with desk.database.transaction(desk.caller) as tx:
        return await reading.of_month(tx, desk.clock, month, language)


def counts(counted) -> dict[str, int]:
    return {one.key: one.events for one in counted if one.events}


async def a_march(desk: Desk, tenant) -> None:
    """One is closed, one goes on, one nobody has acknowledged, one was none, and one was joined."""
    first = Closer(desk, (await desk.reported(tenant.caller, place=Place.OURS)).disturbance_id)
    desk.clock.advance(minutes=13)
    await first.acknowledges()  # another minute passes
    await first.answers(deviation=YES, critical_or_wide=YES, kanta_related=YES, breach_suspected=NO)
    await first.answers(deviation=NO, security_disturbance=YES)
    await first.tells_everybody()
    await first.ends()
    await first.finds_out(cause=CAUSE, remedy="Renewed")
    await first.closes()
    second = Person(desk, (await desk.reported(desk.caller, what="No pictures", place=Place.KANTA)).disturbance_id)
    desk.clock.advance(hours=2)
    await second.acknowledges()
    await second.answers(disturbance=YES, kanta_related=YES)
    await second.tells("contract_kela", move=DutyMove.RELEASE, note="Kela told us")
    await desk.reported(tenant.caller, what="Slow again")
    none = Person(desk, (await desk.reported(desk.caller, what="A cable")).disturbance_id)
    await none.acknowledges()
    await none.dismisses()
    same = Person(desk, (await desk.reported(desk.caller, what="No pictures here")).disturbance_id)
    await same._act(assessing.join, to=second.id)  # noqa: SLF001 -- the same person
    office = Office(desk, tenant)
    await office.planned(first.id)
    await office.notified()
    await office.notified(due_on=TODAY, by=desk.caller)


async def test_a_month_is_told_as_it_was(desk, tenant):
    await a_march(desk, tenant)
    desk.clock.advance(days=1)
    made = await of_month(desk, MARCH + timedelta(days=20))
    assert (made.events, made.still_open, made.unacknowledged) == (5, 2, 1)
    assert counts(made.states) == {"reported": 1, "acknowledged": 1, "closed": 1, "dismissed": 1, "joined": 1}
    assert counts(made.notions) == {"disturbance": 3, "security_disturbance": 1}
    assert counts(made.places) == {"ours": 1, "kanta": 1, "unknown": 1}
    assert counts(made.severities) == {"critical_or_wide": 1, "other": 2}
    assert (made.acknowledged.measured, made.acknowledged.median, made.acknowledged.worst) == (3, 14, 121)
    assert made.acknowledged_late == 2, "the first is critical, and the second took two hours"
    assert counts(made.waits) == {"5": 1, "15": 1, "240": 1}
    contract = next(one for one in made.sources if one.source is Source.CONTRACT)
    assert contract.not_needed >= 1
    assert contract.times.worst is not None
    assert contract.overdue == contract.open
    assert [(one.kind, one.open, one.overdue) for one in made.left] == [
        (FollowUpKind.ACTION, 1, 0),
        (FollowUpKind.FAULT, 2, 1),
    ]
    empty = await of_month(desk, date(2026, 4, 1))
    assert (empty.events, empty.acknowledged.median, counts(empty.waits)) == (0, None, {})
    assert [(one.open, one.overdue) for one in empty.left] == [(1, 0), (2, 1)]


async def test_what_is_acknowledged_later_was_told_when_it_was_told(desk):
    person = Person(desk, (await desk.reported()).disturbance_id)
    await person.acknowledges()
    await person.answers(deviation=YES)
    desk.clock.advance(minutes=39)
    await person.tells("section_90_producer")
    desk.clock.advance(days=3)
    await person.tells("section_90_producer", move=DutyMove.ACKNOWLEDGE, note="Ticket 9")
    told = next(one for one in (await of_month(desk)).sources if one.source is Source.SECTION_90)
    assert (told.times.measured, told.times.worst, told.told_late) == (1, 40, 0)


@pytest.mark.parametrize(
    ("instant", "month"),
    [
        (datetime(2026, 2, 28, 21, 59, 59, tzinfo=UTC), date(2026, 2, 1)),
        (datetime(2026, 2, 28, 22, 0, tzinfo=UTC), date(2026, 3, 1)),
        (datetime(2026, 3, 31, 20, 59, 59, tzinfo=UTC), date(2026, 3, 1)),  # summer time since the 29th
        (datetime(2026, 3, 31, 21, 0, tzinfo=UTC), date(2026, 4, 1)),
        (datetime(2026, 12, 31, 22, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
    ids=["february", "march", "end-of-march", "april", "january"],
)
async def test_a_month_begins_and_ends_at_midnight_in_finland(desk, instant, month):
    desk.clock.at = instant
    await desk.reported(since=instant)
    assert (await of_month(desk, month)).events == 1
    for other in (month - timedelta(days=1), month + timedelta(days=31)):
        assert (await of_month(desk, other)).events == 0


async def test_another_realms_month_is_empty(desk, tenant, database, clock):
    await a_march(desk, tenant)
    stranger = await a_realm(database, clock, 2100000)
    made = await of_month(Desk(database, clock, stranger))
    assert (made.events, [one.open for one in made.left]) == (0, [0, 0])


async def test_of_anothers_month_nothing_is_read(desk, tenant, database, clock):
    await a_march(desk, tenant)
    realm = desk.caller.scope.main_connector_id
    given = {"main_connector_id": realm, "since": NOON - timedelta(days=9), "until": NOON + timedelta(days=9)}
    stranger = await a_realm(database, clock, 2100000)
    for caller in (stranger, someone(stranger.scope.main_connector_id, tenant.tenancy.id)):
        async with database.transaction(caller) as tx:
            assert await store.EVENTS.all(tx, **given, facts=[]) == []
            assert await store.DUTIES.all(tx, **given, now=NOON) == []
            assert await store.LEFT.all(tx, main_connector_id=realm, today=TODAY) == []
    assert len({store.EVENTS, store.DUTIES, store.LEFT}) == sum(
        file.read_text("utf-8").count("-- name: ") for file in (QUERIES / "disturbance_summary").glob("*.sql")
    )


ID = "lpad(to_hex({0}), 32, '0')::uuid"
plans = partial(plans_of, tables=("disturbance", "disturbance_report", "disturbance_answer", "disturbance_duty"))
MANY = 6_000  # disturbances over sixty months, a hundred a month; two answers, a report and two duties each
FILL = f"""
SET session_replication_role = replica;
INSERT INTO disturbance (id, main_connector_id, kind, state, since, reported_at, detected_at, version)
SELECT {ID.format("n")}, $realm, 'disturbance', 'over', now(),
       timestamptz '2026-03-31' - (n / 100) * interval '1 month', now(), 1
  FROM generate_series(1, {MANY}) AS n;
INSERT INTO disturbance_report (id, main_connector_id, disturbance_id, content_sha256, what, since, ongoing, place,
                                patient_safety, data_protection, message_ids, reported_by, reported_at)
SELECT {ID.format("n")}, $realm, {ID.format("n")}, sha256(n::text::bytea), 'x', now(), true, 'ours', 'no', 'no', '{{}}',
       'x', now()
  FROM generate_series(1, {MANY}) AS n;
INSERT INTO disturbance_answer (id, main_connector_id, disturbance_id, fact, answer, basis, answered_by, answered_at)
SELECT {ID.format("2 * n + fact")}, $realm, {ID.format("n")}, 'fact' || fact, 'yes', 'person', 'x', now()
  FROM generate_series(1, {MANY}) AS n, generate_series(0, 1) AS fact;
INSERT INTO disturbance_duty (id, main_connector_id, disturbance_id, rule, round, tries, purpose, addressee, source,
                              counted_from, due_at, explanation, state, state_at, made_at, version)
SELECT {ID.format("2 * n + rule")}, $realm, {ID.format("n")}, 'rule' || rule, 1, 1, 'first', 'kela', 'contract', now(),
       now(), '{{}}', 'sent', now(), now(), 1
  FROM generate_series(1, {MANY}) AS n, generate_series(0, 1) AS rule;
INSERT INTO disturbance_follow_up (id, main_connector_id, kind, owner, what, due_on, noticed_at, reported_by,
                                   reported_at, state, note, settled_by, state_at, round, version)
SELECT {ID.format("n")}, $realm, 'fault', 'kela', 'x', date '2026-01-01', now(), 'x', now(),
       CASE WHEN n % 100 = 0 THEN 'open' ELSE 'done' END, 'x', 'x', now(), 1, 1
  FROM generate_series(1, {MANY}) AS n;
SET session_replication_role = origin;
"""  # noqa: S608 -- numbers of this file


async def test_a_month_is_read_from_the_month(database, owner, realm):
    await owner.execute(FILL.replace("$realm", f"'{realm.scope.main_connector_id}'::uuid"))
    await owner.execute("VACUUM ANALYZE")
    month = {"since": datetime(2025, 3, 1, tzinfo=UTC), "until": datetime(2025, 4, 1, tzinfo=UTC)}
    for plan in await plans(database, realm, store.EVENTS, **month, facts=["fact1"]):
        assert "disturbance_by_report" in plan.indexes()
        assert plan.read("disturbance") <= 100
        assert plan.read("disturbance_report") <= 200  # once for the place, once for what it proposes
        assert plan.read("disturbance_answer") <= 200
    for plan in await plans(database, realm, store.DUTIES, **month, now=NOON):
        assert "disturbance_by_report" in plan.indexes()
        assert plan.read("disturbance_duty") <= 200


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("count", [0, 7])
def test_the_document_says_the_same_in_every_language_and_twice_the_same(language, count):
    figure = EventFigure(state=State.OVER, place=Place.OURS, facts=(Fact.DEVIATION,), minutes=95, events=7)
    told = DutyFigure(source=Source.CONTRACT, outcome="told", minutes=61, late=True, duties=2)
    left = [LeftFigure(kind=FollowUpKind.FAULT, open=2, overdue=1)]
    made = summary(replace(HEADING, language=language), [figure] if count else [], [told] if count else [], left)
    docx = document.as_docx(made)
    assert docx[:2] == b"PK"
    assert docx == document.as_docx(made)


def test_the_templates_keep_their_contract():
    for language in Language:
        file = folder("templates") / "disturbances" / "summary-1" / f"{language.value}.docx"
        assert inspect_template(file.read_bytes(), document.CONTRACT) == ()


def test_the_spreadsheet_has_a_line_for_each_figure():
    figure = EventFigure(state=State.OVER, place=Place.OURS, facts=(Fact.BREACH_SUSPECTED,), minutes=95, events=7)
    made = summary(HEADING, [figure], [], [])
    rows = list(csv.reader(io.StringIO(table.as_csv(made).decode("utf-8-sig"))))
    assert tuple(rows[0]) == table.COLUMNS
    for row in (
        ["2026-03", "notion", "breach", "7"],
        ["2026-03", "acknowledged_median_minutes", "", "95"],
        ["2026-03", "acknowledged_late", "", "7"],
        ["2026-03", "told_worst_minutes", "nis2", ""],
    ):
        assert row in rows
    assert len({tuple(row[1:3]) for row in rows}) == len(rows)
