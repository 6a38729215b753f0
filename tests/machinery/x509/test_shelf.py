from datetime import UTC, datetime

import pytest

from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.errors import CredentialUnusable
from kanta_tenancy.machinery.x509.shelf import KeyShelf
from kanta_tenancy.machinery.x509.signature_value import accepted_value
from tests.softhsm import MODULE, Token

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


def test_certificates_that_cannot_be_read_make_the_key_unusable(tmp_path, credential):
    put(tmp_path, f"{OWNER}.key", sample_authority.key_pem(credential))
    put(tmp_path, f"{OWNER}.pem", b"", 0o644)
    with pytest.raises(CredentialUnusable, match="the certificates of the key: no `-----BEGIN CERTIFICATE"):
        KeyShelf(tmp_path).find(OWNER)


@pytest.fixture
def token(softhsm, credential) -> Token:
    token = softhsm.token()
    token.put(credential, "oy", "01")
    return token


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "keys"
    folder.mkdir(0o700)
    return folder


def describe(folder, token: Token, *more: str, mode: int = 0o600) -> KeyShelf:
    lines = (f'module = "{MODULE}"', f'token = "{token.label}"', *more)
    put(folder, f"{OWNER}.toml", "\n".join(lines).encode(), mode)
    return KeyShelf(folder)


def test_a_description_leads_to_a_key_in_a_token(folder, token, credential):
    shelf = describe(folder, token, 'key_label = "oy"')
    put(folder, f"{OWNER}.pin", f"{token.pin}\n".encode())
    key = shelf.find(OWNER)
    assert shelf.owners() == (OWNER,)
    assert key.chain == credential.chain
    assert accepted_value(credential.certificate.public_key(), b"octets", key.sign(b"octets"))


def test_certificates_beside_the_description_count_before_those_in_the_token(folder, token, credential):
    shelf = describe(folder, token)
    put(folder, f"{OWNER}.pin", token.pin.encode())
    put(folder, f"{OWNER}.pem", sample_authority.chain_pem(credential.certificate), 0o644)
    assert shelf.find(OWNER).chain == (credential.certificate,)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ('tokken = "x"', "unknown field `tokken`"),
        ('key_id = "0x"', "hexadecimal"),
        ("nonsense", "does not say where a key is"),
        ('serial = "\udc80"', "does not say where a key is"),
    ],
)
def test_a_description_that_says_something_else_is_refused(folder, token, wrong, why):
    lines = f'module = "{MODULE}"\n{wrong}'
    put(folder, f"{OWNER}.toml", lines.encode("utf-8", "surrogateescape"))
    with pytest.raises(CredentialUnusable, match=why):
        KeyShelf(folder).find(OWNER)


def test_a_driver_is_never_looked_for_along_a_path_of_others(folder):
    put(folder, f"{OWNER}.toml", b'module = "libsofthsm2.so"')
    with pytest.raises(CredentialUnusable, match="by its whole path"):
        KeyShelf(folder).find(OWNER)


@pytest.mark.parametrize("readable", ["toml", "pin"])
def test_a_description_or_a_pin_that_others_can_read_is_refused(folder, token, readable):
    shelf = describe(folder, token)
    put(folder, f"{OWNER}.pin", token.pin.encode())
    (folder / f"{OWNER}.{readable}").chmod(0o640)
    with pytest.raises(CredentialUnusable, match=f"{readable} can be read by others"):
        shelf.find(OWNER)


def test_a_pin_that_is_no_text_and_none_where_one_is_asked_for_are_refused(folder, token):
    shelf = describe(folder, token)
    with pytest.raises(CredentialUnusable, match="asks for its PIN"):
        shelf.find(OWNER)
    put(folder, f"{OWNER}.pin", b"\xff")
    with pytest.raises(CredentialUnusable, match=r"\.pin is not UTF-8"):
        shelf.find(OWNER)
