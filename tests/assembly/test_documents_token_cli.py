"""`documents sign` with a key in a token."""

import os
import pty
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kanta_tenancy.assembly.documents_cli import documents
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.sample_authority import Signer, chain_pem, found, issue, lists_pem
from tests.conftest import FrozenClock
from tests.machinery.ooxml.signing.documents import AUTHORITY, FIRST_LINE, LISTS, NOW, credential, document
from tests.softhsm import MODULE, SoftHsm, Token

ROOT = Path(__file__).parents[2]


@pytest.fixture
def token(softhsm: SoftHsm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Token:
    monkeypatch.chdir(tmp_path)
    Path("plain.docx").write_bytes(document(FIRST_LINE))
    Path("ca.pem").write_bytes(chain_pem(AUTHORITY.root))
    Path("ca.crl").write_bytes(lists_pem(LISTS))
    token = softhsm.token()
    Path("pin").write_text(f"{token.pin}\n")
    return token


def run(*arguments: str, at=NOW) -> Result:
    result = CliRunner().invoke(documents, arguments, obj=FrozenClock(at))
    assert result.exit_code != 1, result.output
    assert "Traceback" not in result.output
    return result


def sign(token: Token, *more: str, pin: str = "pin") -> Result:
    where = ("--pkcs11-module", MODULE, "--token", token.label, "--pin-file", pin)
    return run("sign", "plain.docx", *where, "--out", "signed.docx", *more)


@pytest.mark.parametrize("kind", [KeyKind.RSA_2048, KeyKind.EC_P384])
def test_a_document_is_signed_and_valid(token: Token, kind: KeyKind):
    token.put(credential("Aino", kind), "aino", "01")
    told = sign(token, "--signature-line", "1")
    assert told.exit_code == 0
    assert told.stderr.startswith("warning: the certificate does not say where to ask")  # and nothing of the token
    assert told.stderr.count("\n") == 1
    assert told.stdout.startswith("signed.docx: signed by Aino (")
    assert run("verify", "signed.docx", "--trust", "ca.pem", "--crl", "ca.crl").exit_code == 0


def test_of_several_keys_one_is_named_and_its_certificates_may_be_in_a_file(token: Token):
    token.put(credential("Aino"), "aino", "01")
    eino = credential("Eino")
    token.put(eino, "eino", "02", certificates=False)
    Path("eino.pem").write_bytes(chain_pem(*eino.chain))
    assert "name one by its label or id" in sign(token).stderr
    for named in (("--key-label", "eino"), ("--key-id", "02")):
        told = sign(token, *named, "--certificate", "eino.pem", "--force")
        assert (told.exit_code, "signed by Eino" in told.stdout) == (0, True), told.stderr


def unusable(why: str, told: Result) -> None:
    assert (told.exit_code, why in told.stderr) == (2, True), told.stderr
    assert not Path("signed.docx").exists()


def test_a_wrong_pin_is_wrong_usage_and_not_repeated(token: Token):
    token.put(credential("Aino"), "aino", "01")
    Path("wrong").write_text("271828")
    told = sign(token, pin="wrong")
    unusable("does not take the PIN", told)
    assert "271828" not in told.output


def test_a_token_without_the_key_and_one_that_is_out_are_wrong_usage(token: Token, softhsm: SoftHsm):
    unusable("has no such key that signs", sign(token))
    softhsm.take_out()
    unusable(f"the token {token.label} is not there", sign(token))


def test_a_certificate_of_another_key_is_wrong_usage(token: Token):
    token.put(credential("Aino"), "aino", "01")
    Path("eino.pem").write_bytes(chain_pem(*credential("Eino").chain))
    unusable("does not belong to the certificate", sign(token, "--certificate", "eino.pem"))


def test_where_nobody_can_be_asked_a_pin_must_come_from_a_file(token: Token):
    token.put(credential("Aino"), "aino", "01")
    unusable(
        "asks for its PIN; give the PIN with --pin-file",
        run("sign", "plain.docx", "--pkcs11-module", MODULE, "--token", token.label, "--out", "signed.docx"),
    )


@pytest.mark.parametrize(
    "more",
    [
        ("--key", "plain.docx"),
        ("--pkcs12", "plain.docx"),
        ("--password-file", "pin"),
        ("--key-id", "0x01"),
        ("--pkcs11-module", "plain.docx"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(token: Token, more: tuple[str, str]):
    token.put(credential("Aino"), "aino", "01")
    unusable("", sign(token, *more))


@pytest.mark.parametrize("more", [("--token", "x"), ("--key-label", "x"), ("--key-id", "01"), ("--pin-file", "pin")])
def test_what_is_said_of_a_token_needs_its_driver(token: Token, more: tuple[str, str]):
    unusable("--pkcs11-module", run("sign", "plain.docx", *more, "--pkcs12", "ca.pem", "--out", "signed.docx"))


def test_a_pin_is_asked_for_at_a_terminal_without_echo(token: Token, softhsm: SoftHsm):
    now = SystemClock().now()  # the program's own clock is at work here
    authority = found("Terminal", at=now - timedelta(days=1))
    token.put(issue(authority, Signer(name="Aino", organisation="Oy"), at=now - timedelta(hours=1)), "aino", "01")
    ours, theirs = pty.openpty()
    script = "from kanta_tenancy.assembly.documents_cli import documents; documents()"
    where = ("--pkcs11-module", MODULE, "--token", token.label, "--out", "signed.docx")
    with subprocess.Popen(
        [sys.executable, "-c", script, "sign", "plain.docx", *where],
        stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, start_new_session=True,
        env=os.environ | softhsm.environment | {"PYTHONPATH": str(ROOT)},
    ) as process:  # fmt: skip
        asked = process.stderr.read(len("PIN of the token"))
        os.write(ours, f"{token.pin}\n".encode())
        asked += process.stderr.read()
        code = process.wait(30)
    os.close(theirs)
    seen = os.read(ours, 1000)
    os.close(ours)
    assert (code, asked.startswith(b"PIN of the token"), token.pin.encode() in asked + seen) == (0, True, False)
    assert Path("signed.docx").exists()
