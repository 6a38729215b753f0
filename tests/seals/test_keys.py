"""Keys of the seal are made for the service's account alone, and never written over."""

import asyncio
import stat
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kanta_tenancy.machinery.sealing import jws
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.seals.errors import SealKeyExists, SealKeyUnusable
from kanta_tenancy.seals.keys import KINDS, KeyAsked
from tests.seals.examples import a_key


def asked(clock, name: str = "seal-1", **said: object) -> KeyAsked:
    return KeyAsked(
        **{"name": name, "kind": KeyKind.EC_P256, "organisation": "Esimerkki Oy", "at": clock.now(), "days": 10} | said
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_was_made_is_found_by_its_name_and_by_its_certificate(keys, clock, kind):
    a_key(keys, clock, kind=kind)
    found = keys.named("seal-1")
    assert keys.of(jws.fingerprint(found.certificate)).chain == found.chain
    assert jws.unseal(jws.seal(found, b"{}", typ="t", at=clock.now()), typ="t").payload == b"{}"


def test_nobody_else_can_read_what_was_made(keys, clock):
    a_key(keys, clock)
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in keys.folder.iterdir()}
    assert modes == {"seal-1.key": 0o600, "seal-1.pem": 0o600}


@pytest.mark.parametrize("suffix", ["key", "pem", "p12", "toml", "csr"])
def test_a_file_that_is_there_is_never_written_over(keys, clock, suffix):
    there = keys.folder / f"seal-1.{suffix}"
    there.write_bytes(b"precious")
    for make in (keys.make, keys.request):
        with pytest.raises(SealKeyExists):
            make(asked(clock))
    assert [file.name for file in keys.folder.iterdir()] == [there.name]
    assert there.read_bytes() == b"precious"


async def test_of_two_who_make_a_key_of_one_name_at_once_one_does(keys, clock):
    made = await asyncio.gather(*(asyncio.to_thread(keys.make, asked(clock)) for _ in range(8)), return_exceptions=True)
    assert sum(not isinstance(one, BaseException) for one in made) == 1
    assert {type(one) for one in made if isinstance(one, BaseException)} == {SealKeyExists}
    keys.named("seal-1")
    assert sorted(file.name for file in keys.folder.iterdir()) == ["seal-1.key", "seal-1.pem"]


def test_names_are_the_next_that_are_free(keys, clock):
    assert keys.free_name() == "seal-1"
    a_key(keys, clock, "seal-1")
    a_key(keys, clock, "seal-3")
    assert keys.free_name() == "seal-2"


def test_an_authority_gives_a_certificate_for_the_request(keys, clock, tmp_path):
    request = keys.request(asked(clock, kind=KeyKind.RSA_2048))
    with pytest.raises(SealKeyUnusable, match=r"seal-1\.pem cannot be read"):
        keys.named("seal-1")
    for command in (
        "openssl req -x509 -newkey rsa:2048 -noenc -keyout ca.key -out ca.pem -subj /CN=Authority -days 30",
        f"openssl x509 -req -in {request} -CA ca.pem -CAkey ca.key -copy_extensions copy -days 30 -out own.pem",
    ):
        subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    own, authority = ((tmp_path / name).read_bytes() for name in ("own.pem", "ca.pem"))
    (keys.folder / "seal-1.pem").write_bytes(own + authority)
    found = keys.named("seal-1")
    issued = x509.load_pem_x509_certificate(own)
    assert found.certificate.public_bytes(Encoding.DER) == issued.public_bytes(Encoding.DER)
    assert found.certificate.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature
    assert len(found.chain) == 2


def test_a_key_that_waits_for_its_certificate_keeps_no_other_from_sealing(keys, clock):
    a_key(keys, clock, "seal-2")
    keys.request(asked(clock, "seal-1"))
    sha256 = jws.fingerprint(keys.named("seal-2").certificate)
    assert jws.fingerprint(keys.of(sha256).certificate) == sha256
    with pytest.raises(SealKeyUnusable, match=r"no key of the certificate f+ .*; the key seal-1 cannot be used"):
        keys.of("f" * 64)


def test_a_key_that_others_can_read_seals_nothing(keys, clock):
    a_key(keys, clock)
    (keys.folder / "seal-1.key").chmod(0o640)
    with pytest.raises(SealKeyUnusable, match="can be read by others"):
        keys.named("seal-1")


@pytest.mark.parametrize("name", ["../seal-1", "", "seal 1", "nothing"])
def test_what_is_no_name_of_a_key_finds_none(keys, clock, name):
    a_key(keys, clock)
    with pytest.raises(SealKeyUnusable, match="no key"):
        keys.named(name)
