import json
import os
import pty
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy.assembly.documents_cli import documents
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.sample_authority import (
    Revoked,
    Signer,
    chain_pem,
    issue,
    key_pem,
    lists_pem,
    pkcs12_file,
    revocation_list,
)
from tests.conftest import FrozenClock
from tests.machinery.ooxml.signing.documents import (
    AUTHORITY,
    FIRST_LINE,
    LISTS,
    NOW,
    SECOND_LINE,
    START,
    credential,
    document,
    entries,
    replaced,
)

SPOKEN = "sala sänä"


def run(*arguments: object, at=NOW) -> Result:
    result = CliRunner().invoke(documents, [str(argument) for argument in arguments], obj=FrozenClock(at))
    assert result.exit_code != 1, result.output
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plain.docx").write_bytes(document(FIRST_LINE, SECOND_LINE))
    (tmp_path / "ca.pem").write_bytes(chain_pem(AUTHORITY.root))
    (tmp_path / "ca.crl").write_bytes(lists_pem(LISTS))
    for name in ("aino", "eino"):
        keep(tmp_path, name, credential(name.title()))
    return tmp_path


def keep(folder: Path, name: str, signer: Credential, password: str | None = None) -> None:
    secret = None if password is None else password.encode()
    (folder / f"{name}.pem").write_bytes(chain_pem(*signer.chain))
    (folder / f"{name}.key").write_bytes(key_pem(signer, secret))
    (folder / f"{name}.p12").write_bytes(pkcs12_file(signer, secret))


def sign(folder: Path, file: str, out: str, *more: object, by: str = "aino", at=NOW) -> Result:
    keys = ("--certificate", folder / f"{by}.pem", "--key", folder / f"{by}.key")
    return run("sign", folder / file, *keys, "--out", folder / out, *more, at=at)


def verify(folder: Path, file: str, *more: object, at=NOW) -> Result:
    return run("verify", folder / file, *more, at=at)


def test_two_parties_sign_and_the_document_is_valid_for_whoever_trusts_the_authority(folder: Path):
    first = sign(folder, "plain.docx", "one.docx", "--signature-line", 1, "--comments", "Sovittu & hyväksytty")
    second = sign(folder, "one.docx", "both.docx", "--signature-line", 2, by="eino")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.stdout == f"{folder / 'one.docx'}: signed by Aino (EC P-256), on the signature line of Signatory 1.\n"
    told = verify(folder, "both.docx", "--trust", folder / "ca.pem", "--crl", folder / "ca.crl", "--json")
    report = json.loads(told.stdout)
    assert (told.exit_code, report["verdict"], report["reasons"], report["uncovered"]) == (0, "valid", [], [])
    assert [one["signer"] for one in report["signatures"]] == [
        "CN=Aino,O=Apteekki Oy,C=FI",
        "CN=Eino,O=Apteekki Oy,C=FI",
    ]
    assert set(report["signatures"][0]) == {
        *("signer", "integrity", "coverage", "certificate", "trust", "revocation", "algorithms", "time"),
        *("signed_at", "proved_at", "proved_by", "indication", "sub_indication", "sentence"),
    }


def test_without_anybody_to_trust_a_sound_signature_is_indeterminate(folder: Path):
    sign(folder, "plain.docx", "one.docx")
    told = verify(folder, "one.docx")
    assert told.exit_code == 4
    assert told.stdout.startswith("indeterminate: 1 signature\n")
    assert json.loads(verify(folder, "one.docx", "--json").stdout)["verdict"] == "indeterminate"


@pytest.mark.parametrize("content", [b"", b"no document", document(FIRST_LINE)], ids=["empty", "noise", "unsigned"])
def test_what_is_unsigned_or_unreadable_is_invalid(folder: Path, content: bytes):
    (folder / "x.docx").write_bytes(content)
    assert verify(folder, "x.docx", "--trust", folder / "ca.pem").exit_code == 3
    told = verify(folder, "x.docx", "--json")
    assert (told.exit_code, json.loads(told.stdout)["verdict"]) == (3, "invalid")


