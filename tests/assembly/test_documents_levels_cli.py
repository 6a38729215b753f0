"""Signing to a level and upgrading, at the command line, with timestamp authorities on loopback."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kanta_tenancy.assembly.documents_cli import documents
from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.ooxml.levels import Level
from kanta_tenancy.machinery.ooxml.signing.levels import achieved_level, signature_parts
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.sample_authority import chain_pem, key_pem
from tests.machinery.ooxml.signing.documents import (
    AUTHORITY,
    FIRST_LINE,
    SECOND_LINE,
    credential,
    document,
    entries,
    replaced,
)
from tests.machinery.outgoing.receivers import answer
from tests.machinery.timestamping.authorities import authority, stamping
from tests.timestamp_authority import TimestampAuthority


@pytest.fixture(scope="module")
def stamps(tmp_path_factory: pytest.TempPathFactory) -> TimestampAuthority:
    return TimestampAuthority(tmp_path_factory.mktemp("stamps"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "plain.docx").write_bytes(document(FIRST_LINE, SECOND_LINE))
    for name in ("aino", "eino"):
        keep(tmp_path, name, credential(name.title()))
    return tmp_path


def keep(folder: Path, name: str, signer: Credential) -> None:
    (folder / f"{name}.pem").write_bytes(chain_pem(*signer.chain))
    (folder / f"{name}.key").write_bytes(key_pem(signer))


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(documents, [str(argument) for argument in arguments], obj=SystemClock())
    assert result.exit_code != 1, result.output
    assert "Traceback" not in result.output
    return result


def sign(folder: Path, file: str, out: str, *more: object, by: str = "aino") -> Result:
    keys = ("--certificate", folder / f"{by}.pem", "--key", folder / f"{by}.key")
    return run("sign", folder / file, *keys, "--out", folder / out, *more)


def upgrade(folder: Path, file: str, out: str, *more: object) -> Result:
    return run("upgrade", folder / file, "--out", folder / out, *more)


def levels(folder: Path, file: str) -> list[Level]:
    package = (folder / file).read_bytes()
    return [achieved_level(package, part) for part in signature_parts(package)]


def test_a_timestamp_authority_makes_a_signature_of_level_t(folder: Path, stamps: TimestampAuthority):
    with authority(stamping(stamps)) as one:
        signed = sign(folder, "plain.docx", "one.docx", "--timestamp", one.url(), "--timestamp-trust", stamps.trust)
    assert signed.exit_code == 0
    assert levels(folder, "one.docx") == [Level.T]
    first, stamped, level = signed.stdout.splitlines()
    assert first == f"{folder / 'one.docx'}: signed by Aino (EC P-256)."
    assert stamped.startswith(f"{folder / 'one.docx'}: /_xmlsignatures/sig1.xml: stamped 20")
    assert stamped.endswith("UTC by CN=Stamps Timestamps at 127.0.0.1.")
    assert level == f"{folder / 'one.docx'}: /_xmlsignatures/sig1.xml has level T."


def test_only_the_new_signature_is_stamped(folder: Path, stamps: TimestampAuthority):
    sign(folder, "plain.docx", "one.docx")
    with authority(stamping(stamps)) as one:
        both = sign(folder, "one.docx", "both.docx", "--timestamp", one.url(), "--level", "T", by="eino")
    assert both.exit_code == 0
    assert levels(folder, "both.docx") == [Level.B, Level.T]
    assert len(one.received) == 1


def test_the_next_authority_is_asked_and_that_one_failed_is_told(folder: Path, stamps: TimestampAuthority):
    with authority(answer(500)) as down, authority(stamping(stamps)) as up:
        signed = sign(folder, "plain.docx", "one.docx", "--timestamp", down.url(), "--timestamp", up.url())
    assert (signed.exit_code, levels(folder, "one.docx")) == (0, [Level.T])
    assert "asked in vain: 127.0.0.1: It answered with the status 500" in signed.output


def test_when_the_level_is_not_reached_nothing_is_written(folder: Path):
    with authority(answer(500)) as down:
        refused = sign(folder, "plain.docx", "one.docx", "--timestamp", down.url())
    assert refused.exit_code == 3
    assert refused.stdout == ""
    assert "It answered with the status 500 where 200 is expected." in refused.stderr
    assert refused.stderr.endswith("plain.docx: level T is not reached, and nothing is written.\n")
    assert not (folder / "one.docx").exists()


def test_best_effort_writes_what_was_reached_and_says_so_plainly(folder: Path):
    with authority(answer(500)) as down:
        signed = sign(folder, "plain.docx", "one.docx", "--timestamp", down.url(), "--best-effort")
    assert (signed.exit_code, levels(folder, "one.docx")) == (0, [Level.B])
    assert "It answered with the status 500" in signed.output
    assert signed.output.endswith("/_xmlsignatures/sig1.xml has level B, not T as wanted.\n")


def test_an_authority_that_is_not_trusted_is_no_authority(folder: Path, stamps: TimestampAuthority):
    trusted = ("--timestamp-trust", folder / "aino.pem")
    with authority(stamping(stamps)) as one:
        refused = sign(folder, "plain.docx", "one.docx", "--timestamp", one.url(), *trusted)
    assert refused.exit_code == 3
    assert "does not lead to a trusted authority" in refused.stderr


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--level", "T"), "needs a timestamp"),
        (("--level", "LT"), "needs a timestamp"),
        (("--level", "B", "--timestamp", "https://stamps.example.org/"), "ask for T or LT"),
        (("--level", "X"), "is not one of"),
        (("--timestamp", "stamps.example.org"), "is no address to ask at"),
        (("--timestamp", "ftp://stamps.example.org"), "is no address to ask at"),
        (("--timestamp", "https://stamps.example.org:x/"), "is no address to ask at"),
        (("--timestamp", "https://a b/"), "is no address to ask at"),
        (("--timestamp", "https://user:word@stamps.example.org/"), "is no address to ask at"),
        (("--timestamp", "https://stamps.example.org/", "--timestamp-trust", "aino.key"), "private key"),
        (("--timestamp", "https://stamps.example.org/", "--crl", "aino.pem"), "aino.pem"),
        (("--timestamp", "https://stamps.example.org/", "--level", "LT", "--crl", "aino.key"), "aino.key"),
        (("--timestamp", "https://stamps.example.org/", "--level", "LT", "--ocsp", "aino.pem"), "aino.pem"),
    ],
)
def test_options_that_do_not_fit_are_wrong_usage_and_nothing_is_signed(
    folder: Path, options: tuple[str, ...], why: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(folder)
    wrong = sign(folder, "plain.docx", "one.docx", *options)
    assert wrong.exit_code == 2
    assert why in wrong.stderr
    assert not (folder / "one.docx").exists()


def test_upgrade_stamps_every_signature_and_changes_nothing_else(folder: Path, stamps: TimestampAuthority):
    sign(folder, "plain.docx", "one.docx", "--signature-line", 1)
    sign(folder, "one.docx", "both.docx", "--signature-line", 2, by="eino")
    with authority(stamping(stamps)) as one:
        told = upgrade(folder, "both.docx", "stamped.docx", "--timestamp", one.url())
    assert (told.exit_code, levels(folder, "stamped.docx")) == (0, [Level.T, Level.T])
    assert told.output.count(" has level T.\n") == 2
    before, after = (entries((folder / name).read_bytes()) for name in ("both.docx", "stamped.docx"))
    assert {name for name in before if before[name] != after[name]} == {
        "_xmlsignatures/sig1.xml",
        "_xmlsignatures/sig2.xml",
    }


def test_upgrade_leaves_a_signature_that_has_the_level_as_it_is(folder: Path, stamps: TimestampAuthority):
    with authority(stamping(stamps)) as one:
        sign(folder, "plain.docx", "one.docx", "--timestamp", one.url())
        told = upgrade(folder, "one.docx", "again.docx", "--level", "T")
    assert told.exit_code == 0
    assert (folder / "again.docx").read_bytes() == (folder / "one.docx").read_bytes()
    assert len(one.received) == 1


def test_upgrade_that_does_not_reach_the_level_writes_nothing_unless_best_effort(folder: Path):
    sign(folder, "plain.docx", "one.docx")
    refused = upgrade(folder, "one.docx", "two.docx", "--level", "T")
    assert refused.exit_code == 3
    assert "No timestamp authority was named." in refused.stderr
    assert not (folder / "two.docx").exists()
    told = upgrade(folder, "one.docx", "two.docx", "--level", "T", "--best-effort")
    assert (told.exit_code, levels(folder, "two.docx")) == (0, [Level.B])
    assert "level B, not T as wanted" in told.output


def test_upgrade_needs_a_level_to_upgrade_to(folder: Path):
    sign(folder, "plain.docx", "one.docx")
    assert upgrade(folder, "one.docx", "two.docx").exit_code == 2
    assert upgrade(folder, "one.docx", "one.docx", "--level", "T").exit_code == 2
    (folder / "ca.pem").write_bytes(chain_pem(AUTHORITY.root))
    for_lt = upgrade(folder, "one.docx", "two.docx", "--level", "T", "--issuer", folder / "ca.pem")
    assert (for_lt.exit_code, "for level LT" in for_lt.stderr) == (2, True)


def test_upgrade_refuses_what_is_unsigned_or_was_changed(folder: Path, stamps: TimestampAuthority):
    sign(folder, "plain.docx", "one.docx")
    changed = replaced((folder / "one.docx").read_bytes(), "word/document.xml", b"agree", b"differ")
    (folder / "changed.docx").write_bytes(changed)
    (folder / "noise.docx").write_bytes(b"no document")
    with authority(stamping(stamps)) as one:
        for name in ("plain", "changed", "noise"):
            refused = upgrade(folder, f"{name}.docx", "out.docx", "--timestamp", one.url())
            assert refused.exit_code == 3, name
            assert not (folder / "out.docx").exists()
    assert one.received == []


@pytest.fixture
def known_later(folder: Path, stamps: TimestampAuthority) -> list[object]:
    """Return the options that name what a verifier will need: issuers up to the roots, and their lists."""
    (folder / "issuers.pem").write_bytes(chain_pem(AUTHORITY.root, stamps.issuer, stamps.root))
    options: list[object] = ["--level", "LT", "--issuer", folder / "issuers.pem"]
    for number, one in enumerate(stamps.lists(AUTHORITY).crls):
        (folder / f"{number}.crl").write_bytes(one)
        options += ["--crl", folder / f"{number}.crl"]
    return options


def test_a_signature_is_made_to_last_when_it_is_made(
    folder: Path, stamps: TimestampAuthority, known_later: list[object]
):
    with authority(stamping(stamps)) as one:
        signed = sign(folder, "plain.docx", "one.docx", "--timestamp", one.url(), *known_later)
    assert (signed.exit_code, levels(folder, "one.docx")) == (0, [Level.LT])
    assert signed.output.endswith("/_xmlsignatures/sig1.xml has level LT.\n")
    (folder / "ca.pem").write_bytes(chain_pem(AUTHORITY.root))
    (folder / "stamps.pem").write_bytes(chain_pem(stamps.root))
    told = run("verify", folder / "one.docx", "--trust", folder / "ca.pem", "--timestamp-trust", folder / "stamps.pem")
    assert told.exit_code == 0, told.output


def test_a_stamped_signature_is_made_to_last_later_and_asks_for_no_timestamp(
    folder: Path, stamps: TimestampAuthority, known_later: list[object]
):
    with authority(stamping(stamps)) as one:
        sign(folder, "plain.docx", "one.docx", "--timestamp", one.url())
        told = upgrade(folder, "one.docx", "lasting.docx", *known_later)
        assert len(one.received) == 1
    assert (told.exit_code, levels(folder, "lasting.docx")) == (0, [Level.LT])


def test_when_a_list_is_missing_it_is_told_of_whom_and_nothing_is_written(
    folder: Path, stamps: TimestampAuthority, known_later: list[object]
):
    with authority(stamping(stamps)) as one:
        refused = sign(folder, "plain.docx", "one.docx", "--timestamp", one.url(), *known_later[:-2])
        assert refused.exit_code == 3
        assert "Of the certificate of CN=Aino,O=Apteekki Oy,C=FI" in refused.stderr
        assert not (folder / "one.docx").exists()
        best = sign(folder, "plain.docx", "one.docx", "--timestamp", one.url(), *known_later[:-2], "--best-effort")
    assert (best.exit_code, levels(folder, "one.docx")) == (0, [Level.T])
    assert best.output.endswith("has level T, not LT as wanted.\n")
