"""Trust at the command line: from files, with fingerprints, for one main connector of several."""

import json
import uuid

import pytest

from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.trust import watch
from tests.desk import ADesk
from tests.machinery.x509.authorities import NOW
from tests.parties.examples import a_realm
from tests.trust.examples import ISSUING, OTHER, ROOT, SIGNER, an_authority, der, fingerprints, pem
from tests.trust.test_refreshing import PATH, Authorities, pay


@pytest.fixture
def desk(database_url, clock) -> ADesk:
    return ADesk(database_url, clock)


@pytest.fixture
def files(tmp_path):
    (tmp_path / "chain.pem").write_bytes(pem(ROOT, ISSUING))
    (tmp_path / "other.cer").write_bytes(der(OTHER.root))
    (tmp_path / "signer.pem").write_bytes(pem(SIGNER.certificate))
    (tmp_path / "signer.p12").write_bytes(sample_authority.pkcs12_file(SIGNER))
    return tmp_path


def rows(text: str) -> list[list[str]]:
    return [line.split("\t") for line in text.splitlines()]


@pytest.mark.usefixtures("realm")
async def test_certificates_are_loaded_listed_and_removed(desk, clock, files):
    ended = await desk.type("trust", "anchors", "load", files / "chain.pem", files / "other.cer")
    assert (ended.code, ended.errors) == (0, "")
    assert [(row[0], row[2], row[4]) for row in rows(ended.output)] == [
        ("new", digits, name)
        for digits, name in zip(
            fingerprints([ROOT, ISSUING, OTHER.root]),
            ["Luottamus Root", "Luottamus Issuing", "Toinen Root"],
            strict=True,
        )
    ]
    again = await desk.type("trust", "anchors", "load", "--kind", "signatures", "-", stdin=der(ROOT))
    assert [row[0] for row in rows(again.output)] == ["kept"]
    await desk.type("trust", "anchors", "load", "--kind", "timestamps", files / "other.cer")
    listed = rows((await desk.type("trust", "anchors", "list")).output)
    assert [row[0] for row in listed] == ["timestamps", *["signatures"] * 3]
    clock.advance(days=1)
    root = rows(ended.output)[0][1]
    gone = await desk.type("trust", "anchors", "remove", root, "--reason", "Compromised")
    assert gone.output == f"Removed: Luottamus Root, sha256 {fingerprints([ROOT])[0]}.\n"
    assert len(rows((await desk.type("trust", "anchors", "list", "--kind", "signatures")).output)) == 2
    assert len(rows((await desk.type("trust", "anchors", "list", "--day", "2026-03-02")).output)) == 4
    removed = rows((await desk.type("trust", "anchors", "list", "--removed", "--kind", "signatures")).output)
    assert [row[1] for row in removed] == ["kept", "kept", "2026-03-03T12:00:00Z"]
    (as_json,) = [
        one
        for one in json.loads((await desk.type("trust", "anchors", "list", "--removed", "--json")).output)
        if one["standing"] == "removed"
    ]
    assert (as_json["removed_by"], as_json["removed_because"]) == ("tester", "Compromised")


@pytest.mark.usefixtures("realm")
async def test_what_cannot_be_trusted_ends_with_5_and_nothing_is_kept(desk, files):
    for name, why in (("signer.p12", "private key"), ("signer.pem", "neither an authority nor self-signed")):
        ended = await desk.type("trust", "anchors", "load", files / "chain.pem", files / name)
        assert (ended.code, why in ended.errors) == (5, True), ended.errors
    assert (await desk.type("trust", "anchors", "load", files / "nothing.pem")).code == 2
    assert (await desk.type("trust", "anchors", "remove", uuid.uuid4(), "--reason", "x")).code == 5
    assert (await desk.type("trust", "anchors", "list")).output == ""


@pytest.mark.usefixtures("realm")
async def test_a_doubt_is_told_of_on_standard_error(desk, clock, tmp_path):
    (tmp_path / "old.pem").write_bytes(pem(an_authority(name="Old CA", lasts=clock.now() - ROOT.not_valid_before_utc)))
    ended = await desk.type("trust", "anchors", "load", tmp_path / "old.pem", "--json")
    assert json.loads(ended.output)["items"][0]["anchor"]["doubts"] == ["expires_soon"]
    clock.advance(days=1)
    ended = await desk.type("trust", "anchors", "load", tmp_path / "old.pem")
    assert (ended.code, ended.errors) == (0, "Old CA: expired.\n")


@pytest.mark.usefixtures("realm")
async def test_the_policy_is_shown_and_decided(desk, clock):
    assert rows((await desk.type("trust", "policy", "show")).output) == [["0", "-", "B", "best_effort", "-", "-"]]
    tsa = ("--authority", "Aikaleima Oy", "https://tsa.example.org/", "--authority", "Toinen", "https://two.example/")
    ended = await desk.type(
        "trust", "policy", "decide", "--level", "LT", "--obligation", "required", "--fresh-for", 24, *tsa
    )
    line = ["1", "2026-03-02T12:00:00Z", "LT", "required", "24", "https://tsa.example.org/ https://two.example/"]
    assert (ended.code, rows(ended.output)) == (0, [line])
    clock.advance(days=1)
    assert (await desk.type("trust", "policy", "decide", "--level", "T")).code == 5
    await desk.type("trust", "policy", "decide", "--level", "B")
    versions = rows((await desk.type("trust", "policy", "show", "--versions")).output)
    assert [row[0] for row in versions] == ["2", "1"]
    (now,) = json.loads((await desk.type("trust", "policy", "show", "--json")).output)
    assert (now["version"], now["decided_by"]) == (2, "tester")


async def test_kept_revocation_data_and_for_whom_it_is_kept_are_listed(desk, database, clock, realm):
    clock.at = NOW
    async with database.transaction(realm) as tx:
        await watch(tx, PATH, at=NOW)
    (watched,) = rows((await desk.type("trust", "revocation", "watched")).output)
    assert (watched[0], watched[1], watched[4:]) == ("-", "-", ["Aino", "-"])
    await pay(database, clock, Authorities(clock))
    listed = rows((await desk.type("trust", "revocation", "list")).output)
    made = ["2026-06-01T12:00:00Z", "2026-06-08T12:00:00Z", "2026-06-01T12:00:00Z"]
    assert sorted((row[0], row[1:4], row[5], row[6]) for row in listed) == [
        ("crl", made, "Test Issuing", "-"),
        ("crl", made, "Test Root", "-"),
    ]
    (watched,) = rows((await desk.type("trust", "revocation", "watched")).output)
    assert (watched[0], watched[1], watched[2]) == ("good", "2026-06-01T12:00:00Z", fingerprints(PATH)[0])
    assert len(json.loads((await desk.type("trust", "revocation", "list", "--json")).output)) == 2
    assert json.loads((await desk.type("trust", "revocation", "watched", "--json")).output)[0]["standing"] == "good"


async def test_of_several_main_connectors_one_is_named(desk, database, clock, realm, files):
    await a_realm(database, clock, 2100000)
    load = ("trust", "anchors", "load", files / "chain.pem")
    assert "say which main connector" in (await desk.type(*load)).errors
    assert (await desk.type(*load, "--main-connector", "2000000-8")).code == 0
    assert (await desk.type("trust", "anchors", "list", "--main-connector", "2100000-9")).output == ""
    assert (await desk.type("trust", "policy", "show", "--main-connector", "1234567-1")).code == 5
