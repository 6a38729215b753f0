"""A seal is verified by whoever has it and the service's certificate, without the service."""

import json
from pathlib import Path

import pytest

from kanta_tenancy.kernel.records import Record
from kanta_tenancy.machinery.sealing import jws
from kanta_tenancy.seals import Kind, SealKeys
from kanta_tenancy.seals.sealing import canonical
from tests.desk import ADesk, Ended
from tests.seals.examples import a_folder, a_key


class Receipt(Record, frozen=True, kw_only=True):
    party: str = "tenant"
    document: str = "00"


@pytest.fixture
def desk(clock) -> ADesk:
    return ADesk("postgresql://nowhere", clock)


@pytest.fixture
def folder(tmp_path, clock) -> Path:
    """A folder with a receipt and the certificate that it was sealed with."""
    keys = a_folder(tmp_path)
    a_key(keys, clock)
    sealed = jws.seal(keys.named("seal-1"), canonical(Receipt()), typ=Kind.RECEIPT, at=clock.now())
    (keys.folder / "receipt").write_text(f"{sealed}\n")
    a_key(keys, clock, "another")
    return keys.folder


async def verified(desk, file: Path, *certificates: Path, on: str = "receipt") -> Ended:
    options = [word for one in certificates for word in ("--certificate", one)]
    return await desk.type("seals", "verify", file, "--on", on, *options)


async def test_a_seal_of_a_certificate_that_is_known_is_valid(desk, folder):
    ended = await verified(desk, folder / "receipt", folder / "another.pem", folder / "seal-1.pem")
    told = json.loads(ended.output)
    assert (ended.code, told["verdict"], told["said"]) == (0, "valid", {"document": "00", "party": "tenant"})
    assert (told["sealed_at"], told["name"]) == ("2026-03-02T09:00:00+00:00", "Esimerkki Oy seal")


async def test_a_seal_of_a_stranger_is_indeterminate(desk, folder):
    for certificates in ((), (folder / "another.pem",)):
        ended = await verified(desk, folder / "receipt", *certificates)
        assert (ended.code, json.loads(ended.output)["verdict"]) == (4, "indeterminate")


@pytest.mark.parametrize(
    ("change", "on"),
    [
        (lambda text: text, "checkpoint"),
        (lambda text: text.replace(".", ".A", 1), "receipt"),
        (lambda _: "", "receipt"),
        (lambda _: "Ä" * 600_000, "receipt"),
    ],
    ids=["on something else", "changed", "empty", "no seal"],
)
async def test_whatever_does_not_hold_is_invalid(desk, folder, change, on):
    file = folder / "receipt"
    file.write_text(change(file.read_text()), "utf-8")
    ended = await verified(desk, file, folder / "seal-1.pem", on=on)
    assert (ended.code, ended.output.startswith("invalid: ")) == (3, True)


@pytest.mark.parametrize("payload", [b"no", b"[" * 60_000 + b"]" * 60_000], ids=["no JSON", "too deep"])
async def test_a_seal_on_no_json_is_invalid(desk, folder, clock, payload):
    own = SealKeys(folder).named("seal-1")
    (folder / "text").write_text(jws.seal(own, payload, typ=Kind.RECEIPT, at=clock.now()))
    ended = await verified(desk, folder / "text", folder / "seal-1.pem")
    assert (ended.code, ended.output) == (3, "invalid: it is on no JSON text\n")
