"""The inventory at the command line: imported, tried, imported again, interrupted; listed."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12

from kanta_tenancy.certificates.inventory import apart, importing, intake
from kanta_tenancy.certificates.inventory.examiner import ExaminerEnded
from kanta_tenancy.certificates.inventory.model import SourceKind, SourceNamed
from tests.certificates.inventory.examples import NOON, a_key, der, many
from tests.certificates.inventory.test_routes import pem
from tests.desk import ADesk


@pytest.fixture
def desk(database_url, clock, realm) -> ADesk:
    return ADesk(database_url, clock)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "ssl"
    made.mkdir()
    return made


async def imported(desk: ADesk, *arguments: object) -> tuple[int, dict]:
    ended = await desk.type("certificates", "import", "--json", *arguments)
    (done,) = json.loads(ended.output)
    return ended.code, {name: done[name] for name in ("changed", "new", "known", "ended", "before", "after")}


async def test_a_folder_is_tried_imported_and_imported_again(desk, folder, clock):
    one, two, three = many(3)
    (folder / "a.pem").write_bytes(pem(one, two))
    (folder / "b.cer").write_bytes(one)
    (folder / "notes.txt").write_text("not a certificate")
    tried = await imported(desk, folder, "--dry-run")
    assert tried == (0, {"changed": False, "new": 2, "known": 0, "ended": 0, "before": 0, "after": 2})
    assert (await desk.type("certificates", "list")).output == ""
    done = await imported(desk, folder)
    assert done == (0, {"changed": True, "new": 2, "known": 0, "ended": 0, "before": 0, "after": 2})
    again = await imported(desk, folder)
    assert again == (0, {"changed": True, "new": 0, "known": 2, "ended": 0, "before": 2, "after": 2})
    clock.advance(days=1)
    (folder / "a.pem").write_bytes(pem(three))
    changed = await imported(desk, folder)
    assert changed == (0, {"changed": True, "new": 1, "known": 1, "ended": 2, "before": 2, "after": 2})
    told = await desk.type("certificates", "import", folder)
    assert told.output == (f"{folder}: taken: 0 new, 2 known; 0 places ended; it had 2 certificates and has 2.\n")
    assert told.errors == f"{folder}/notes.txt: it is neither PEM, DER, PKCS#7, PKCS#12 nor a zip.\n"


async def test_each_path_is_a_source_unless_all_are_called_one(desk, folder, owner):
    for name, one in zip("ab", many(2), strict=True):
        (folder / f"{name}.pem").write_bytes(pem(one))
    await desk.type("certificates", "import", folder / "a.pem", folder / "b.pem")
    await desk.type("certificates", "import", folder / "a.pem", folder / "b.pem", "--source", "servers", "--every", 24)
    rows = await owner.fetch("SELECT name, certificates, read_every_hours FROM certificate_source ORDER BY name")
    assert [tuple(row) for row in rows] == [
        (f"{folder}/a.pem", 1, None), (f"{folder}/b.pem", 1, None), ("servers", 2, 24),
    ]  # fmt: skip


async def test_of_a_container_only_the_certificates_leave_the_machine(desk, folder, owner):
    key = a_key("secret")
    certificate = x509.load_der_x509_certificate(der(key="secret"))
    closed = pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, BestAvailableEncryption(b"salasana"))
    (folder / "system.p12").write_bytes(closed)
    shut = await desk.type("certificates", "import", folder / "system.p12")
    assert (shut.code, "does not open without a password" in shut.errors) == (4, True)
    (folder / "password").write_text("salasana\n")
    for options, stdin in ((["--password-file", folder / "password"], b""), (["--ask-password"], b"salasana\n")):
        opened = await desk.type("certificates", "import", folder / "system.p12", *options, stdin=stdin)
        assert (opened.code, "there is a private key in it, which was not kept" in opened.errors) == (0, True)
    assert await owner.fetchval("SELECT content FROM certificate") == certificate.public_bytes(Encoding.DER)


async def test_what_cannot_be_read_ends_nothing_and_is_told(desk, folder, owner):
    one, two = many(2)
    (folder / "a.pem").write_bytes(pem(one))
    (folder / "b.pem").write_bytes(pem(two))
    await desk.type("certificates", "import", folder, "--source", "servers")
    (folder / "b.pem").write_text("-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n")
    part = await desk.type("certificates", "import", folder, "--source", "servers")
    assert (part.code, part.output) == (
        4,
        "servers: taken: 0 new, 1 known; 0 places ended; it had 2 certificates and has 2."
        " It could not be read in whole, so nothing of it ended.\n",
    )
    for gone in (folder / "away", folder.parent / "empty"):
        (folder.parent / "empty").mkdir(exist_ok=True)
        away = await desk.type("certificates", "import", gone, "--source", "servers")
        assert (away.code, "it had 2 certificates and has 2" in away.output) == (4, True)
    assert await owner.fetchval("SELECT trouble FROM certificate_source") == "no certificate is there"
    assert await owner.fetchval("SELECT count(*) FROM certificate_place WHERE until IS NULL") == 2


async def test_an_import_that_is_interrupted_changed_nothing_and_is_repeated(inventory, folder, owner, monkeypatch):
    for number, one in enumerate(many(5)):
        (folder / f"{number}.pem").write_bytes(pem(one))
    gathered = importing.gather([folder], None, SourceNamed(kind=SourceKind.IMPORT, name="servers"))

    async def interrupted(batches):
        async for batch in intake.here(batches):
            yield batch[:3]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await inventory.took(gathered.arrivals, gathered.source, examine=interrupted)
    assert await owner.fetchval("SELECT count(*) FROM certificate") == 0
    assert await owner.fetchval("SELECT count(*) FROM certificate_source") == 0
    done = await importing.import_source(inventory.database, inventory.caller, inventory.clock, gathered, dry_run=False)
    assert (done.new, await owner.fetchval("SELECT count(*) FROM certificate")) == (5, 5)


async def test_many_are_examined_in_processes_and_come_to_the_same(inventory, folder):
    ders = many(40)
    monkey = [batch for start in range(0, 40, 9) for batch in [ders[start : start + 9]]]
    here = [one async for batch in intake.here(monkey) for one in batch]
    with apart.in_processes(2) as examine:
        elsewhere = [one async for batch in examine(monkey) for one in batch]
    assert elsewhere == here
    assert [one.content for one in here] == ders


async def test_an_examination_whose_processes_end_says_so_and_waits_for_nobody(monkeypatch):
    monkeypatch.setattr(apart, "_COMMAND", ("true",))
    with pytest.raises(ExaminerEnded), apart.in_processes(2) as examine:
        async for _ in examine([[one] for one in many(9)]):
            pass


async def test_list_tells_what_ends_soon(desk, folder):
    for name, days in (("late", 300), ("soon", 40), ("over", -3)):
        one = der(name, starts=NOON - timedelta(days=400), lasts=timedelta(days=400 + days))
        (folder / f"{name}.pem").write_bytes(pem(one))
    (folder / "broken.cer").write_bytes(der()[:-40])
    await desk.type("certificates", "import", folder)
    listed = await desk.type("certificates", "list", "--expiring", "60d")
    assert [line.split("\t")[:4] for line in listed.output.splitlines()] == [
        ["2026-02-27", "-3", "server", "over"],
        ["2026-04-11", "40", "server", "soon"],
    ]
    within = [
        (await desk.type("certificates", "list", "--expiring", f"{days}d")).output.count("soon") for days in (39, 40)
    ]
    assert within == [0, 1]
    assert len((await desk.type("certificates", "list")).output.splitlines()) == 4
    only = await desk.type("certificates", "list", "--kind", "other", "--json")
    assert [one["unreadable"] is not None for one in json.loads(only.output)] == [True]
    assert (await desk.type("certificates", "list", "--expiring", "soon")).code == 2
    assert (await desk.type("certificates", "list", "--system", "nothing")).code == 5
