"""The seal and the checkpoints at the command line, from the first key to the second and to a file kept elsewhere."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from kanta_tenancy.machinery.sealing import jws
from kanta_tenancy.seals import Kind
from tests.desk import ADesk
from tests.parties.examples import a_realm, business_id
from tests.seals.examples import acted, every_certificate

MINE, THEIRS = business_id(2000000), business_id(2100000)


@pytest.fixture
def desk(database_url, clock, keys) -> ADesk:
    return ADesk(database_url, clock, seal_keys=keys)


async def begun(desk) -> None:
    assert (await desk.type("seals", "make-key", "--organisation", "Esimerkki Oy")).code == 0
    assert (await desk.type("seals", "take-over", "seal-1")).code == 0


async def test_from_the_first_key_to_the_second(desk, clock, keys, database):
    made = await desk.type("seals", "make-key", "--organisation", "Esimerkki Oy")
    assert (made.code, made.output) == (0, f"{keys.folder}/seal-1.pem\n")
    assert (await desk.type("seals", "list")).output == ""
    taken = await desk.type("seals", "take-over", "seal-1")
    first = (await every_certificate(database))[0]
    assert taken.output == f"Certificate 1 seals from 2026-03-02 12:00:00 UTC: {first.sha256}\n"
    await desk.type("seals", "make-key", "--organisation", "Esimerkki Oy", "--kind", "rsa-2048", "--name", "next")
    waits = await desk.type("seals", "take-over", "next", "--from", "2026-03-03T00:00:00")
    assert waits.code == 0
    assert [line.split("\t")[:2] for line in (await desk.type("seals", "list")).output.splitlines()] == [
        ["1", "seals"], ["2", "waits"],
    ]  # fmt: skip
    clock.advance(days=1)
    lines = [line.split("\t") for line in (await desk.type("seals", "list")).output.splitlines()]
    assert [line[:5] for line in lines] == [
        ["1", "sealed", "2026-03-02 12:00:00", "2031-03-01", "none"],
        ["2", "seals", "2026-03-03 00:00:00", "2031-03-01", "retired"],
    ]
    told = json.loads((await desk.type("seals", "list", "--json")).output)
    assert jws.unseal(told[1]["succession"], typ=Kind.SUCCESSION).certificate_sha256 == told[0]["sha256"]


async def test_a_key_that_is_compromised_is_followed_by_another(desk, clock, database):
    await begun(desk)
    clock.advance(days=1)
    await desk.type("seals", "make-key", "--organisation", "Esimerkki Oy")
    ended = await desk.type("seals", "take-over", "seal-2", "--predecessor", "compromised")
    assert (ended.code, "until when it was the service's alone" in ended.errors) == (5, True)
    until = "2026-03-02T18:00:00"
    arguments = ("seals", "take-over", "seal-2", "--predecessor", "compromised", "--trusted-until", until)
    assert (await desk.type(*arguments)).code == 0
    second = (await every_certificate(database))[1]
    assert second.predecessor_trusted_until == datetime(2026, 3, 2, 18, tzinfo=UTC)


async def test_a_request_for_an_authority_is_no_key_that_can_take_over_yet(desk, keys):
    made = await desk.type("seals", "make-key", "--organisation", "Esimerkki Oy", "--request")
    assert (made.code, made.output) == (0, f"{keys.folder}/seal-1.csr\n")
    ended = await desk.type("seals", "take-over", "seal-1")
    assert (ended.code, ended.errors) == (6, "the key seal-1 cannot be used: seal-1.pem cannot be read\n")


async def test_a_key_of_that_name_is_left_as_it_is(desk, keys):
    await begun(desk)
    before = (keys.folder / "seal-1.key").read_bytes()
    ended = await desk.type("seals", "make-key", "--organisation", "Esimerkki Oy", "--name", "seal-1")
    assert (ended.code, "give another --name" in ended.errors) == (5, True)
    assert (keys.folder / "seal-1.key").read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [("seals", "make-key", "--organisation", "X"), ("seals", "take-over", "seal-1"), ("journal", "checkpoint")],
)
async def test_without_a_folder_for_keys_the_command_says_what_to_set(database_url, clock, arguments):
    ended = await ADesk(database_url, clock).type(*arguments)
    assert (ended.code, "set KANTA_SEAL_KEYS" in ended.errors) == (6, True)


async def test_checkpoints_are_made_for_every_main_connector_or_for_one(desk, clock, database):
    await begun(desk)
    realm = await a_realm(database, clock)
    await a_realm(database, clock, 2100000)
    first = [line.split("\t")[:4] for line in (await desk.type("journal", "checkpoint")).output.splitlines()]
    assert first == [[MINE, "1", "1", "1"], [THEIRS, "1", "1", "1"]]
    await acted(database, clock, realm)
    again = [line.split("\t")[:4] for line in (await desk.type("journal", "checkpoint")).output.splitlines()]
    assert again == [[MINE, "2", "1", "1"], [THEIRS, "1", "1", "0"]]
    one = await desk.type("journal", "checkpoint", "--main-connector", THEIRS)
    assert [line.split("\t")[:2] for line in one.output.splitlines()] == [[THEIRS, "1"]]


async def test_a_file_that_was_kept_elsewhere_finds_what_the_database_forgot(desk, clock, database, owner, tmp_path):
    await begun(desk)
    realm = await a_realm(database, clock)
    await acted(database, clock, realm, count=5)
    file, earlier = tmp_path / "kept.json", tmp_path / "earlier.json"
    made = await desk.type("journal", "checkpoint", "--out", file)
    assert (made.code, made.output, made.errors.startswith(f"{MINE}\t1\t")) == (0, "", True)
    await acted(database, clock, realm, count=5)
    await desk.type("journal", "checkpoint")
    assert (await desk.type("journal", "checkpoint", "--out", earlier, "--number", 1)).code == 0
    assert file.read_bytes() == earlier.read_bytes()
    whole = await desk.type("journal", "verify", "--checkpoint", file)
    assert (whole.code, " 3 checkpoints in " in whole.output) == (0, True)
    chain = realm.scope.main_connector_id
    for statement in (
        "DELETE FROM journal_checkpoint_head",
        "DELETE FROM journal_checkpoint",
        "DELETE FROM journal_entry WHERE sequence > 2",
        "UPDATE journal_head SET (sequence, digest) = (SELECT 2, digest FROM journal_entry WHERE sequence = 2)",
    ):
        await owner.execute(statement)
    assert (await desk.type("journal", "verify")).code == 0
    found = await desk.type("journal", "verify", "--checkpoint", file)
    assert found.code == 3
    assert found.output.splitlines()[:2] == [
        f"main connector {MINE}, checkpoint 1, kept elsewhere: the database does not have it any more",
        f"main connector {MINE}, chain {chain}: entry 7 is not what checkpoint 1, kept elsewhere, saw, or is gone",
    ]


async def test_a_checkpoint_of_a_main_connector_that_is_not_there_is_a_break(desk, clock, database, owner, tmp_path):
    await begun(desk)
    await a_realm(database, clock)
    await a_realm(database, clock, 2100000)
    file = tmp_path / "kept.json"
    assert (await desk.type("journal", "checkpoint", "--out", file)).code == 5  # of two: say which
    await desk.type("journal", "checkpoint", "--main-connector", THEIRS, "--out", file)
    ended = await desk.type("journal", "verify", "--main-connector", MINE, "--checkpoint", file)
    assert (ended.code, "it is not among those that were verified" in ended.output) == (3, True)


async def test_a_certificate_that_was_put_in_behind_the_service_is_told(desk, owner):
    await begun(desk)
    await owner.execute("UPDATE seal_certificate SET takes_over_at = takes_over_at - interval '1 day'")
    ended = await desk.type("journal", "verify")
    sentence = "seal certificate 1: that it takes over was not sealed so"
    assert (ended.code, ended.output.splitlines()[0]) == (3, sentence)


async def test_a_file_that_is_none_is_refused_before_anything_is_read(desk, tmp_path):
    file = tmp_path / "kept.json"
    file.write_text("{}")
    assert (await desk.type("journal", "verify", "--checkpoint", file)).code == 5
    assert (await desk.type("journal", "verify", "--checkpoint", tmp_path / "none")).code == 2
    assert (await desk.type("journal", "checkpoint", "--number", "1")).code == 2


async def test_a_checkpoint_that_is_not_there_is_told(desk, clock, database, tmp_path):
    await begun(desk)
    await a_realm(database, clock)
    clock.at += timedelta(hours=1)
    ended = await desk.type("journal", "checkpoint", "--out", tmp_path / "kept.json", "--number", 7)
    assert (ended.code, ended.errors) == (5, "no checkpoint 7\n")
