"""Whether the service can sign, and what is said when it cannot."""

import pytest

from kanta_tenancy.assembly.signing_check import SigningCheck
from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.errors import CredentialUnusable
from kanta_tenancy.machinery.x509.shelf import KeyShelf

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
