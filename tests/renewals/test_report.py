"""How requests went in a month: counted from whole requests and from those that were reduced to figures, alike."""

import csv
import io
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.docx import inspect_template
from kanta_tenancy.machinery.resources import folder
from kanta_tenancy.promises import audit
from kanta_tenancy.renewals import report_csv, report_document, reporting, working
from kanta_tenancy.renewals.lifecycle import Move
from kanta_tenancy.renewals.model import OPEN, Figure, Reason, State, Way
from kanta_tenancy.renewals.report import Heading, Report, report
from tests.conftest import FrozenClock
from tests.renewals.examples import NOON
from tests.renewals.practice import MARCH_2

HEADING = Heading(
    month=date(2026, 3, 1),
    language=Language.ENGLISH,
    made_at=NOON,
    main_connector="Saari Oy",
    business_id="0246246-0",
    tenant=None,
)
closed = st.sampled_from([state for state in State if state not in OPEN])
figures = st.lists(
    st.builds(
        Figure, outcome=closed, handed_over=st.booleans(), hours=st.integers(0, 191), requests=st.integers(1, 50)
    ),
    max_size=30,
)


@given(figures)
def test_every_request_is_counted_once_in_each_way(found: list[Figure]):
    made = report(HEADING, found)
    total = sum(one.requests for one in found)
    assert made.requests == total == sum(one.requests for one in made.outcomes)
    assert sum(one.requests for one in made.days) == total - made.lapsed
    assert abs(sum(one.permille for one in made.outcomes) - (1000 if total else 0)) <= 2
    hours = sorted(one.hours for one in found if one.outcome is not State.LAPSED for _ in range(one.requests))
    if hours:
        assert made.median_hours == hours[-(-len(hours) // 2) - 1]
        assert made.nine_tenths_hours == hours[-(-len(hours) * 9 // 10) - 1]
    else:
        assert (made.median_hours, made.nine_tenths_hours) == (None, None)


async def of_march(practice, clock, *, tenancy_id=None) -> Report:
    async with practice.database.transaction(practice.realm) as tx:
        return await reporting.of_month(tx, clock, MARCH_2, Language.FINNISH, tenancy_id=tenancy_id)


async def a_march(practice, clock) -> None:
    requests = [await practice.followed() for _ in range(6)]
    clock.advance(hours=5)
    await practice.answer(requests[0])
    clock.advance(hours=30)
    await practice.answer(requests[1], Move.RETURN)
    await practice.answer(requests[2], Move.REJECT, reason=Reason.CARE, told=Way.CALL)
    await practice.answer(requests[3], Move.REJECT, reason=Reason.CARE)
    clock.advance(days=5)
    await practice.work()
    await practice.answer(requests[4], by=practice.realm)
    clock.advance(days=3)
    await practice.work()


async def test_a_month_is_the_same_before_and_after_it_was_reduced(practice, clock, owner):
    await a_march(practice, clock)
    before = await of_march(practice, clock)
    assert [(one.outcome.value, one.requests, one.handed_over) for one in before.outcomes] == [
        ("renewed", 2, 1), ("rejected", 2, 0), ("returned", 1, 0), ("lapsed", 1, 1),
    ]  # fmt: skip
    assert [one.requests for one in before.days] == [1, 3, 0, 0, 0, 0, 1, 0]
    assert (before.median_hours, before.nine_tenths_hours) == (35, 155)
    later = FrozenClock(clock.now() + timedelta(days=181))
    assert await working.reduce(practice.database, later) == 4, "two patients are still to be told"
    assert await working.reduce(practice.database, later) == 0
    assert await owner.fetchval("SELECT count(*) FROM renewal_request") == 2
    assert await of_march(practice, clock) == before
    for row in await owner.fetch("SELECT request FROM renewal_duty WHERE told_at IS NULL"):
        await practice.told(row["request"])
    assert await working.reduce(practice.database, later) == 2
    assert await of_march(practice, clock) == before
    of_tenant = await of_march(practice, clock, tenancy_id=practice.tenant.tenancy.id)
    assert (of_tenant.requests, of_tenant.tenant) == (6, "Praktik 1234567")
    for table in ("renewal_request", "renewal_step", "renewal_duty"):
        assert await owner.fetchval(f"SELECT count(*) FROM {table}") == 0  # noqa: S608 -- a name of ours
    entries = await owner.fetchval("SELECT count(*) FROM journal_entry WHERE entry LIKE '%renewal_request.%'")
    assert entries >= 13, "the journal keeps what happened, of requests that nobody can tell any more"
    async with practice.database.transaction(practice.realm) as tx:
        assert [one for one in await audit(tx, later.now(), {}) if one.what == "broken"] == []


async def test_what_is_younger_than_the_time_is_kept_whole(practice, clock):
    await a_march(practice, clock)
    assert await working.reduce(practice.database, FrozenClock(clock.now() + timedelta(days=170))) == 0


async def test_a_month_ends_at_midnight_in_finland(practice, clock, owner):
    request = await practice.followed()
    clock.at = NOON.replace(month=3, day=10, hour=12)
    await practice.work()
    assert (await of_march(practice, clock)).lapsed == 1
    await owner.execute("ALTER TABLE renewal_request DISABLE TRIGGER ALL")
    for instant, counted in (("2026-03-31 20:59:59Z", 1), ("2026-03-31 21:00:00Z", 0)):
        await owner.execute(
            "UPDATE renewal_request SET closed_at = $1::text::timestamptz, lapses_at = $1::text::timestamptz"
            " WHERE id = $2",
            instant,
            request.id,
        )
        assert (await of_march(practice, clock)).lapsed == counted


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("found", [[], [Figure(outcome=State.RENEWED, handed_over=False, hours=30, requests=7)]])
def test_the_document_says_the_same_in_every_language(language, found):
    made = report(
        Heading(**{name: getattr(HEADING, name) for name in Heading.__struct_fields__} | {"language": language}), found
    )
    docx = report_document.as_docx(made)
    assert docx[:2] == b"PK"
    assert docx == report_document.as_docx(made)


def test_the_templates_keep_their_contract():
    for language in Language:
        file = folder("templates") / "renewals" / "report-1" / f"{language.value}.docx"
        assert inspect_template(file.read_bytes(), report_document.CONTRACT) == ()


def test_the_spreadsheet_has_a_line_for_each_figure():
    made = report(HEADING, [Figure(outcome=State.LAPSED, handed_over=True, hours=192, requests=2)])
    rows = list(csv.reader(io.StringIO(report_csv.as_csv(made).decode("utf-8-sig"))))
    assert tuple(rows[0]) == report_csv.COLUMNS
    assert ["2026-03", "", "outcome", "lapsed", "2", "2"] in rows
    assert len(rows) == 1 + 4 + 8 + 2
