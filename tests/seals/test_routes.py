"""Checkpoints over HTTP: the main connector and its tenants see the same roots and prove their own chains."""

import base64

import pytest

from kanta_tenancy.machinery.sealing import jws, merkle
from kanta_tenancy.seals import Kind
from kanta_tenancy.seals.evidence import leaf_of
from tests.seals.examples import a_seal, acted, checkpointed


@pytest.fixture
async def made(database, keys, clock, both) -> None:
    """Three checkpoints of the realm over HTTP."""
    await a_seal(database, keys, clock)
    for _ in range(3):
        await acted(database, clock, both.caller, both.tenant.tenancy.id)
        await checkpointed(database, keys, clock, both.caller)


@pytest.mark.usefixtures("made")
async def test_checkpoints_are_listed_newest_first_page_by_page(both):
    for client in (both.main_connector, both.of_tenant):
        page = (await client.get("/v1/journal/checkpoints", params={"limit": 2})).json()
        rest = (await client.get(page["next"])).json()
        assert [one["number"] for one in page["items"] + rest["items"]] == [3, 2, 1]
        assert rest["next"] is None
        newest = page["items"][0]
        assert jws.unseal(newest["seal"], typ=Kind.CHECKPOINT).certificate_sha256 == newest["certificate"]


@pytest.mark.usefixtures("made")
async def test_a_tenant_proves_what_the_journal_shows_it(both):
    proof = (await both.of_tenant.get("/v1/journal/checkpoints/2/proof")).json()
    entries = (await both.of_tenant.get("/v1/journal", params={"limit": 200})).json()["items"]
    assert proof["chain"] == str(both.tenant.tenancy.id)
    entry = next(one for one in entries if one["sequence"] == proof["sequence"])
    assert entry["digest"] == proof["digest"]
    leaf = leaf_of(both.tenant.tenancy.id, proof["sequence"], bytes.fromhex(proof["digest"]))
    assert merkle.is_included(
        leaf,
        index=proof["position"],
        size=proof["checkpoint"]["size"],
        path=[bytes.fromhex(step) for step in proof["path"]],
        root=bytes.fromhex(proof["checkpoint"]["root"]),
    )


@pytest.mark.usefixtures("made")
async def test_a_main_connector_proves_its_own_chain_and_each_of_its_tenants(both):
    own = (await both.main_connector.get("/v1/journal/checkpoints/1/proof")).json()
    assert own["chain"] == str(both.caller.scope.main_connector_id)
    tenants = await both.main_connector.get(
        "/v1/journal/checkpoints/1/proof", params={"tenancy_id": str(both.tenant.tenancy.id)}
    )
    assert tenants.json() == (await both.of_tenant.get("/v1/journal/checkpoints/1/proof")).json()


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize("number", [0, 4, 2**31, 2**70])
async def test_a_checkpoint_that_is_not_there_is_refused(both, number):
    answer = await both.main_connector.get(f"/v1/journal/checkpoints/{number}/proof")
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/checkpoint-not-found")


@pytest.mark.usefixtures("made")
async def test_a_tenant_proves_no_other_chain(both):
    stranger = str(both.caller.scope.main_connector_id)
    answer = await both.of_tenant.get("/v1/journal/checkpoints/1/proof", params={"tenancy_id": stranger})
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/tenancy-not-found")


@pytest.mark.usefixtures("made")
async def test_the_certificates_of_the_seal_are_told_to_everybody(both):
    for client in (both.main_connector, both.of_tenant):
        [one] = (await client.get("/v1/seals")).json()["items"]
        assert (one["number"], one["predecessor_fate"]) == (1, "none")
        assert jws.fingerprint_of(base64.b64decode(one["chain"][0])) == one["sha256"]


async def test_an_instance_is_ready_as_long_as_it_can_seal(database, keys, clock, both):
    async def ready() -> int:
        return (await both.main_connector.get("/health/ready")).status_code

    assert await ready() == 200  # nobody has given the seal to a key yet
    await a_seal(database, keys, clock)
    assert await ready() == 200
    (keys.folder / "seal-1.key").unlink()
    assert await ready() == 503
