"""Mail servers, directories and PostgreSQL begin without TLS: real ones of each, and raw ones that do it wrong."""

import asyncio
import os
import shutil
import ssl
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP

from kanta_tenancy.machinery.probing.endpoint import Stage, StartTls, Trouble
from tests.assembly.processes import free_port
from tests.machinery.probing.servers import context_of, probed, raw_server, until_listening
from tests.machinery.probing.shown import authority, der, issued, written

POSTGRESQL = Path("/usr/lib/postgresql/15/bin")
NOBODY = 65534
SLAPD = Path("/usr/sbin/slapd")
SHOWN = issued(authority())


class Mailbox:
    """Takes nothing; aiosmtpd wants somebody who would."""


@asynccontextmanager
async def mail_server(tls: ssl.SSLContext | None) -> AsyncIterator[int]:
    def make() -> SMTP:
        return SMTP(Mailbox(), hostname="mail.test", tls_context=tls)

    server = await asyncio.get_running_loop().create_server(make, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


@contextmanager
def readable_by_nobody(folder: Path) -> Iterator[dict[str, int]]:
    """Lend what runs a program that refuses to run as root as somebody else."""
    if os.geteuid() != 0:
        yield {}
        return
    for one in (folder, *folder.rglob("*")):
        os.chown(one, NOBODY, NOBODY)
    yield {"user": NOBODY, "group": NOBODY}


@contextmanager
def short_folder(name: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=f"kanta-{name}-", dir="/tmp"))  # the path of a socket must be short
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(*, tls: bool) -> Iterator[int]:
    """Start a PostgreSQL of the distribution: the one of the wheel has no TLS."""
    port = free_port()
    with short_folder("tls-pg") as folder:
        chain, key = written(folder, SHOWN)
        key.chmod(0o600)
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        with readable_by_nobody(folder) as other:
            run = {"cwd": folder, "env": environment, "stdout": subprocess.DEVNULL, **other}
            subprocess.run([POSTGRESQL / "initdb", "-D", folder / "data", "-A", "trust", "-N"], check=True, **run)
            options = [
                "-c",
                f"ssl={'on' if tls else 'off'}",
                "-c",
                f"ssl_cert_file={chain}",
                "-c",
                f"ssl_key_file={key}",
            ]
            with subprocess.Popen(
                [POSTGRESQL / "postgres", "-D", folder / "data", "-k", folder, "-p", str(port),
                 "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", *options],
                stderr=subprocess.DEVNULL, **run,
            ) as server:  # fmt: skip
                try:
                    until_ready(folder / "data" / "postmaster.pid")
                    yield port
                finally:
                    server.terminate()


def until_ready(status: Path) -> None:
    deadline = time.monotonic() + 30
    while not (status.exists() and "ready" in status.read_text()):
        assert time.monotonic() < deadline, "PostgreSQL did not start"
        time.sleep(0.05)


