"""A breach as a bundle: its entries, its documents, the journal about it, in one file that anybody can check."""

import json
from functools import partial

import pytest

from kanta_tenancy.breaches.actions import drawing_up, proving
from kanta_tenancy.breaches.errors import BreachNotFound
from kanta_tenancy.breaches.model import Addressee
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.proofs import bundle
from tests.breaches.desk import of_main_connector, of_tenant
from tests.desk import ADesk
from tests.proofs.cases import CaseOffice, amiss
from tests.seals.examples import a_folder, a_seal
from tests.timestamp_authority import TimestampAuthority


@pytest.fixture(scope="module")
def stamps(tmp_path_factory) -> TimestampAuthority:
    return TimestampAuthority(tmp_path_factory.mktemp("stamps"))


@pytest.fixture
def clock(clock):
    clock.at = SystemClock().now().replace(microsecond=0)  # that of the timestamp authority, which has no other
    return clock


@pytest.fixture
async def office(database, clock, realm, tmp_path, stamps) -> CaseOffice:
    keys = a_folder(tmp_path)
    await a_seal(database, keys, clock)
    return await CaseOffice(database, clock, realm, keys, stamps).trusting()


async def drawn(office, breach_id, by):
    async with office.database.transaction(by) as tx:
        said = {"to": Addressee.AUTHORITY, "language": Language.FINNISH}
        return await drawing_up.draw_up(tx, office.clock, office.keys, breach_id, **said)


def collect(breach_id):
    return partial(proving.collect, breach_id=breach_id)


async def test_it_holds_all_that_was_said_and_the_documents_and_is_valid(office, ours, clock, tenant):
    breach = (await ours.reported(of_main_connector(), found_at=clock.now())).breaches[0]
    await ours.documented(breach.id)
    asked = await ours.asked(breach.id, tenancy_id=tenant.tenancy.id)
    made = await drawn(office, breach.id, office.realm)
    await office.settle()
    content = (await office.made(collect(breach.id))).content
    found = await office.verified(content)
    assert (amiss(found), found.verdict, found.case) == ({}, Verdict.VALID, f"breach/{breach.id}")
    record = json.loads(bundle.read(content)["case.json"])["record"]
    whole = await ours.whole(breach.id)
    assert [one["number"] for one in record["entries"]] == [one.number for one in whole.entries]
    assert all(one["said_by"] and one["said_at"] for one in record["entries"])
    assert [one["asked"]["id"] for one in record["help"]] == [str(asked.id)]
    assert [one["sha256"] for one in record["documents"]] == [made.sha256]


async def test_a_tenants_bundle_is_of_its_own_register_and_chain(office, theirs, tenant, neighbour, clock):
    breach = (await theirs.reported(of_tenant(tenant.tenancy.id), found_at=clock.now())).breaches[0]
    await drawn(office, breach.id, tenant.caller)
    await office.settle()
    content = (await office.made(collect(breach.id), tenant.caller)).content
    assert amiss(await office.verified(content)) == {}
    files = bundle.read(content)
    assert json.loads(files["journal/slice_0.json"])["chain"] == str(tenant.tenancy.id)
    assert "journal/slice_1.json" not in files
    assert amiss(await office.verified((await office.made(collect(breach.id))).content)) == {}
    with pytest.raises(BreachNotFound):
        await office.made(collect(breach.id), neighbour.caller)


async def test_the_operator_writes_document_and_proof(office, ours, clock, database_url, tmp_path):
    breach = (await ours.reported(of_main_connector(), found_at=clock.now())).breaches[0]
    desk = ADesk(database_url, clock, seal_keys=office.keys)
    docx, proof = str(tmp_path / "notice.docx"), str(tmp_path / "proof.zip")
    refused = await desk.type("breaches", "document", str(breach.id), "--to", "persons", "--out", docx)
    assert refused.code == 5
    written = await desk.type(
        *("breaches", "document", str(breach.id), "--to", "authority", "--language", "sv", "--out", docx)
    )
    assert (written.code, written.output.startswith("Anmälan av en personuppgiftsincident")) == (0, True)
    await office.settle()
    assert (await desk.type("breaches", "proof", str(breach.id), "--out", proof)).code == 0
    shown = await desk.type("proof", "verify", proof)
    assert (shown.code, shown.output.startswith("indeterminate: breach ")) == (4, True)
