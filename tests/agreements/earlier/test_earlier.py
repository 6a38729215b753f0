"""Agreements that were signed before this system: one by one, and from a file."""

import json
from datetime import UTC, date, datetime

import asyncpg
import msgspec
import pytest

from kanta_tenancy.agreements.earlier import actions as earlier
from kanta_tenancy.agreements.earlier.imports.examining import examine
from kanta_tenancy.agreements.earlier.imports.importing import Imported, import_agreements
from kanta_tenancy.agreements.earlier.imports.reading import read
from kanta_tenancy.agreements.endings.errors import OccurrenceRefused
from kanta_tenancy.agreements.errors import AnotherAgreement, MoveNotAllowed
from kanta_tenancy.agreements.exhibits import reading
from kanta_tenancy.agreements.exhibits.errors import ExhibitNotFound
from kanta_tenancy.agreements.model import Agreement, Earlier, Form, Origin, Party, Status
from kanta_tenancy.assembly import promised
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.resources import folder
from kanta_tenancy.parties import ImportRefused
from tests.agreements.annex.test_amending import amended
from tests.agreements.conftest import Desk
from tests.agreements.endings.test_notices import a_notice, given, promises
from tests.desk import ADesk

TODAY = date(2026, 3, 2)
EXAMPLE = (folder("examples") / "agreements.csv").read_bytes()
GOOD = {
    "in_force_on": "2019-03-01",
    "version": "1.3",
    "form": "paper",
    "language": "fi",
    "services": "prescription patient_data",
}


def an_earlier(**said: object) -> Earlier:
    return Earlier(
        **{
            "in_force_on": date(2019, 3, 1),
            "model_version": "1.3",
            "form": Form.PAPER,
            "language": Language.FINNISH,
            "services": ("prescription",),
        }
        | said
    )


async def brought(desk: Desk, **said: object) -> Agreement:
    async with desk.database.transaction(desk.main_connector) as tx:
        return await earlier.bring_in(tx, desk.clock, tenancy_id=desk.tenant.tenancy.id, said=an_earlier(**said))


async def imported(desk: Desk, rows: object, **how: bool) -> Imported:
    content = rows if isinstance(rows, bytes) else json.dumps(rows).encode()
    async with desk.database.transaction(desk.main_connector) as tx:
        return await import_agreements(tx, desk.clock, content, **{"dry_run": False, "accept_good_rows": False} | how)


class TestOne:
    async def test_it_is_in_force_from_its_day_and_both_see_it(self, desk):
        agreement = await brought(desk)
        assert await desk.read(agreement) == agreement
        assert (agreement.status, agreement.origin, agreement.model_version) == (
            Status.IN_FORCE, Origin.IMPORTED, "1.3",
        )  # fmt: skip
        assert agreement.in_force_from == datetime(2019, 2, 28, 22, tzinfo=UTC)
        assert agreement.reference.startswith("2019-")
        assert await desk.services_on(date(2019, 2, 28)) == ()
        assert await desk.services_on(date(2019, 3, 1)) == ("prescription",)

    async def test_it_is_amended_ended_and_replaced_as_others_are(self, desk, database):
        first = await brought(desk)
        await amended(desk, first, "imaging", on=date(2026, 3, 10))
        assert await desk.services_on(date(2026, 3, 10)) == ("imaging",)
        await given(desk, first, a_notice())
        ending = await desk.read(first)
        assert any("check it" in step.en for step in ending.end_explanation.steps)
        desk.clock.advance(days=3)
        second = await desk.in_force()
        assert (await desk.read(first)).end_source == second.id
        assert await promised.pay(database, desk.clock) == 0

    @pytest.mark.parametrize(
        ("said", "fields"),
        [
            ({"in_force_on": date(2026, 3, 3)}, ["in_force_on"]),
            ({"in_force_on": date(2009, 12, 31)}, ["in_force_on"]),
            ({"services": ()}, ["services"]),
            ({"services": ("mykanta",)}, ["services[0]"]),
            ({"model_version": " "}, ["version"]),
        ],
    )
    async def test_what_cannot_be_names_the_field(self, desk, said, fields):
        with pytest.raises(OccurrenceRefused) as refused:
            await brought(desk, **said)
        assert [flaw.field for flaw in refused.value.flaws] == fields

    async def test_a_tenancy_with_an_agreement_in_force_gets_no_other(self, desk):
        await desk.in_force()
        with pytest.raises(AnotherAgreement):
            await brought(desk)

    async def test_a_reference_is_taken_once(self, desk):
        agreement = await desk.offered()
        with pytest.raises(OccurrenceRefused, match="reference"):
            await brought(desk, reference=agreement.reference)

    async def test_its_scan_is_added_once_and_a_known_end_stays_promised(self, desk, database):
        agreement = await brought(desk)
        await given(desk, agreement, a_notice())
        ending = await desk.read(agreement)
        scan = await desk.exhibit(Party.MAIN_CONNECTOR)
        for again in (False, True):
            async with database.transaction(desk.main_connector) as tx:
                show = {"agreement_id": agreement.id, "version": 3 if again else 2, "exhibit_id": scan.id}
                if again:
                    with pytest.raises(MoveNotAllowed):
                        await earlier.show(tx, desk.clock, **show)
                else:
                    await earlier.show(tx, desk.clock, **show)
        async with database.transaction(desk.tenant.caller) as tx:
            assert (await reading.exhibit(tx, scan.id)).id == scan.id
        assert sorted(state for state, _ in await promises(desk, agreement)) == ["owed", "released"]
        desk.clock.at = ending.in_force_until
        assert await promised.pay(database, desk.clock) == 1
        assert (await desk.read(agreement)).status is Status.ENDED

    async def test_a_file_that_is_not_there_shows_nothing(self, desk):
        with pytest.raises(ExhibitNotFound):
            await brought(desk, exhibit_id=new_id())

    async def test_what_was_brought_in_is_never_edited(self, desk, owner):
        await brought(desk)
        with pytest.raises(asyncpg.RaiseError, match="frozen"):
            await owner.execute("UPDATE agreement SET model_version = '2'")


