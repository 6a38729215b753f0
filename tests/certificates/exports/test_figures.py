"""Figures of an inventory: absolute ends that stay after the end, and nothing that Prometheus cannot read."""

from datetime import UTC, date, datetime
from functools import partial

from prometheus_client.parser import text_string_to_metric_families

from kanta_tenancy.certificates.exports import figures, reading, store
from kanta_tenancy.kernel.acting import Caller
from tests.certificates.impact.examples import NOON_OF_MAY_3, Inventory
from tests.conftest import someone
from tests.parties.examples import a_realm

END = "certificate_not_after_timestamp_seconds"
Labelled = dict[tuple[str, ...], float]


async def read(inventory: Inventory, caller: Caller | None = None) -> dict[str, Labelled]:
    """Return the figures as Prometheus' own reader sees them: values by name, and by the values of the labels."""
    pieces = reading.metrics(partial(inventory.database.transaction, caller or inventory.caller))
    text = b"".join([piece async for piece in pieces]).decode()
    families = list(text_string_to_metric_families(text))
    assert len({family.name for family in families}) == len(families)
    return {
        family.name: {tuple(sample.labels.values()): sample.value for sample in family.samples} for family in families
    }


async def test_the_end_of_each_certificate_in_use_is_told_also_after_it(inventory):
    lapsed = await inventory.certificate("old.example.org", not_after=datetime(2026, 1, 5, tzinfo=UTC))
    ahead = await inventory.certificate("new.example.org")
    for state in ("replaced", "retired"):
        await inventory.certificate("gone.example.org", state=state)
    await inventory.certificate("odd", not_after=None)
    found = await read(inventory)
    assert found[END] == {
        (str(lapsed), "server", "old.example.org"): datetime(2026, 1, 5, tzinfo=UTC).timestamp(),
        (str(ahead), "server", "new.example.org"): NOON_OF_MAY_3.timestamp(),
    }
    assert found["certificates_unreadable"] == {(): 1}


async def test_sources_findings_and_what_is_snoozed_are_told(inventory):
    at = datetime(2026, 3, 1, tzinfo=UTC)
    await inventory.source("good", read_at=at)
    await inventory.source("never", trouble="it is away")
    for subject in ("a", "b"):
        await inventory.amiss("server.old_still_served", subject)
    snoozed = await inventory.certificate(snoozed_until=date(2026, 4, 1))
    found = await read(inventory)
    assert found["certificate_source_certificates"] == {("import", "good"): 1, ("import", "never"): 1}
    assert found["certificate_source_last_read_timestamp_seconds"] == {("import", "good"): at.timestamp()}
    assert found["certificate_source_in_trouble"] == {("import", "good"): 0, ("import", "never"): 1}
    assert found["certificate_findings_open"] == {("server.old_still_served", "error"): 2}
    # To the end of that day in Finland, where summer time has begun.
    end = datetime(2026, 4, 1, 21, tzinfo=UTC).timestamp()
    assert found["certificate_snoozed_until_timestamp_seconds"] == {(str(snoozed),): end}


async def test_of_a_card_not_the_name_is_told(inventory):
    card = await inventory.certificate("Ahola Aino 123", kind="professional_card")
    unknown = await inventory.certificate("x", kind="a_kind_of_later")
    assert set((await read(inventory))[END]) == {
        (str(card), "professional_card", ""),
        (str(unknown), "a_kind_of_later", "x"),
    }


async def test_whatever_stands_in_a_certificate_prometheus_reads_it(inventory):
    names = ['quo"te\\n', "back\\slash", "päivä", "x" * 500, "a{b}=c,d"]
    made = [str(await inventory.certificate(name)) for name in names]
    found = {label[0]: label[2] for label in (await read(inventory))[END]}
    assert [found[one] for one in made] == ['quo"te\\n', "back\\slash", "päivä", f"{'x' * 199}…", "a{b}=c,d"]


async def test_nobody_is_told_of_what_is_not_their_own(inventory, tenant, database, clock):
    own = await inventory.certificate(tenancy_id=tenant.tenancy.id)
    await inventory.certificate("other.example.org")
    await inventory.source("good")
    await inventory.amiss("server.old_still_served", "a")
    of_tenant = await read(inventory, someone(inventory.realm, tenant.tenancy.id))
    assert {label[0] for label in of_tenant[END]} == {str(own)}
    assert (of_tenant["certificate_source_certificates"], of_tenant["certificate_findings_open"]) == ({}, {})
    stranger = await read(inventory, await a_realm(database, clock, 2100000))
    assert [values for values in stranger.values() if values] == [{(): 0}]


def test_a_later_page_repeats_no_heading():
    assert figures.ends([], first=False) == b""
    assert figures.ends([], first=True).startswith(b"# HELP certificate_not_after_timestamp_seconds ")


async def test_more_than_a_page_is_told_whole_and_once(inventory, monkeypatch):
    monkeypatch.setattr(store, "LONGEST_PAGE", 2)
    made = {str(await inventory.certificate(f"s{number}", not_after=NOON_OF_MAY_3)) for number in range(5)}
    assert {label[0] for label in (await read(inventory))[END]} == made
