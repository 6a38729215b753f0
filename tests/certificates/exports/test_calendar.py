"""The days on which certificates lapse, in calendar feeds."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from icalendar import Calendar

from kanta_tenancy.assembly.feeds import entries as of_feeds
from kanta_tenancy.certificates.exports import calendar, reading
from kanta_tenancy.certificates.exports.model import Ending
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.messages import Entry
from kanta_tenancy.messages.calendars import calendar as written
from tests.certificates.impact.examples import MAY_3, NOON_OF_MAY_3
from tests.conftest import someone

CHANGED = datetime(2026, 3, 1, tzinfo=UTC)


def an_ending(name: str = "kanta.example.org", not_after: datetime = NOON_OF_MAY_3, kind: str = "server") -> Ending:
    return Ending(id=UUID(int=1), kind=kind, name=name, not_after=not_after, snoozed_until=None, changed_at=CHANGED)


def test_a_day_with_one_certificate_names_it_in_the_language_of_who_reads():
    (entry,) = calendar.entries([an_ending()])
    assert (entry.uid, entry.on, entry.rule) == ("certificates-2027-05-03", MAY_3, "K7")
    assert entry.summary.fi == "Varmenne vanhenee: kanta.example.org (palvelinvarmenne)"
    assert entry.description.en == "12:00 kanta.example.org (server certificate)"


def test_a_day_with_many_counts_them_and_names_the_first():
    many = [an_ending(f"s{number:02}.example.org", NOON_OF_MAY_3 + timedelta(seconds=number)) for number in range(60)]
    late = an_ending("next.example.org", datetime(2027, 5, 3, 21, 30, tzinfo=UTC))  # past midnight in Finland
    first, second = calendar.entries([*many, late])
    assert (first.summary.sv, second.on) == ("Certifikat som går ut: 60", MAY_3 + timedelta(days=1))
    lines = first.description.fi.splitlines()
    assert (len(lines), lines[0], lines[-1]) == (51, "12:00 s00.example.org (palvelinvarmenne)", "ja muita: 10")


def test_a_card_is_named_by_its_kind_alone_and_an_unknown_kind_by_its_key():
    card, other = calendar.entries(
        [an_ending("Ahola Aino", kind="staff_card"), an_ending("x", NOON_OF_MAY_3 + timedelta(days=1), kind="later")]
    )
    assert "Ahola" not in str(card)
    assert (card.summary.en, other.summary.en) == (
        "Certificate lapses: certificate of a staff card", "Certificate lapses: x (later)",
    )  # fmt: skip


def test_programs_read_it_back():
    entries = calendar.entries([an_ending('quo"te; comma, back\\slash'), an_ending("b")])
    content = written(entries, name="Kanta", language=Language.FINNISH, realm=UUID(int=9))
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert event["dtstart"].dt == MAY_3
    assert 'quo"te; comma, back\\slash (palvelinvarmenne)' in str(event["description"])


async def seen(inventory, clock, caller=None) -> list[Entry]:
    async with inventory.database.transaction(caller or inventory.caller) as tx:
        return list(await reading.entries(tx, clock))


async def test_what_lapsed_lately_and_is_in_use_stays_and_what_lapsed_long_ago_does_not(inventory, clock):
    for days, state in ((-31, "in_use"), (-29, "in_use"), (5, "in_use"), (6, "replaced"), (7, "retired")):
        await inventory.certificate(not_after=clock.now() + timedelta(days=days), state=state)
    await inventory.certificate("odd", not_after=None)
    assert [one.on for one in await seen(inventory, clock)] == [date(2026, 2, 1), date(2026, 3, 7)]


async def test_it_stands_in_the_feed_of_the_realm_and_a_tenant_sees_its_own(inventory, tenant, clock):
    own = await inventory.certificate("own.example.org", tenancy_id=tenant.tenancy.id)
    await inventory.certificate("shared.example.org", not_after=NOON_OF_MAY_3 + timedelta(days=1))
    assert own
    as_tenant = someone(inventory.realm, tenant.tenancy.id)
    assert [one.on for one in await seen(inventory, clock, as_tenant)] == [MAY_3]
    async with inventory.database.transaction(inventory.caller) as tx:
        assert [one.uid for one in await of_feeds(tx, clock)] == ["certificates-2027-05-03", "certificates-2027-05-04"]
