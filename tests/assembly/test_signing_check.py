"""Whether the service can sign, and what is said when it cannot."""

import asyncio
import os
import threading

import pytest

from kanta_tenancy.assembly.signing_check import SigningCheck
from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.errors import CredentialUnusable
from kanta_tenancy.machinery.x509.shelf import KeyShelf
from tests.softhsm import MODULE, SoftHsm

OWNER = "01955620-0000-7000-8000-000000000001"


@pytest.fixture
def shelf(tmp_path, clock) -> KeyShelf:
    authority = sample_authority.found("Esimerkki", at=clock.now())
    signer = sample_authority.Signer(name="Aino Ahola", organisation="Esimerkki Oy")
    credential = sample_authority.issue(authority, signer, at=clock.now())
    container = tmp_path / f"{OWNER}.p12"
    container.write_bytes(sample_authority.pkcs12_file(credential, b"secret"))
    (tmp_path / f"{OWNER}.password").write_bytes(b"secret")
    for file in tmp_path.iterdir():
        file.chmod(0o600)
    return KeyShelf(tmp_path)


async def test_a_key_that_can_sign_passes(shelf, clock):
    await SigningCheck(shelf, clock)()


async def test_without_keys_a_throw_away_one_is_tried(clock):
    await SigningCheck(None, clock)()


async def test_a_key_that_has_expired_is_told_by_its_owner(shelf, clock):
    clock.advance(days=3650)
    with pytest.raises(CredentialUnusable, match=f"^the key of main connector {OWNER}: the certificate expired on"):
        await SigningCheck(shelf, clock)()


async def test_a_key_that_others_can_read_is_told_by_its_owner(shelf, clock, tmp_path):
    (tmp_path / f"{OWNER}.p12").chmod(0o644)
    with pytest.raises(CredentialUnusable, match=f"^the key of main connector {OWNER}: .* can be read by others"):
        await SigningCheck(shelf, clock)()


@pytest.fixture
def in_token(tmp_path, clock, softhsm: SoftHsm) -> KeyShelf:
    token, folder = softhsm.token(), tmp_path / "keys"
    folder.mkdir()
    authority = sample_authority.found("Esimerkki", at=clock.now())
    signer = sample_authority.Signer(name="Esimerkki Oy", organisation="Esimerkki Oy")
    token.put(sample_authority.issue(authority, signer, at=clock.now()), "oy", "01")
    (folder / f"{OWNER}.toml").write_text(f'module = "{MODULE}"\ntoken = "{token.label}"')
    (folder / f"{OWNER}.pin").write_text(token.pin)
    for file in folder.iterdir():
        file.chmod(0o600)
    return KeyShelf(folder)


async def test_a_key_in_a_token_passes_while_the_token_is_there(in_token, clock, softhsm):
    check = SigningCheck(in_token, clock)
    await check()
    softhsm.take_out()
    with pytest.raises(CredentialUnusable, match=f"^the key of main connector {OWNER}: the token .* is not there"):
        await check()
    softhsm.put_back()
    await check()


async def test_a_key_that_hangs_is_asked_once_however_often_the_check_is(tmp_path, clock):
    certificates = tmp_path / f"{OWNER}.pem"
    os.mkfifo(certificates)  # reading it waits until somebody writes
    (tmp_path / f"{OWNER}.key").touch(0o600)
    check = SigningCheck(KeyShelf(tmp_path), clock)
    before = threading.active_count()
    for _ in range(20):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await check()
    assert threading.active_count() <= before + 1
    again = asyncio.ensure_future(check())
    await asyncio.sleep(0)
    with certificates.open("wb"):  # sets free whoever reads by now
        pass
    with pytest.raises(CredentialUnusable):
        await again
