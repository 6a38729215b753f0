from datetime import UTC, datetime

import pytest

from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.errors import CredentialUnusable
from kanta_tenancy.machinery.x509.shelf import KeyShelf

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
OWNER = "0199-ab"


@pytest.fixture(scope="module")
def credential():
    return sample_authority.issue(
        sample_authority.found("Shelf", at=SINCE), sample_authority.Signer(name="Oy", organisation="Oy"), at=SINCE
    )


def put(folder, name: str, content: bytes, mode: int = 0o600) -> None:
    file = folder / name
    file.write_bytes(content)
    file.chmod(mode)


def test_a_key_is_found_as_container_and_as_two_files(tmp_path, credential):
    put(tmp_path, f"{OWNER}.p12", sample_authority.pkcs12_file(credential, b"secret"))
    put(tmp_path, f"{OWNER}.password", b"secret\n")
    put(tmp_path, "other.key", sample_authority.key_pem(credential))
    put(tmp_path, "other.pem", sample_authority.chain_pem(*credential.chain), 0o644)
    shelf = KeyShelf(tmp_path)
    assert shelf.owners() == (OWNER, "other")
    for owner in shelf.owners():
        assert shelf.find(owner).certificate == credential.certificate


def test_who_keeps_no_key_here_has_none(tmp_path):
    assert KeyShelf(tmp_path).find(OWNER) is None
    assert KeyShelf(tmp_path / "nowhere").owners() == ()


def test_an_owner_is_never_a_path(tmp_path, credential):
    (tmp_path / "in").mkdir()
    put(tmp_path, "out.p12", sample_authority.pkcs12_file(credential))
    assert KeyShelf(tmp_path / "in").find("../out") is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(tmp_path, credential, mode):
    put(tmp_path, f"{OWNER}.p12", sample_authority.pkcs12_file(credential), mode)
    with pytest.raises(CredentialUnusable, match="others"):
        KeyShelf(tmp_path).find(OWNER)


def test_a_key_without_its_certificates_is_refused(tmp_path, credential):
    put(tmp_path, f"{OWNER}.key", sample_authority.key_pem(credential))
    with pytest.raises(CredentialUnusable, match=r"\.pem"):
        KeyShelf(tmp_path).find(OWNER)
