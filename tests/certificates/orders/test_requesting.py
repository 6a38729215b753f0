"""A key is made on the operator's own machine, as the profile allows, and is seen nowhere but in its file."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from kanta_tenancy.assembly.command_line import kanta_tenancy
from kanta_tenancy.assembly.outcomes import told
from kanta_tenancy.machinery.x509 import requests

DVV = ("--profile", "dvv-server", "--organisation", "Esimerkkiklinikka Oy", "--key", "rsa-2048")
NAMED = ("--dns", "palvelin.example.org")


def request(*arguments: object) -> tuple[int, str]:
    """Return the exit code of `certificates request`, and all that it said."""
    words = ["certificates", "request", *map(str, arguments)]
    result = CliRunner().invoke(kanta_tenancy, words)
    if result.exception is None or isinstance(result.exception, SystemExit):
        return result.exit_code, result.output
    outcome, sentence = told(result.exception)
    return int(outcome), result.output + sentence


def files(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_key_and_its_request_are_made(tmp_path):
    code, said = request(*DVV, *NAMED, "--unit", "Ensihoito", "--out", tmp_path / "palvelin")
    assert (code, files(tmp_path)) == (0, ["palvelin.csr", "palvelin.key"])
    assert stat.S_IMODE((tmp_path / "palvelin.key").stat().st_mode) == 0o600
    read = requests.read((tmp_path / "palvelin.csr").read_bytes())
    key = load_pem_private_key((tmp_path / "palvelin.key").read_bytes(), None)
    assert key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == read.public_key
    assert read.said.subject == "CN=palvelin.example.org,OU=Ensihoito,O=Esimerkkiklinikka Oy,C=FI"
    assert (read.said.key, read.said.extended_usages) == ("RSA-2048", ("server_auth",))
    for told_of in (read.said.key_sha256, "palvelin.example.org", "it stays on this machine", "unverified"):
        assert told_of in said


def test_openssl_verifies_the_request(tmp_path):
    request("--profile", "rfc5280", *NAMED, "--out", tmp_path / "www")
    asked = ["openssl", "req", "-in", tmp_path / "www.csr", "-noout", "-verify"]
    told_by = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert "verify OK" in told_by.stdout + told_by.stderr


@pytest.mark.parametrize("as_json", [False, True])
def test_the_key_is_neither_shown_nor_in_the_request(tmp_path, as_json):
    code, said = request(*DVV, *NAMED, "--out", tmp_path / "one", *(["--json"] if as_json else []))
    assert code == 0
    pem = (tmp_path / "one.key").read_text()
    numbers = load_pem_private_key(pem.encode(), None).private_numbers()
    everything = said + (tmp_path / "one.csr").read_text()
    for secret in [*pem.splitlines()[1:-1], *(f"{one:x}" for one in (numbers.p, numbers.q, numbers.d))]:
        assert secret not in everything
    raw = requests.read((tmp_path / "one.csr").read_bytes()).der
    for number in (numbers.p, numbers.q, numbers.d):
        assert number.to_bytes((number.bit_length() + 7) // 8, "big") not in raw


def test_programs_are_told_in_json(tmp_path):
    _, said = request("--profile", "rfc5280", *NAMED, "--out", tmp_path / "one", "--json")
    made = json.loads(said)
    assert (made["key_file"], made["request_file"]) == (str(tmp_path / "one.key"), str(tmp_path / "one.csr"))
    assert (made["said"]["key"], made["findings"]) == ("EC P-256", [])


@pytest.mark.parametrize("ending", ["key", "csr"])
@pytest.mark.parametrize("link", [False, True])
def test_what_is_there_is_never_written_over(tmp_path, ending, link):
    there = tmp_path / f"one.{ending}"
    if link:
        there.symlink_to(tmp_path / "elsewhere")
    else:
        there.write_text("kept")
    code, said = request("--profile", "rfc5280", *NAMED, "--out", tmp_path / "one")
    assert (code, files(tmp_path)) == (5, [f"one.{ending}"])
    assert "never written over" in said
    assert link or there.read_text() == "kept"


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((*DVV[:-1], "ec-p256", *NAMED), "dvv-server allows rsa-2048, rsa-4096"),
        ((*DVV[:-1], "rsa-3072", *NAMED), "dvv-server allows rsa-2048, rsa-4096"),
        ((*DVV, "--common-name", "palvelin"), "no domain name among its alternative names"),
        ((*DVV, "--common-name", "palvelin", "--ip", "192.0.2.1"), "It names IP addresses only"),
        (("--profile", "dvv-server", *NAMED), "organisation: DVV issues it to an organisation"),
        (("--profile", "rfc5280"), "say for whom the certificate is"),
        (("--profile", "rfc5280", "--dns", "ei nimi"), "dns: 'ei nimi' is no name of a host"),
        (("--profile", "rfc5280", *NAMED, "--ip", "300.1.1.1"), "ip: "),
        (("--profile", "rfc5280", *NAMED, "--country", "Suomi"), "a country is two letters"),
        (("--profile", "rfc5280", *NAMED, "--organisation", "x" * 65), "64 are allowed"),
        (("--profile", "rfc5280", *NAMED, "--unit", "a\u202eb"), "cannot be seen"),
    ],
)
def test_what_the_issuer_would_not_take_is_not_made(tmp_path, arguments, why):
    code, said = request(*arguments, "--out", tmp_path / "one")
    assert (code, files(tmp_path)) == (5, [])
    assert why in said


def test_names_in_other_scripts_are_asked_for_as_dns_has_them(tmp_path):
    request("--profile", "rfc5280", "--dns", "päivä.example", "--dns", "*.example.org", "--out", tmp_path / "one")
    names = requests.read((tmp_path / "one.csr").read_bytes()).said.names
    assert [one.value for one in names] == ["xn--piv-qlac.example", "*.example.org"]


def test_a_name_too_long_for_the_subject_stands_among_the_alternative_ones_alone(tmp_path):
    long = "a" * 40 + "." + "b" * 40 + ".example.org"
    code, _ = request("--profile", "rfc5280", "--dns", long, "--out", tmp_path / "one")
    read = requests.read((tmp_path / "one.csr").read_bytes())
    assert (code, read.said.subject, [one.value for one in read.said.names]) == (0, "C=FI", [long])


def test_a_system_signature_needs_no_domain_and_a_key_can_have_a_password(tmp_path):
    password = tmp_path / "password.txt"
    password.write_text("salasana\n")
    code, _ = request(
        "--profile", "dvv-system-signature", "--organisation", "Oy", "--common-name", "Oy", "--key", "rsa-2048",
        "--key-password-file", password, "--out", tmp_path / "seal",
    )  # fmt: skip
    assert code == 0
    assert load_pem_private_key((tmp_path / "seal.key").read_bytes(), b"salasana").key_size == 2048
    password.write_text("\n")
    code, said = request(*DVV, *NAMED, "--key-password-file", password, "--out", tmp_path / "other")
    assert (code, "is empty" in said) == (2, True)


def test_a_folder_that_is_not_there_is_told_and_nothing_is_made(tmp_path):
    code, said = request("--profile", "rfc5280", *NAMED, "--out", tmp_path / "none" / "one")
    assert (code, "one.key" in said, files(tmp_path)) == (2, True, [])


def test_no_database_no_network_and_no_web_server_are_loaded(tmp_path):
    program = (
        "import sys; from kanta_tenancy.certificates.orders.requesting_cli import request;"
        f"request(['--profile', 'rfc5280', '--dns', 'a.example', '--out', {str(tmp_path / 'one')!r}],"
        " standalone_mode=False);"
        "print(sorted({'asyncpg', 'httptools', 'litestar'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"