@contextmanager
def directory(*, tls: bool) -> Iterator[int]:
    port = free_port()
    with short_folder("slapd") as folder:
        chain, key = written(folder, SHOWN)
        settings = folder / "slapd.conf"  # no entries: TLS begins before anybody asks for one
        # It takes one certificate from its file, and finds that one's issuers among the authorities.
        lines = [f"TLSCertificateFile {chain}", f"TLSCertificateKeyFile {key}", f"TLSCACertificateFile {chain}"]
        settings.write_text("\n".join(lines if tls else []) + "\n")
        with subprocess.Popen(
            [SLAPD, "-d", "0", "-f", settings, "-h", f"ldap://127.0.0.1:{port}/"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as server:  # fmt: skip
            try:
                until_listening(port)
                yield port
            finally:
                server.terminate()


async def test_a_mail_server_shows_its_certificates_after_starttls(tmp_path: Path):
    async with mail_server(context_of(tmp_path, SHOWN)) as port:
        result = await probed(port, start_tls=StartTls.SMTP)
    assert (result.trouble, result.chain) == (None, der(*SHOWN.chain))


async def test_a_mail_server_without_tls_does_not_offer_it():
    async with mail_server(None) as port:
        result = await probed(port, start_tls=StartTls.SMTP)
        plain = await probed(port)
    assert (result.trouble, result.stage) == (Trouble.NOT_OFFERED, Stage.STARTING_TLS)
    assert plain.trouble is Trouble.NOT_TLS


async def test_postgresql_shows_its_certificates_after_an_ssl_request():
    with database(tls=True) as port:
        result = await probed(port, start_tls=StartTls.POSTGRESQL)
    assert (result.trouble, result.chain) == (None, der(*SHOWN.chain))


async def test_a_postgresql_without_tls_does_not_offer_it():
    with database(tls=False) as port:
        result = await probed(port, start_tls=StartTls.POSTGRESQL)
    assert (result.trouble, result.stage) == (Trouble.NOT_OFFERED, Stage.STARTING_TLS)


async def test_a_directory_shows_its_certificates_after_starttls():
    with directory(tls=True) as port:
        result = await probed(port, start_tls=StartTls.LDAP)
    assert (result.trouble, result.chain) == (None, der(*SHOWN.chain))


async def test_a_directory_without_tls_does_not_offer_it():
    with directory(tls=False) as port:
        result = await probed(port, start_tls=StartTls.LDAP)
    assert (result.trouble, result.stage) == (Trouble.NOT_OFFERED, Stage.STARTING_TLS)


def says(*answers: bytes, greets: bytes = b"", ends: bool = False):
    async def handler(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greets)
        for answer in answers:
            await reader.read(1000)
            writer.write(answer)
        if not ends:
            await reader.read()

    return handler


SMTP_OFFER = b"250-mail.test\r\n250 STARTTLS\r\n"
LDAP_DONE = b"\x30\x0c\x02\x01\x01\x78\x07\x0a\x01\x00\x04\x00\x04\x00"
WRONG = {
    "smtp turned away": (StartTls.SMTP, says(greets=b"554 no\r\n"), Trouble.NOT_OFFERED),
    "smtp refuses": (StartTls.SMTP, says(SMTP_OFFER, b"454 not now\r\n", greets=b"220 hi\r\n"), Trouble.NOT_OFFERED),
    "smtp in a name": (StartTls.SMTP, says(b"250 STARTTLS\r\n", greets=b"220 hi\r\n"), Trouble.NOT_OFFERED),
    "smtp codes differ": (StartTls.SMTP, says(b"250-a\r\n251 STARTTLS\r\n", greets=b"220 hi\r\n"), Trouble.GARBLED),
    "smtp is http": (StartTls.SMTP, says(greets=b"HTTP/1.1 400 Bad\r\n"), Trouble.GARBLED),
    "smtp endless line": (StartTls.SMTP, says(greets=b"220 " + b"x" * 9000), Trouble.GARBLED),
    "smtp endless lines": (StartTls.SMTP, says(greets=b"220-x\r\n" * 500), Trouble.GARBLED),
    "smtp more than its answer": (
        StartTls.SMTP,
        says(SMTP_OFFER, b"220 go\r\n250 injected\r\n", greets=b"220 hi\r\n"),
        Trouble.GARBLED,
    ),
    "smtp closes": (StartTls.SMTP, says(SMTP_OFFER, greets=b"220 hi\r\n", ends=True), Trouble.CUT_OFF),
    "postgresql error": (StartTls.POSTGRESQL, says(b"E"), Trouble.GARBLED),
    "postgresql more than its answer": (StartTls.POSTGRESQL, says(b"Sinjected"), Trouble.GARBLED),
    "postgresql closes": (StartTls.POSTGRESQL, says(b"", ends=True), Trouble.CUT_OFF),
    "ldap refuses": (StartTls.LDAP, says(LDAP_DONE.replace(b"\x0a\x01\x00", b"\x0a\x01\x34")), Trouble.NOT_OFFERED),
    "ldap other message": (StartTls.LDAP, says(LDAP_DONE.replace(b"\x02\x01\x01", b"\x02\x01\x02")), Trouble.GARBLED),
    "ldap other answer": (StartTls.LDAP, says(LDAP_DONE.replace(b"\x78", b"\x61")), Trouble.GARBLED),
    "ldap huge": (StartTls.LDAP, says(b"\x30\x84\x7f\xff\xff\xff"), Trouble.GARBLED),
    "ldap without end": (StartTls.LDAP, says(b"\x30\x80"), Trouble.GARBLED),
    "ldap is http": (StartTls.LDAP, says(b"HTTP/1.1 400 Bad\r\n"), Trouble.GARBLED),
    "ldap cut": (StartTls.LDAP, says(b"\x30\x05\x02\x01\x01\x78\x07"), Trouble.GARBLED),
    "ldap more than its answer": (StartTls.LDAP, says(LDAP_DONE + b"x"), Trouble.GARBLED),
    "ldap closes": (StartTls.LDAP, says(LDAP_DONE[:6], ends=True), Trouble.CUT_OFF),
}


@pytest.mark.parametrize("what", WRONG)
async def test_what_goes_wrong_before_tls_is_told_by_name(what: str):
    protocol, does, trouble = WRONG[what]
    async with raw_server(does) as port:
        result = await probed(port, start_tls=protocol, within_s=5)
    assert (result.trouble, result.stage) == (trouble, Stage.STARTING_TLS)


@pytest.mark.parametrize("answer", [LDAP_DONE, b"\x30\x84\0\0\0\x10\x02\x01\x01\x78\x84\0\0\0\x07" + LDAP_DONE[7:]])
async def test_both_ways_to_write_a_length_are_understood(answer: bytes):
    async with raw_server(says(answer, ends=True)) as port:
        result = await probed(port, start_tls=StartTls.LDAP)
    assert (result.trouble, result.stage) == (Trouble.CUT_OFF, Stage.HANDSHAKE)


@pytest.mark.parametrize("protocol", StartTls)
async def test_a_silent_server_is_left_in_time(protocol: StartTls):
    async with raw_server(says()) as port:
        result = await probed(port, start_tls=protocol, within_s=0.4)
    assert (result.trouble, result.stage) == (Trouble.TIMED_OUT, Stage.STARTING_TLS)
