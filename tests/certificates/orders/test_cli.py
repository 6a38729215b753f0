"""Orders at the command line, from the request on the operator's machine to the closed order."""

import json
import subprocess
from pathlib import Path

import pytest

from kanta_tenancy.machinery.x509 import requests
from tests.certificates.orders.examples import MARCH_2, a_request, issued
from tests.desk import ADesk
from tests.parties.examples import a_realm


@pytest.fixture
def desk(database_url, clock) -> ADesk:
    return ADesk(database_url, clock)


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "palvelin.csr"
    file.write_bytes(requests.pem(a_request()))
    return file


def lines(output: str) -> list[list[str]]:
    return [line.split("\t") for line in output.splitlines()]


async def test_an_order_goes_its_whole_way(desk, orders, file):
    old = await orders.read_certificate((await orders.taken(issued("old"))).new[0])
    recorded = await desk.type(
        "certificates", "orders", "record", file, "--profile", "dvv-server", "--replaces", old.id, "--reference", "D-1"
    )
    told = lines(recorded.output)
    assert [line[0] for line in told] == ["order", "request", "old", "step", "step", "step", "step"]
    order = told[0][1]
    assert told[0][2:] == ["ordered", MARCH_2.isoformat(), "dvv-server", told[0][-1]]
    assert told[2][1:3] == [str(old.id), old.serial]
    assert (told[3][1:4], told[3][4].endswith("(due day unverified)")) == (
        ["arrive", "open", "2026-03-09"],
        True,
    )
    await orders.came(issued())
    listed = await desk.type("certificates", "orders", "list", "--state", "arrived")
    assert [line[:5] for line in lines(listed.output)] == [[order, "arrived", "2026-03-02", "dvv-server", "D-1"]]
    assert (await desk.type("certificates", "orders", "list", "--state", "ordered")).output == ""
    deployed = await desk.type("certificates", "orders", "deployed", order)
    assert lines(deployed.output)[0][2] == "deployed"
    refused = await desk.type("certificates", "orders", "close", order)
    assert (refused.code, "revoke it with its issuer" in refused.errors) == (5, True)
    wrong = await desk.type(
        "certificates", "orders", "revoked", order, "--serial", "01", "--reason", "no_longer_needed"
    )
    assert (wrong.code, old.serial in wrong.errors) == (5, True)
    done = await desk.type(
        "certificates", "orders", "revoked", order, "--serial", old.serial, "--reason", "no_longer_needed"
    )
    assert lines(done.output)[0][2] == "old_revoked"
    closed = json.loads((await desk.type("certificates", "orders", "close", order, "--json")).output)
    assert (closed["state"], [step["standing"] for step in closed["checklist"]]) == ("closed", ["done"] * 4)
    assert json.loads((await desk.type("certificates", "orders", "list", "--json")).output)[0]["state"] == "closed"


async def test_what_is_made_here_is_put_down_here(desk, orders, tmp_path):
    made = await desk.type(
        "certificates", "request", "--profile", "rfc5280", "--dns", "a.example", "--out", tmp_path / "a"
    )
    assert made.code == 0
    recorded = await desk.type("certificates", "orders", "record", tmp_path / "a.csr", "--profile", "rfc5280")
    assert (recorded.code, lines(recorded.output)[1][1]) == (0, "EC P-256")
    key = await desk.type("certificates", "orders", "record", tmp_path / "a.key", "--profile", "rfc5280")
    assert (key.code, "a private key is no business" in key.errors) == (5, True)


async def test_an_order_comes_to_nothing(desk, orders, file):
    order = await orders.put_down(a_request(domains=()))
    shown = await desk.type("certificates", "orders", "show", order.id)
    assert [line[2] for line in lines(shown.output) if line[0] == "finding"] == ["dvv.server.dns_name"]
    cancelled = await desk.type("certificates", "orders", "cancel", order.id, "--reason", "Wrong name")
    assert lines(cancelled.output)[0][2] == "cancelled"
    assert (await desk.type("certificates", "orders", "deployed", order.id)).code == 5


async def test_a_certificate_that_was_there_is_named(desk, orders):
    certificate = (await orders.came(issued())).new[0]
    order = await orders.put_down()
    arrived = await desk.type("certificates", "orders", "arrived", order.id, certificate)
    assert ["certificate", str(certificate)] in lines(arrived.output)


async def test_of_several_main_connectors_one_is_named(desk, database, clock, orders):
    await a_realm(database, clock, 2100000)
    assert "say which main connector" in (await desk.type("certificates", "orders", "list")).errors
    assert (await desk.type("certificates", "orders", "list", "--main-connector", "2000000-8")).code == 0


async def test_what_openssl_issues_for_our_request_is_known_when_it_is_imported(desk, orders, tmp_path):
    made = await desk.type(
        "certificates", "request", "--profile", "dvv-server", "--key", "rsa-2048", "--organisation", "Klinikka Oy",
        "--dns", "palvelin.example.org", "--out", tmp_path / "palvelin",
    )  # fmt: skip
    assert made.code == 0
    recorded = await desk.type("certificates", "orders", "record", tmp_path / "palvelin.csr", "--profile", "dvv-server")
    order = lines(recorded.output)[0][1]
    authority = (
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        "ca.key",
        "-out",
        "ca.pem",
    )
    openssl(tmp_path, "req", "-x509", *authority, "-subj", "/CN=Test authority")
    openssl(
        tmp_path, "x509", "-req", "-in", "palvelin.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
        "-copy_extensions", "copy", "-days", "365", "-out", "palvelin.pem",
    )  # fmt: skip
    imported = await desk.type("certificates", "import", tmp_path / "palvelin.pem")
    assert imported.code == 0, imported.errors
    await orders.heard()
    shown = json.loads((await desk.type("certificates", "orders", "show", order, "--json")).output)
    assert (shown["state"], shown["checklist"][1]["standing"]) == ("arrived", "open")
    fits = openssl(tmp_path, "x509", "-in", "palvelin.pem", "-noout", "-pubkey")
    assert fits == openssl(tmp_path, "pkey", "-in", "palvelin.key", "-pubout")


def openssl(folder: Path, *arguments: str) -> bytes:
    return subprocess.run(["openssl", *arguments], cwd=folder, capture_output=True, check=True).stdout
