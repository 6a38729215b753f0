"""What is amiss goes up the ladder of warnings until somebody sees to it: deputy, then management, in their digests."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from kanta_tenancy.certificates.findings import Finding, KeptFinding, note, open_ones
from kanta_tenancy.certificates.inventory.actions import certificates as inventory
from kanta_tenancy.certificates.warnings import actions
from kanta_tenancy.certificates.warnings.errors import FindingNotFound, FindingNotOpen
from kanta_tenancy.kernel.severity import Severity
from kanta_tenancy.machinery.postgres.database import connect
from kanta_tenancy.promises import State
from tests.certificates.findings.examples import SERVER, a_finding
from tests.certificates.warnings.examples import DAY, MARCH_2, Watch
from tests.certificates.warnings.test_acknowledging import acknowledge_digest, newest
from tests.parties.examples import a_realm

FAR = MARCH_2 + 300 * DAY  # nobody is warned of its end here
HOUR = timedelta(hours=1)


async def noted(watch: Watch, *found: Finding, about: str = SERVER) -> None:
    """Have somebody look, and find this."""
    async with watch.database.transaction(watch.caller) as tx:
        await note(tx, watch.clock.now(), [about], found, family="probe")


async def the_open(watch: Watch) -> KeptFinding:
    async with watch.database.transaction(watch.caller) as tx:
        (found,) = await open_ones(tx, after=None, count=10)
    return found


async def see_to(watch: Watch, finding_id: UUID) -> KeptFinding:
    async with watch.database.transaction(watch.caller) as tx:
        return await actions.acknowledge_finding(tx, watch.clock, finding_id)


async def told(watch: Watch) -> list[tuple[str, str]]:
    """Return who was told of findings, and when, each time."""
    rows = await watch.owner.fetch(
        "SELECT to_char(told_at AT TIME ZONE 'Europe/Helsinki', 'MM-DD HH24:MI') AS at, email FROM certificate_digest"
        " JOIN contact ON contact.id = contact_id WHERE findings > 0 ORDER BY told_at, email"
    )
    return [(row["at"], row["email"].partition("@")[0]) for row in rows]


async def pass_time(watch: Watch, hours: int) -> None:
    for _ in range(hours * 4):
        watch.clock.advance(minutes=15)
        await watch.work()


@pytest.fixture
async def of_aino(staffed) -> UUID:
    """A certificate for which Aino is responsible, and Bertta her deputy."""
    aino, bertta = await staffed.person("Aino"), await staffed.person("Bertta")
    return await staffed.certificate(FAR, responsible_id=aino, deputy_id=bertta)


def amiss_with(certificate: UUID, **said: Any) -> Finding:
    return a_finding(subject=f"certificate/{certificate}", certificate_id=certificate, **said)


async def test_an_error_goes_to_the_deputy_after_a_day_and_to_the_management_after_another(staffed, of_aino):
    await noted(staffed, amiss_with(of_aino), about=f"certificate/{of_aino}")
    await staffed.work()
    await pass_time(staffed, 60)
    assert await told(staffed) == [("03-02 14:15", "aino"), ("03-03 14:30", "bertta"), ("03-04 14:45", "ada")]
    _, line, answering = await staffed.text()
    assert line == "Error: Expired. Nobody has acknowledged the warning of 3 March 2026 14:30."
    assert "certificates acknowledge --digest" in answering
    assert await staffed.ledger("certificate.escalate", State.OWED) == []  # nobody is left
    assert (await the_open(staffed)).next_at is None
    assert await staffed.amiss() == []


async def test_what_may_wait_is_passed_on_after_a_week_and_what_is_nobodys_from_the_technical_to_the_management(
    staffed,
):
    await noted(staffed, a_finding(severity=Severity.WARNING))
    await staffed.live(MARCH_2 + 9 * DAY)
    assert await told(staffed) == [("03-03 06:00", "tekla"), ("03-10 12:00", "ada")]


async def test_nobody_else_is_told_once_somebody_sees_to_it_which_is_in_the_journal(staffed, of_aino):
    about = f"certificate/{of_aino}"
    await noted(staffed, amiss_with(of_aino), about=about)
    await staffed.work()
    await pass_time(staffed, 1)
    seen_to = await see_to(staffed, (await the_open(staffed)).id)
    assert (seen_to.acknowledged_by, seen_to.acknowledged_at, seen_to.next_at) == ("a test", staffed.clock.now(), None)
    with pytest.raises(FindingNotOpen):
        await see_to(staffed, seen_to.id)
    await noted(staffed, amiss_with(of_aino), about=about)  # it is there still
    await staffed.live(MARCH_2 + 5 * DAY)
    assert await told(staffed) == [("03-02 14:15", "aino")]
    assert await staffed.amiss() == []
    facts = await staffed.owner.fetchval(
        "SELECT entry::jsonb -> 'facts' ->> 'rule' FROM journal_entry"
        " WHERE entry LIKE '%certificate_finding.acknowledged%'"
    )
    assert facts == "probe.expired"


async def test_what_somebody_sees_to_before_anybody_was_told_is_not_told(staffed):
    await noted(staffed, a_finding())
    await see_to(staffed, (await the_open(staffed)).id)
    await staffed.live(MARCH_2 + 2 * DAY)
    assert await told(staffed) == []


async def test_whoever_acknowledges_a_digest_sees_to_the_findings_of_which_it_tells_and_to_no_others(staffed):
    await noted(staffed, a_finding())
    await staffed.work()
    await pass_time(staffed, 1)
    digest = await newest(staffed)
    await noted(staffed, a_finding(), a_finding(rule="probe.name_mismatch"))
    await acknowledge_digest(staffed, digest.id)
    await staffed.live(MARCH_2 + 2 * DAY)
    rows = await staffed.owner.fetch("SELECT rule, acknowledged_by FROM certificate_finding ORDER BY rule")
    assert [tuple(row) for row in rows] == [("probe.expired", "a test"), ("probe.name_mismatch", None)]
    facts = await staffed.owner.fetchval(
        "SELECT entry::jsonb -> 'facts' ->> 'findings' FROM journal_entry"
        " WHERE entry LIKE '%certificate_digest.acknowledged%'"
    )
    assert facts == "1"


async def test_one_that_clears_between_two_people_is_not_passed_on(staffed):
    await noted(staffed, a_finding())
    await staffed.work()
    await pass_time(staffed, 1)
    known = await the_open(staffed)
    await noted(staffed)
    with pytest.raises(FindingNotOpen):
        await see_to(staffed, known.id)
    await staffed.live(MARCH_2 + 5 * DAY)
    assert await told(staffed) == [("03-02 14:15", "tekla")]
    assert await staffed.ledger("certificate.escalate", State.OWED) == []
    assert await staffed.amiss() == []


async def test_one_that_comes_back_begins_anew_although_somebody_saw_to_it_before(staffed):
    await noted(staffed, a_finding())
    await staffed.work()
    await pass_time(staffed, 1)
    await see_to(staffed, (await the_open(staffed)).id)
    await noted(staffed)
    await noted(staffed, a_finding())
    await staffed.work()
    await pass_time(staffed, 26)
    assert await told(staffed) == [("03-02 14:15", "tekla"), ("03-02 15:15", "tekla"), ("03-03 15:30", "ada")]


async def test_one_that_grows_more_severe_is_told_soon_although_somebody_saw_to_the_milder_one(staffed):
    await noted(staffed, a_finding(severity=Severity.WARNING))
    await staffed.live(MARCH_2 + DAY)
    older, milder = await newest(staffed), await the_open(staffed)
    await see_to(staffed, milder.id)
    await noted(staffed, a_finding(severity=Severity.ERROR))
    worse = await the_open(staffed)
    assert worse.id != milder.id
    await acknowledge_digest(staffed, older.id)
    assert (await the_open(staffed)).acknowledged_at is None
    await staffed.work()
    await pass_time(staffed, 1)
    assert [who for _, who in await told(staffed)] == ["tekla", "tekla"]
    await noted(staffed, a_finding(severity=Severity.WARNING))  # milder again: the same one
    assert (await the_open(staffed)).id == worse.id


async def test_what_is_amiss_with_a_snoozed_certificate_waits_and_is_passed_on_after_it(staffed, of_aino):
    await noted(staffed, amiss_with(of_aino), about=f"certificate/{of_aino}")
    await staffed.work()
    await pass_time(staffed, 1)
    await staffed.done(inventory.snooze, of_aino, until=MARCH_2 + 4 * DAY, because="Its server is being moved")
    await staffed.live(MARCH_2 + 4 * DAY)
    assert await told(staffed) == [("03-02 14:15", "aino")]
    assert await staffed.amiss() == []
    await staffed.live(MARCH_2 + 5 * DAY)
    assert await told(staffed) == [("03-02 14:15", "aino"), ("03-07 06:00", "bertta")]


@pytest.mark.parametrize("with_its_server", [True, False])
async def test_of_a_retired_one_nobody_else_is_told_unless_a_server_sends_it_still(staffed, of_aino, with_its_server):
    about = SERVER if with_its_server else f"certificate/{of_aino}"
    await noted(staffed, a_finding(subject=about, certificate_id=of_aino), about=about)
    await staffed.work()
    await pass_time(staffed, 1)
    await staffed.done(inventory.retire, of_aino, because="A mistake")
    await staffed.live(MARCH_2 + 2 * DAY)
    assert [who for _, who in await told(staffed)] == (["aino", "bertta"] if with_its_server else ["aino"])


async def test_when_somebody_else_becomes_responsible_they_are_told_of_what_is_amiss(staffed, of_aino):
    eino = await staffed.person("Eino")
    await noted(staffed, amiss_with(of_aino), about=f"certificate/{of_aino}")
    await staffed.work()
    await pass_time(staffed, 1)
    await staffed.described(of_aino, responsible_id=eino)
    await staffed.live(MARCH_2 + DAY)
    assert await told(staffed) == [("03-02 14:15", "aino"), ("03-03 06:00", "eino")]
    await see_to(staffed, (await the_open(staffed)).id)
    await staffed.described(of_aino, responsible_id=None, deputy_id=None)
    await staffed.live(MARCH_2 + 2 * DAY)
    assert len(await told(staffed)) == 2


async def test_warnings_and_findings_that_are_passed_on_together_are_one_mail_to_each_person(staffed):
    await staffed.certificate(MARCH_2 + 5 * DAY)
    await noted(staffed, a_finding())
    await staffed.work()
    staffed.clock.advance(days=6)  # an outage
    await staffed.work()
    staffed.clock.advance(days=2)
    await staffed.work()
    rows = await staffed.owner.fetch("SELECT certificates, findings FROM certificate_digest ORDER BY told_at")
    assert [tuple(row) for row in rows] == [(1, 1), (1, 1)]
    assert await staffed.mails() == ["ada@example.org", "tekla@example.org"]


async def test_however_many_schedulers_are_at_work_the_next_people_are_told_once(staffed, database_url):
    await noted(staffed, a_finding())
    await staffed.work()
    await pass_time(staffed, 1)
    staffed.clock.advance(days=1)
    async with connect(database_url) as second:
        other = Watch(second, staffed.owner, staffed.clock, staffed.caller)
        await asyncio.gather(staffed.work(), other.work())
    assert [who for _, who in await told(staffed)] == ["tekla", "ada"]


async def test_an_acknowledgement_and_the_next_people_at_once_end_in_one_of_the_two_orders(staffed):
    await noted(staffed, a_finding())
    await staffed.work()
    await pass_time(staffed, 1)
    known = await the_open(staffed)
    staffed.clock.advance(days=1)
    await asyncio.gather(see_to(staffed, known.id), staffed.work())
    heard = await told(staffed)
    assert len(heard) in {1, 2}
    await staffed.live(MARCH_2 + 4 * DAY)
    assert await told(staffed) == heard


async def test_anothers_finding_is_not_there(staffed, database, clock):
    await noted(staffed, a_finding())
    stranger = Watch(database, staffed.owner, clock, await a_realm(database, clock, 3000000))
    with pytest.raises(FindingNotFound):
        await see_to(stranger, (await the_open(staffed)).id)