class TestFile:
    async def test_all_of_it_and_once_more_without_effect(self, desk):
        other = await desk.another_tenant(1100000)
        rows = [
            {"business_id": desk.tenant.organisation.business_id, **GOOD, "reference": "S-1"},
            {"business_id": other.organisation.business_id, **GOOD, "services": ["imaging"], "form": "file"},
        ]
        assert await imported(desk, rows, dry_run=True) == Imported(
            changed=False, agreements=2, already_there=0, bad_rows=()
        )
        assert (await imported(desk, rows)).changed
        assert await imported(desk, rows) == Imported(changed=True, agreements=0, already_there=2, bad_rows=())
        assert await desk.services_on(date(2020, 1, 1)) == ("prescription", "patient_data")

    async def test_while_a_row_is_bad_nothing_is_taken_unless_the_good_ones_are_accepted(self, desk):
        rows = [
            {"business_id": desk.tenant.organisation.business_id, **GOOD},
            {"business_id": "0246246-0", **GOOD},
        ]
        refused = await imported(desk, rows)
        assert (refused.changed, refused.agreements) == (False, 1)
        assert [(row.row, row.field) for row in refused.bad_rows] == [(2, "business_id")]
        assert (await imported(desk, rows, accept_good_rows=True)).changed

    async def test_what_the_realm_knows_otherwise_is_a_bad_row(self, desk):
        await desk.in_force()
        own = desk.tenant.organisation.business_id
        other = await desk.another_tenant(1100000)
        twice = {"business_id": other.organisation.business_id, **GOOD}
        found = await imported(desk, [{"business_id": own, **GOOD}, twice, twice])
        assert [row.reason.split(" ", 2)[:2] for row in found.bad_rows] == [
            ["the", "tenant"], ["the", "file"], ["the", "file"],
        ]  # fmt: skip

    def test_the_example_is_good(self):
        rows, bad = read(EXAMPLE)
        assert bad == []
        for row in rows:
            good, flaws = examine(row, TODAY)
            assert (good is not None, flaws) == (True, [])

    def test_every_flaw_of_a_row_is_told_with_its_line_and_field(self):
        text = "business_id,in_force_on,version,form,language,services\n1,31.2.2019,,stone,de,mykanta\n"
        (row,), _ = read(text.encode())
        good, flaws = examine(row, TODAY)
        assert good is None
        assert {(flaw.line, flaw.field) for flaw in flaws} == {
            (2, field) for field in ("business_id", "in_force_on", "version", "form", "language", "services[0]")
        }

    @pytest.mark.parametrize(
        "content",
        [b"", b"\xff", b"[1", b"name;x\n1;2", b"business_id;business_id\n", b'business_id\n"x'],
    )
    def test_what_is_no_such_file_is_refused(self, content):
        with pytest.raises(ImportRefused):
            read(content)

    @pytest.mark.parametrize(
        ("piece", "field"),
        [
            ("1", ""),
            ('["a"]', ""),
            ('{"business_id": 1}', "business_id"),
            ('{"stranger": "x"}', "stranger"),
            ('{"form": "paper", "form": "file"}', "form"),
        ],
    )
    def test_an_object_that_says_something_odd_is_a_bad_row(self, piece, field):
        rows, bad = read(f"[\n{piece}]".encode())
        assert (rows, [(row.line, row.row, row.field) for row in bad]) == ([], [(2, 1, field)])


async def test_the_command_reports_bad_rows_and_ends_with_five(desk, database_url, clock, tmp_path):
    typist = ADesk(database_url, clock)
    file = tmp_path / "agreements.json"
    own = desk.tenant.organisation.business_id
    file.write_text(json.dumps([{"business_id": own, **GOOD}, {"business_id": "1", **GOOD, "form": "stone"}]))
    refused = await typist.type("agreements", "import", file)
    assert refused.code == 5
    assert "line 1, agreement 2, form: bad: one of paper, file is expected" in refused.output
    assert refused.output.splitlines()[-1] == "Nothing was changed. Good rows: 1 agreements; 0 were there already."
    taken = await typist.type("agreements", "import", file, "--accept-good-rows", "--json")
    assert (taken.code, msgspec.json.decode(taken.output)["agreements"]) == (5, 1)
    again = await typist.type("agreements", "import", file, "--dry-run")
    assert again.output.splitlines()[-1] == "Would be taken: 0 agreements; 1 were there already."
