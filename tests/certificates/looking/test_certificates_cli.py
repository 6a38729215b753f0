"""`certificates inspect` and `certificates lint`: what an operator reads, and what a script goes by."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from kanta_tenancy.certificates.cli import certificates
from kanta_tenancy.certificates.looking.gathering import Entry
from kanta_tenancy.certificates.looking.telling import heading
from tests.certificates.looking.servers import NOW, START, YEAR, inspected, pem, rsa_key, server
from tests.conftest import FrozenClock
from tests.desk import ADesk
from tests.machinery.x509.authorities import authority

EXPIRED = server(start=START - YEAR, lasts=YEAR, common_name="old.example")
KEY = rsa_key(2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.pem").write_bytes(pem(server()))
    return tmp_path


def run(*arguments: str | Path, at: datetime = NOW, stdin: str = "") -> Result:
    desk = ADesk("", FrozenClock(at))
    return CliRunner().invoke(certificates, [str(one) for one in arguments], obj=desk, input=stdin)


def test_a_certificate_is_told_with_its_zone_and_the_days_that_are_left(folder):
    told = run("inspect", folder / "good.pem")
    assert told.exit_code == 0
    assert "2026-01-01 00:00 UTC to 2027-01-01 00:00 UTC (214 days left)" in told.stdout
    assert "server.example" in told.stdout


@pytest.mark.parametrize(
    ("before_the_end", "words", "code"),
    [
        (timedelta(days=1), "(1 day left)", 0),
        (timedelta(0), "(0 days left)", 0),
        (timedelta(seconds=-1), "(EXPIRED 0 days ago)", 3),
        (timedelta(days=-2), "(EXPIRED 2 days ago)", 3),
        (YEAR + timedelta(days=1), "not valid yet", 0),
    ],
)
def test_the_exit_code_tells_that_one_has_expired(folder, before_the_end, words, code):
    told = run("inspect", folder, at=START + YEAR - before_the_end)
    assert (told.exit_code, words in told.stdout) == (code, True)


def test_the_same_certificate_in_two_places_is_told_once(folder):
    (folder / "again").mkdir()
    (folder / "again" / "copy.pem").write_bytes(pem(server(), EXPIRED))
    (folder / "again" / "good.pem").write_bytes((folder / "good.pem").read_bytes())
    told = json.loads(run("inspect", folder, "--json").stdout)["certificates"]
    places = [one["places"] for one in told if one["common_name"] == "server.example"]
    assert [str(folder / "good.pem") + ", certificate 1", f"{folder}/again/good.pem, certificate 1"] in places


@pytest.mark.parametrize("name", ["cut.der", "cut.pem"])
def test_one_that_cannot_be_read_is_told_with_why(folder, name):
    whole = server().public_bytes(Encoding.DER if name.endswith("der") else Encoding.PEM)
    (folder / name).write_bytes(whole[:200] + (b"\n-----END CERTIFICATE-----\n" if name.endswith("pem") else b""))
    told = run("inspect", folder)
    assert told.exit_code == 4
    assert name in told.output


def test_an_expired_one_weighs_more_than_an_unreadable_one(folder):
    (folder / "old.pem").write_bytes(pem(EXPIRED))
    (folder / "cut.der").write_bytes(server().public_bytes(Encoding.DER)[:200])
    assert run("inspect", folder).exit_code == 3


def test_a_file_of_another_kind_beside_certificates_is_told_and_does_no_harm(folder):
    (folder / "README").write_text("which certificate is whose")
    told = run("inspect", folder)
    assert told.exit_code == 0
    assert "README: it is neither" in told.stderr


def test_where_there_is_no_certificate_nothing_is_well(tmp_path):
    (tmp_path / "README").write_text("which certificate is whose")
    assert run("inspect", tmp_path).exit_code == 4


def test_a_private_key_is_told_by_the_name_of_its_file_and_nothing_of_it_is_shown(folder):
    (folder / "server.key").write_bytes(KEY)
    told = run("inspect", folder, "--json")
    assert "server.key: there is a private key in it, which was not kept." in told.stderr
    assert json.loads(told.stdout)["keys"] == [str(folder / "server.key")]
    assert [line for line in KEY.decode().splitlines() if len(line) > 30 and line in told.output] == []


def test_a_container_opens_with_the_password_of_a_file(folder):
    closed = BestAvailableEncryption(b"secret")
    container = pkcs12.serialize_key_and_certificates(None, rsa_key(2048), server(), None, closed)
    (folder / "good.pem").unlink()
    (folder / "a.p12").write_bytes(container)
    (folder / "password").write_text("secret\n")
    told = run("inspect", folder / "a.p12", "--password-file", folder / "password")
    assert (told.exit_code, "server.example" in told.stdout) == (0, True)
    assert run("inspect", folder / "a.p12").exit_code == 4
    asked = run("inspect", folder / "a.p12", "--ask-password", stdin="secret\n")
    assert (asked.exit_code, asked.stdout) == (0, told.stdout)
    assert "secret" not in asked.stderr
    both = run("inspect", folder / "a.p12", "--ask-password", "--password-file", folder / "password")
    assert both.exit_code == 2


def test_a_certificate_without_a_common_name_or_an_end_is_told_as_any_other(folder):
    never = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    (folder / "good.pem").write_bytes(pem(server(lasts=never - START)))
    told = run("inspect", folder)
    assert told.exit_code == 0
    assert "9999-12-31 23:59 UTC" in told.stdout
    assert "Its validity has no end" in told.stdout


def test_a_path_that_is_not_there_is_wrong_usage(tmp_path):
    assert run("inspect", tmp_path / "nothing").exit_code == 2


def test_lint_finds_nothing_in_a_certificate_that_keeps_its_profile(folder):
    told = run("lint", folder, "--profile", "dvv-server")
    assert (told.exit_code, "nothing found" in told.stdout) == (0, True)


def test_lint_tells_rule_source_and_that_it_is_unverified(folder):
    (folder / "good.pem").write_bytes(pem(server(lasts=2 * YEAR)))
    told = run("lint", folder, "--profile", "dvv-server")
    assert told.exit_code == 3
    assert "ERROR" in told.stdout
    assert "dvv.server.validity; dvv.fi" in told.stdout
    assert "unverified: excerpt" in told.stdout


def test_a_warning_alone_is_no_error(folder):
    (folder / "good.pem").write_bytes(pem(server(key=rsa_key(3072))))
    told = run("lint", folder, "--profile", "dvv-system-signature", "--json")
    (only,) = json.loads(told.stdout)["certificates"]
    assert [one["severity"] for one in only["findings"]] == ["warning"]
    assert told.exit_code == 0


def test_lint_of_a_profile_that_is_not_there_is_wrong_usage(folder):
    assert run("lint", folder, "--profile", "nobody").exit_code == 2


def test_a_name_cannot_command_the_terminal(folder):
    (folder / "good.pem").write_bytes(pem(server(common_name="a\x1b[2Jb\u202ec")))
    told = run("inspect", folder)
    assert "a [2Jb c" in told.stdout
    assert {"\x1b", "\u202e"}.isdisjoint(told.stdout)


def test_an_authority_in_the_file_is_held_against_rfc_5280_alone_and_the_output_says_so(folder):
    root = authority().root
    (folder / "good.pem").write_bytes(pem(server(), root))
    told = run("lint", folder, "--profile", "dvv-server")
    assert told.exit_code == 0
    assert "server.example, held against dvv-server" in told.stdout
    assert "Test Root, held against rfc5280" in told.stdout


def test_one_without_a_common_name_is_called_by_its_names_else_its_subject():
    told = inspected(server(common_name="a"))
    bare = msgspec.structs.replace(told, common_name=None)
    assert heading(Entry(certificate=bare, places=())) == "server.example"
    assert heading(Entry(certificate=msgspec.structs.replace(bare, names=()), places=())) == told.subject
