"""What renews what: recorded by people, suggested where it looks so, with the days that overlap or lack cover."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.certificates.chains.bodies import shown_line
from kanta_tenancy.certificates.chains.lines import line_of, overlap_days
from kanta_tenancy.machinery.x509.inspected import Inspected
from kanta_tenancy.machinery.x509.inspection import inspect
from tests.certificates.chains.authority import BEGAN, DAY, YEAR, a_server, an_authority, der
from tests.certificates.inventory.examples import NOON

ROOT = an_authority("Root")
OLD = a_server(ROOT)
NEW = a_server(ROOT, starts=BEGAN + YEAR - 20 * DAY)


def renewed(after: timedelta, *, name: str = "palvelin.example.org", by=ROOT, lasts: timedelta = YEAR):
    return a_server(by, name=name, starts=BEGAN + after, lasts=lasts)


async def rules(examination, certificate_id) -> list[str]:
    return [one.rule for one in await examination.findings(certificate_id) if one.rule.startswith("renewal.")]


async def test_a_renewal_is_suggested_and_never_recorded(examination):
    old, new, _ = await examination.have(OLD, NEW, ROOT.certificate)
    (finding,) = [one for one in await examination.findings(old) if one.rule.startswith("renewal.")]
    assert (finding.rule, finding.severity, finding.facts["successor"]) == ("renewal.unrecorded", "warning", str(new))
    assert await rules(examination, new) == []
    line = shown_line(old, await examination.line(old))
    assert [one.certificate_id for one in line.certificates] == [old]
    assert (line.suggested_successor.certificate_id, line.suggested_successor.overlap_days) == (new, 20)
    assert (await examination.line(new)).suggested_predecessor.id == old
    assert (await examination.read(old)).state == "in_use"


async def test_when_the_replacement_is_recorded_nothing_is_suggested_any_more(examination):
    old, new, _ = await examination.have(OLD, NEW, ROOT.certificate)
    await examination.replace(old, new)
    await examination.examine()
    assert await rules(examination, old) == []
    line = await examination.line(new)
    assert (line.suggested_successor, line.suggested_predecessor) == (None, None)


async def test_whichever_comes_first_the_older_one_is_told_of(examination):
    (new,) = await examination.have(NEW)
    (old,) = await examination.have(OLD)
    assert (await rules(examination, old), await rules(examination, new)) == (["renewal.unrecorded"], [])


async def test_of_several_the_next_one_is_suggested_to_each(examination):
    made = [renewed(n * 300 * DAY) for n in range(3)]
    first, second, third = await examination.have(*made)
    assert (await examination.line(first)).suggested_successor.id == second
    assert (await examination.line(second)).suggested_successor.id == third
    await examination.retire(second)
    await examination.examine()
    assert (await examination.line(first)).suggested_successor.id == third
    (finding,) = [one for one in await examination.findings(first) if one.rule.startswith("renewal.")]
    assert finding.facts["successor"] == str(third)
    assert await rules(examination, second) == []


@pytest.mark.parametrize(
    "other",
    [
        renewed(300 * DAY, name="other.example.org"),
        renewed(300 * DAY, by=an_authority("Other root")),
        renewed(timedelta(0)),  # at the same time: two servers behind one name
        renewed(30 * DAY, lasts=30 * DAY),  # it ends before
    ],
)
async def test_what_is_no_renewal_is_not_suggested(examination, other):
    old, _ = await examination.have(OLD, other)
    assert (await rules(examination, old), (await examination.line(old)).suggested_successor) == ([], None)


async def test_the_line_of_a_certificate_is_told_with_overlaps_and_gaps(examination):
    made = [renewed(after) for after in (timedelta(0), 345 * DAY, 345 * DAY + YEAR + 7 * DAY)]
    first, second, third = await examination.have(*made)
    await examination.replace(first, second)
    await examination.replace(second, third)
    for asked, steps in ((first, [0, 1, 2]), (second, [-1, 0, 1]), (third, [-2, -1, 0])):
        line = shown_line(asked, await examination.line(asked))
        assert [(one.certificate_id, one.step) for one in line.certificates] == list(
            zip((first, second, third), steps, strict=True)
        )
    shown = shown_line(second, await examination.line(second))
    assert [one.overlap_days for one in shown.certificates] == [20, None, -7]


async def test_one_that_replaced_several_is_told_with_each(examination):
    one, other = renewed(timedelta(0)), renewed(10 * DAY, name="b.example.org")
    new = a_server(ROOT, names=("palvelin.example.org", "b.example.org"), starts=BEGAN + 300 * DAY)
    first, second, third = await examination.have(one, other, new)
    await examination.replace(first, third)
    await examination.replace(second, third)
    shown = shown_line(third, await examination.line(third))
    assert [(one.certificate_id, one.overlap_days) for one in shown.certificates] == [
        (first, 65),
        (second, 75),
        (third, None),
    ]


def of_line(certificate) -> str | None:
    seen = inspect(der(certificate))
    assert isinstance(seen, Inspected)
    return line_of(seen)


def test_a_line_is_of_names_in_whatever_order_and_case_and_not_of_the_subject():
    names = ("a.example.org", "b.example.org")
    one = a_server(ROOT, name="One", names=names)
    other = a_server(ROOT, name="Another", names=("B.example.org", "a.example.org"))
    assert of_line(one) == of_line(other)
    assert of_line(one) != of_line(a_server(ROOT, name="One", names=("a.example.org",)))
    assert of_line(an_authority("A").certificate) != of_line(an_authority("B").certificate)


@given(days=st.integers(-400, 400), begun=st.timedeltas(timedelta(seconds=1), timedelta(hours=23)))
def test_days_of_overlap_are_whole_and_a_begun_day_without_cover_counts(days: int, begun: timedelta):
    ends: datetime = NOON
    assert overlap_days(ends, ends - days * DAY) == days
    assert overlap_days(ends, ends - days * DAY + begun) == days - 1
