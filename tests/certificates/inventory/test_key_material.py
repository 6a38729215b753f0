"""Whatever is sent, no part of a private key reaches the database or the log: both are searched, byte by byte."""

import base64
from collections.abc import Iterator

import asyncpg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)

from tests.certificates.inventory.examples import der
from tests.certificates.inventory.test_routes import OCTETS, pem
from tests.desk import ADesk

PASSWORD = b"kissankello"
KEY = rsa.generate_private_key(65537, 2048)
PLAIN = [
    KEY.private_bytes(encoding, form, NoEncryption())
    for encoding in (Encoding.PEM, Encoding.DER)
    for form in (PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL)
]
CLOSED = [
    KEY.private_bytes(encoding, PrivateFormat.PKCS8, BestAvailableEncryption(PASSWORD))
    for encoding in (Encoding.PEM, Encoding.DER)
]
OWN = der(private=KEY)
CONTAINERS = [
    pkcs12.serialize_key_and_certificates(b"x", KEY, x509.load_der_x509_certificate(OWN), None, closing)
    for closing in (NoEncryption(), BestAvailableEncryption(PASSWORD))
]
PIECE = 24  # bytes; shorter ones may be there by chance


def posing(key: bytes) -> bytes:
    """Return a key that claims to be a certificate."""
    return b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(key) + b"-----END CERTIFICATE-----\n"


def sent() -> Iterator[bytes]:
    """Tell what a hostile or hasty caller sends."""
    for one in (*PLAIN, *CLOSED, *CONTAINERS):
        yield one
        yield one[: len(one) // 2]
        yield pem(OWN) + one
        yield OWN + one
        yield posing(one)
        yield posing(OWN + one)
        yield posing(one[: len(one) // 2])


def secrets() -> dict[str, bytes]:
    """Return what must be nowhere, by what it is."""
    numbers = KEY.private_numbers()
    named = {
        name: getattr(numbers, name).to_bytes(256 if name == "d" else 128, "big")
        for name in ("d", "p", "q", "dmp1", "dmq1", "iqmp")
    }
    return named | {f"closed {number}": one[len(one) // 2 :] for number, one in enumerate((*CLOSED, *CONTAINERS))}


def traces(secret: bytes) -> Iterator[str]:
    """Return pieces of a secret as raw, hexadecimal and base64 text would have them."""
    for start in range(0, len(secret) - PIECE, PIECE):
        piece = secret[start : start + PIECE]
        yield piece.hex()
        for offset in range(3):  # where in a group of three base64 has it
            yield base64.b64encode(bytes(offset) + piece)[4:-4].decode()


async def everything(owner: asyncpg.Connection) -> str:
    """Return every row of every table, bytes as hexadecimal."""
    tables = await owner.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    rows = []
    for table in tables:
        rows += await owner.fetch(f'SELECT one::text AS row FROM "{table["relname"]}" AS one')  # noqa: S608 -- of the catalogue
    return "\n".join(row["row"] for row in rows)


def found_in(text: str) -> list[str]:
    lowered = text.lower()
    return [
        name
        for name, secret in secrets().items()
        if any(trace in text or trace.lower() in lowered for trace in traces(secret))
    ]


@pytest.fixture
def desk(database_url, clock) -> ADesk:
    return ADesk(database_url, clock)


async def test_no_key_material_reaches_the_database_or_the_log(both, desk, owner, tmp_path, capfd):
    http = both.main_connector
    for number, content in enumerate(sent()):
        answer = await http.post("/v1/certificates", content=content, headers=OCTETS | {"Idempotency-Key": f"{number}"})
        assert answer.status_code in {201, 422}, answer.text
    for number, content in enumerate(sent()):
        (tmp_path / f"{number}.pem").write_bytes(content)
    (tmp_path / "password").write_bytes(PASSWORD)
    typed = [
        await desk.type("certificates", what, tmp_path, "--password-file", tmp_path / "password")
        for what in ("import", "inspect")
    ]
    kept = await everything(owner)
    logged = "".join(capfd.readouterr()) + "".join(one.output + one.errors for one in typed)
    assert "route=/v1/certificates" in logged
    assert OWN.hex() in kept  # the certificate beside the key did come in
    assert PASSWORD.decode() not in kept + logged
    assert (found_in(kept), found_in(logged)) == ([], [])


@pytest.mark.parametrize("write", [bytes.hex, lambda one: base64.b64encode(b"ab" + one).decode()])
def test_the_search_finds_a_key_where_there_is_one(write):
    whole = KEY.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert {"d", "p", "q"} <= set(found_in(write(whole)))
    assert found_in(write(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))) == []