def test_a_changed_document_is_invalid_and_cannot_be_signed_further(folder: Path):
    sign(folder, "plain.docx", "one.docx")
    changed = replaced((folder / "one.docx").read_bytes(), "word/document.xml", b"agree", b"differ")
    (folder / "changed.docx").write_bytes(changed)
    assert verify(folder, "changed.docx", "--trust", folder / "ca.pem").exit_code == 3
    refused = sign(folder, "changed.docx", "two.docx", by="eino")
    assert refused.exit_code == 3
    assert "(rule R5, /word/document.xml)" in refused.stderr
    assert not (folder / "two.docx").exists()


def test_one_may_trust_several_files(folder: Path):
    (folder / "other.pem").write_bytes(chain_pem(AUTHORITY.issuing.certificate))
    sign(folder, "plain.docx", "one.docx")
    trust = ("--trust", folder / "other.pem", "--trust", folder / "ca.pem", "--crl", folder / "ca.crl")
    assert verify(folder, "one.docx", *trust).exit_code == 0


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no `-----BEGIN CERTIFICATE-----` is in the file"),
        (b"\x30\x82\x01\x00", "the file is binary"),
        (key_pem(credential()), "private key"),
        (b"x" * 70_000, "at most 65536 bytes"),
    ],
)
def test_a_file_to_trust_that_is_no_certificate_is_wrong_usage(folder: Path, content: bytes, why: str):
    (folder / "odd.pem").write_bytes(content)
    told = verify(folder, "plain.docx", "--trust", folder / "odd.pem")
    assert told.exit_code == 2
    assert why in told.stderr
    assert told.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("verify",),
        ("verify", "missing.docx"),
        ("verify", "."),
        ("verify", "plain.docx", "--trust", "missing.pem"),
        ("verify", "plain.docx", "--unknown"),
        ("sign", "missing.docx", "--certificate", "aino.pem", "--key", "aino.key", "--out", "out.docx"),
        ("sign", "plain.docx", "--certificate", "aino.pem", "--key", "aino.key"),
        ("sign", "plain.docx", "--certificate", "aino.pem", "--out", "out.docx"),
        ("sign", "plain.docx", "--out", "out.docx"),
        ("sign", "plain.docx", "--certificate", "aino.pem", "--pkcs12", "aino.p12", "--out", "out.docx"),
        ("sign", "plain.docx", "--certificate", "eino.pem", "--key", "aino.key", "--out", "out.docx"),
        ("sign", "plain.docx", "--certificate", "aino.key", "--key", "aino.key", "--out", "out.docx"),
        ("sign", "plain.docx", "--pkcs12", "plain.docx", "--out", "out.docx"),
        ("sign", "plain.docx", "--pkcs12", "aino.p12", "--out", "no/such/folder/out.docx"),
        ("sign", "plain.docx", "--pkcs12", "aino.p12", "--out", "out.docx", "--signature-line", "0"),
        ("sign", "plain.docx", "--pkcs12", "aino.p12", "--out", "out.docx", "--signature-line", "3"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence_and_exits_with_2(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
):
    monkeypatch.chdir(folder)
    told = run(*arguments)
    assert told.exit_code == 2
    assert told.stderr
    assert not list(folder.glob("**/out.docx"))


def test_a_signature_line_that_is_not_there_is_told_with_those_that_are(folder: Path):
    told = sign(folder, "plain.docx", "out.docx", "--signature-line", 3)
    assert "2 signature lines: 1. Signatory 1; 2. Signatory 2" in told.stderr


def test_an_expired_certificate_is_refused(folder: Path):
    refused = sign(folder, "plain.docx", "out.docx", at=START + timedelta(days=5000))
    assert refused.exit_code == 3
    assert "expired on 2028-01-01" in refused.stderr
    assert not (folder / "out.docx").exists()


def test_a_line_that_is_signed_already_is_refused(folder: Path):
    sign(folder, "plain.docx", "one.docx", "--signature-line", 1)
    refused = sign(folder, "one.docx", "two.docx", "--signature-line", 1, by="eino")
    assert refused.exit_code == 3
    assert "signed already" in refused.stderr


def test_comments_that_are_too_long_are_refused(folder: Path):
    assert sign(folder, "plain.docx", "out.docx", "--comments", "x" * 256).exit_code == 3


def test_an_existing_file_is_overwritten_only_by_force(folder: Path):
    (folder / "out.docx").write_bytes(b"precious")
    refused = sign(folder, "plain.docx", "out.docx")
    assert (refused.exit_code, (folder / "out.docx").read_bytes()) == (2, b"precious")
    assert "--force" in refused.stderr
    assert sign(folder, "plain.docx", "out.docx", "--force").exit_code == 0
    assert "_xmlsignatures/sig1.xml" in entries((folder / "out.docx").read_bytes())


def test_a_document_can_be_signed_in_its_place_and_nothing_else_is_left(folder: Path):
    before = {path.name for path in folder.iterdir()}
    assert sign(folder, "plain.docx", "plain.docx", "--force").exit_code == 0
    assert {path.name for path in folder.iterdir()} == before


@pytest.mark.parametrize("line_end", ["", "\n", "\r\n", "\nsecond line"])
def test_a_password_comes_from_the_first_line_of_a_file(folder: Path, line_end: str):
    keep(folder, "maija", credential("Maija", KeyKind.RSA_2048), SPOKEN)
    (folder / "password").write_bytes((SPOKEN + line_end).encode())
    given = ("--password-file", folder / "password")
    assert sign(folder, "plain.docx", "pem.docx", *given, by="maija").exit_code == 0
    container = ("--pkcs12", folder / "maija.p12", "--out", folder / "p12.docx")
    assert run("sign", folder / "plain.docx", *container, *given).exit_code == 0


def test_a_wrong_password_is_wrong_usage_and_not_repeated(folder: Path):
    keep(folder, "maija", credential("Maija"), SPOKEN)
    (folder / "password").write_text("canary")
    told = sign(folder, "plain.docx", "out.docx", "--password-file", folder / "password", by="maija")
    assert told.exit_code == 2
    assert "password" in told.stderr
    assert "canary" not in told.output


def test_where_nobody_can_be_asked_a_password_must_come_from_a_file(folder: Path):
    keep(folder, "maija", credential("Maija"), SPOKEN)
    told = sign(folder, "plain.docx", "out.docx", by="maija")
    assert told.exit_code == 2
    assert "--password-file" in told.stderr


def at_a_terminal(folder: Path, typed: str) -> tuple[int, str]:
    """Run `documents sign` with a terminal for its input; return the exit code and what the terminal echoed."""
    ours, theirs = pty.openpty()
    script = "from kanta_tenancy.assembly.documents_cli import documents; documents()"
    container = ("--pkcs12", folder / "maija.p12", "--out", folder / "out.docx")
    command = [sys.executable, "-c", script, "sign", folder / "plain.docx", *container]
    with subprocess.Popen(
        [str(each) for each in command], stdin=theirs, stdout=theirs, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stderr is not None
        asked = process.stderr.read(len("Password"))
        os.write(ours, f"{typed}\n".encode())
        told = asked + process.stderr.read()
        code = process.wait(30)
    os.close(theirs)
    seen = os.read(ours, 1000).decode()
    os.close(ours)
    return code, told.decode() + seen


def test_a_password_is_asked_for_at_a_terminal_without_echo(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(Path(__file__).parents[2])
    # The program's own clock is at work here.
    maija = issue(AUTHORITY, Signer(name="Maija", organisation="Apteekki Oy"), at=SystemClock().now())
    keep(folder, "maija", maija, "canary")
    code, told = at_a_terminal(folder, "canary")
    assert (code, "Password of the key" in told, "canary" in told) == (0, True, False)
    assert (folder / "out.docx").exists()


def test_a_report_can_be_printed_whatever_the_terminal_knows(folder: Path):
    keep(folder, "odd", credential("Äijä 漢\u202e\x1b[2J"))
    sign(folder, "plain.docx", "one.docx", by="odd")
    told = verify(folder, "one.docx")
    assert told.exit_code == 4
    assert "\x1b" not in told.stdout
    assert "Äijä 漢" in told.stdout


@pytest.mark.parametrize("command", ["sign", "verify"])
def test_help_shows_examples_and_exit_codes(command: str):
    told = run(command, "--help").stdout
    assert f"kanta-tenancy documents {command} " in told
    assert "Exit codes:" in told


ABOUT_ASKING = (
    "warning: the certificate does not say where to ask whether it is revoked: who verifies needs a list by hand"
)


def revoking(folder: Path, *revoked: Revoked, at=NOW) -> Path:
    made = revocation_list(AUTHORITY.issuing, at=at, revoked=revoked)
    (folder / "issuing.crl").write_bytes(made.public_bytes(Encoding.DER))
    return folder / "issuing.crl"


def test_what_others_may_doubt_is_told_before_it_is_signed_and_it_is_signed_all_the_same(folder: Path):
    for_documents = (x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")]), False)
    narrow = issue(AUTHORITY, Signer(name="Aino", organisation="Oy"), at=START, extensions=[for_documents])
    keep(folder, "narrow", narrow)
    told = sign(folder, "plain.docx", "one.docx", by="narrow")
    assert told.exit_code == 0
    assert told.stderr.splitlines() == [
        "warning: LibreOffice shows a certificate as untrusted whose extended key usage has neither e-mail protection "
        "nor client authentication.",
        f"{ABOUT_ASKING}.",
    ]
    assert "warning" not in told.stdout


def test_a_certificate_that_is_known_to_be_revoked_does_not_sign(folder: Path):
    aino = x509.load_pem_x509_certificates((folder / "aino.pem").read_bytes())[0]
    gone = Revoked(certificate=aino, at=NOW - timedelta(days=1))
    told = sign(folder, "plain.docx", "one.docx", "--crl", revoking(folder, gone))
    assert (told.exit_code, "the certificate is revoked: the revocation list" in told.stderr) == (3, True), told.stderr
    assert "rule R11" in told.stderr
    assert not (folder / "one.docx").exists()


def test_neither_does_one_whose_issuer_is_revoked(folder: Path):
    top = revocation_list(
        AUTHORITY.top, at=NOW, revoked=[Revoked(certificate=AUTHORITY.issuing.certificate, at=NOW - timedelta(days=1))]
    )
    (folder / "top.crl").write_bytes(top.public_bytes(Encoding.DER))
    lists = ("--crl", revoking(folder), "--crl", folder / "top.crl")
    assert sign(folder, "plain.docx", "one.docx", *lists).exit_code == 0  # nobody can tell that it is the root's list
    (folder / "one.docx").unlink()
    told = sign(folder, "plain.docx", "one.docx", *lists, "--issuer", folder / "ca.pem")
    assert (told.exit_code, "an issuer's certificate is revoked" in told.stderr) == (3, True), told.stderr


def test_a_list_that_tells_nothing_of_the_certificate_is_told_and_does_not_stop_it(folder: Path):
    old = sign(folder, "plain.docx", "one.docx", "--crl", revoking(folder, at=START), at=NOW + timedelta(days=300))
    assert old.exit_code == 0
    assert "warning: whether the certificate is revoked is not known: the revocation list of 2026-01-01" in old.stderr
    good = ("--crl", folder / "ca.crl", "--issuer", folder / "ca.pem", "--force")
    assert sign(folder, "plain.docx", "one.docx", *good, at=START).stderr == f"{ABOUT_ASKING}.\n"
