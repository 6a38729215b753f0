"""Signing with a key that the program never meets: openssl and pkcs11-tool make the value."""

import json
from base64 import b64decode
from datetime import timedelta
from pathlib import Path
from subprocess import run as run_other

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy.assembly.documents_cli import documents
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.sample_authority import Revoked, chain_pem, key_pem, lists_pem, revocation_list
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
    replaced,
)
from tests.softhsm import SoftHsm

AINO = credential("Aino")
DIGESTS = {KeyKind.RSA_2048: "-sha256", KeyKind.EC_P256: "-sha256", KeyKind.EC_P384: "-sha384"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plain.docx").write_bytes(document(FIRST_LINE, SECOND_LINE))
    (tmp_path / "ca.pem").write_bytes(chain_pem(AUTHORITY.root))
    (tmp_path / "ca.crl").write_bytes(lists_pem(LISTS))
    keep(tmp_path, AINO)
    return tmp_path


def keep(folder: Path, signer) -> None:
    (folder / "chain.pem").write_bytes(chain_pem(*reversed(signer.chain)))  # in any order
    (folder / "key.pem").write_bytes(key_pem(signer))


def run(*arguments: str, at=NOW) -> Result:
    result = CliRunner().invoke(documents, arguments, obj=FrozenClock(at))
    assert result.exit_code != 1, result.output
    assert "Traceback" not in result.output
    return result


def prepare(*more: str, file: str = "plain.docx", at=NOW) -> Result:
    out = ("--out", "to-sign", "--octets", "octets", "--force")
    return run("prepare", file, "--certificate", "chain.pem", *out, *more, at=at)


def openssl(digest: str = "-sha256") -> None:
    run_other(["openssl", "dgst", digest, "-sign", "key.pem", "-out", "value", "octets"], check=True)


def complete(*more: str, file: str = "plain.docx", at=NOW) -> Result:
    return run("complete", file, "to-sign", "value", "--out", "signed.docx", *more, at=at)


def verdict() -> str:
    return json.loads(run("verify", "signed.docx", "--trust", "ca.pem", "--crl", "ca.crl", "--json").stdout)["verdict"]


@pytest.mark.parametrize("kind", DIGESTS)
def test_openssl_signs_the_octets_that_are_handed_out(folder: Path, kind: KeyKind):
    keep(folder, credential("Aino", kind))
    prepared = prepare("--signature-line", "2", "--comments", "Sovittu", "--expires", "30m")
    openssl(DIGESTS[kind])
    completed = complete(at=NOW + timedelta(minutes=29))
    assert (prepared.exit_code, completed.exit_code, verdict()) == (0, 0, "valid")
    assert "until 2026-03-02 10:00:15 UTC, on the signature line of Signatory 2." in prepared.stdout
    assert completed.stdout.startswith("signed.docx: signed by Aino (")


def test_the_octets_are_also_in_the_json(folder: Path):
    prepare()
    assert b64decode(json.loads(Path("to-sign").read_bytes())["octets"]) == Path("octets").read_bytes()


@pytest.mark.parametrize(
    ("kind", "mechanism", "form"),
    [
        (KeyKind.EC_P256, "ECDSA", "digest"),
        (KeyKind.EC_P384, "ECDSA", "digest"),
        (KeyKind.RSA_2048, "RSA-PKCS", "digest_info"),
        (KeyKind.RSA_2048, "SHA256-RSA-PKCS", "octets"),
    ],
)
def test_a_device_that_signs_digests_makes_a_value_that_completes(
    folder: Path, softhsm: SoftHsm, kind: KeyKind, mechanism: str, form: str
):
    signer, token = credential("Aino", kind), softhsm.token()
    token.put(signer, "aino", "01")
    keep(folder, signer)
    prepare("--signature-line", "1")
    Path("form").write_bytes(b64decode(json.loads(Path("to-sign").read_bytes())[form]))
    token.tool("--sign", "--mechanism", mechanism, "--id", "01", "--input-file", "form", "--output-file", "value")
    assert (complete().exit_code, verdict()) == (0, "valid")


def refused(why: str, *more: str, file: str = "plain.docx", at=NOW) -> None:
    told = complete(*more, file=file, at=at)
    assert (told.exit_code, why in told.stderr) == (3, True), told.stderr
    assert told.stderr.startswith(f"{file}: ")
    assert not Path("signed.docx").exists()


def test_after_its_time_nothing_is_completed(folder: Path):
    prepare()
    openssl()
    refused(
        "it could be completed until 2026-03-02 10:30:15 UTC; prepare the document again", at=NOW + timedelta(hours=1)
    )


def test_a_value_does_not_sign_what_is_signed_already_or_another_document(folder: Path):
    prepare()
    openssl()
    complete()
    Path("signed.docx").rename("once.docx")
    Path("other.docx").write_bytes(replaced(document(FIRST_LINE), "word/document.xml", b"agree", b"differ"))
    refused("not the very one that was prepared", file="once.docx")
    refused("not the very one that was prepared", file="other.docx")


@pytest.mark.parametrize("cut", [0, 1, 40])
def test_a_value_that_was_cut_off_is_refused(folder: Path, cut: int):
    prepare()
    openssl()
    Path("value").write_bytes(Path("value").read_bytes()[:cut])
    refused("did not make this signature value")


def test_a_value_of_another_key_or_of_an_earlier_preparation_is_refused(folder: Path):
    prepare()
    openssl()
    prepare(at=NOW + timedelta(seconds=1))
    refused("did not make this signature value", at=NOW + timedelta(seconds=2))
    Path("key.pem").write_bytes(key_pem(credential("Eino")))
    openssl()
    refused("did not make this signature value", at=NOW + timedelta(seconds=2))


def test_what_may_not_be_signed_is_not_handed_out(folder: Path):
    told = prepare(at=START + timedelta(days=5000))
    assert (told.exit_code, "expired on 2028-01-01" in told.stderr) == (3, True)
    Path("odd.docx").write_bytes(b"no document")
    assert prepare(file="odd.docx").exit_code == 3
    assert not Path("to-sign").exists()
    assert not Path("octets").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("prepare", "plain.docx", "--out", "new"),
        ("prepare", "missing.docx", "--certificate", "chain.pem", "--out", "new"),
        ("prepare", "plain.docx", "--certificate", "chain.pem"),
        ("prepare", "plain.docx", "--certificate", "key.pem", "--out", "new"),
        ("prepare", "plain.docx", "--certificate", "chain.pem", "--out", "new", "--signature-line", "3"),
        ("prepare", "plain.docx", "--certificate", "chain.pem", "--out", "new", "--octets", "plain.docx"),
        *(
            ("prepare", "plain.docx", "--certificate", "chain.pem", "--out", "new", "--expires", odd)
            for odd in ("0m", "25h", "1d", "1", "m", "-1h", "99999h", "1 h", "\u0661h")
        ),
        ("complete", "plain.docx", "to-sign", "--out", "new"),
        ("complete", "plain.docx", "to-sign", "missing", "--out", "new"),
        ("complete", "plain.docx", "plain.docx", "octets", "--out", "new"),
        ("complete", "plain.docx", "to-sign", "octets", "--out", "plain.docx"),
        ("complete", "plain.docx", "to-sign", "octets"),
    ],
)
def test_wrong_usage_is_told_in_a_sentence_and_exits_with_2(folder: Path, arguments: tuple[str, ...]):
    prepare()
    told = run(*arguments)
    assert (told.exit_code, told.stderr != "") == (2, True)
    assert not Path("new").exists()


@pytest.mark.parametrize("command", ["prepare", "complete"])
def test_help_shows_an_example_and_exit_codes(command: str):
    told = run(command, "--help").stdout
    assert f"kanta-tenancy documents {command} " in told
    assert "Exit codes:" in told


def test_nothing_is_handed_out_for_a_revoked_certificate_and_none_that_was_revoked_since_completes(folder: Path):
    assert prepare().exit_code == 0
    openssl()
    gone = Revoked(certificate=AINO.certificate, at=NOW)
    made = revocation_list(AUTHORITY.issuing, at=NOW, revoked=[gone])
    Path("gone.crl").write_bytes(made.public_bytes(Encoding.DER))
    refused("the certificate is revoked", "--crl", "gone.crl")
    assert not Path("signed.docx").exists()
    Path("to-sign").unlink()
    told = prepare("--crl", "gone.crl")
    assert (told.exit_code, "the certificate is revoked" in told.stderr) == (3, True)
    assert not Path("to-sign").exists()


def test_what_others_may_doubt_is_told_when_it_is_handed_out(folder: Path):
    assert prepare().stderr.startswith("warning: the certificate does not say where to ask")
