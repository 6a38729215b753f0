"""Seals hold for what was sealed and nothing else; other people's libraries read them."""

import base64
import json
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.sealing import jws
from kanta_tenancy.machinery.sealing.errors import SealInvalid
from kanta_tenancy.machinery.x509 import sample_authority
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.errors import CredentialUnusable
from kanta_tenancy.machinery.x509.keys import KeyKind

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TYPE = "kanta-test+jws"
PAYLOAD = b'{"a":1}'
AUTHORITY = sample_authority.found("Esimerkki", at=NOON - timedelta(days=1))
KINDS = {KeyKind.EC_P256: "ES256", KeyKind.EC_P384: "ES384", KeyKind.RSA_2048: "RS256"}


def a_credential(kind: KeyKind = KeyKind.EC_P256) -> Credential:
    signer = sample_authority.Signer(name="Kanta tenancy", organisation="Esimerkki Oy")
    return sample_authority.issue(AUTHORITY, signer, at=NOON - timedelta(days=1), kind=kind)


MINE = a_credential()
SEALED = jws.seal(MINE, PAYLOAD, typ=TYPE, at=NOON)


def b64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def forged(sealed: str = SEALED, **changes: object) -> str:
    """Return a seal whose header says something else."""
    header, payload, signature = sealed.split(".")
    said = json.loads(unb64(header)) | {name.replace("_", "#"): value for name, value in changes.items()}
    return f"{b64(json.dumps(said).encode())}.{payload}.{signature}"


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_sealed_comes_out_with_who_sealed_it_and_when(kind):
    credential = a_credential(kind)
    sealed = jws.seal(credential, PAYLOAD, typ=TYPE, at=NOON + timedelta(milliseconds=900))
    opened = jws.unseal(sealed, typ=TYPE)
    assert (opened.payload, opened.sealed_at, opened.chain) == (PAYLOAD, NOON, credential.chain)
    assert json.loads(unb64(sealed.split(".")[0]))["alg"] == KINDS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_openssl_agrees_that_the_seal_is_of_that_certificate(kind, tmp_path):
    credential = a_credential(kind)
    sealed = jws.seal(credential, PAYLOAD, typ=TYPE, at=NOON)
    signed, _, signature = sealed.rpartition(".")
    octets = unb64(signature)
    if kind is not KeyKind.RSA_2048:
        half = len(octets) // 2
        octets = encode_dss_signature(*(int.from_bytes(part, "big") for part in (octets[:half], octets[half:])))
    carried = json.loads(unb64(sealed.split(".")[0]))["x5c"][0]
    key = x509.load_der_x509_certificate(base64.b64decode(carried)).public_key()
    (tmp_path / "key").write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (tmp_path / "signed").write_text(signed)
    (tmp_path / "signature").write_bytes(octets)
    digest = "-sha384" if kind is KeyKind.EC_P384 else "-sha256"
    command = ["openssl", "dgst", digest, "-verify", "key", "-signature", "signature", "signed"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.stdout == "Verified OK\n", ended.stderr


@given(st.data())
def test_one_character_changed_anywhere_breaks_it(data):
    place = data.draw(st.integers(0, len(SEALED) - 1))
    other = data.draw(st.sampled_from("AZaz09-_.=").filter(lambda character: character != SEALED[place]))
    with pytest.raises(SealInvalid):
        jws.unseal(SEALED[:place] + other + SEALED[place + 1 :], typ=TYPE)


@given(st.text() | st.binary().map(b64) | st.lists(st.binary().map(b64), min_size=3, max_size=3).map(".".join))
def test_whatever_is_no_seal_is_refused_and_nothing_else_happens(text):
    with pytest.raises(SealInvalid):
        jws.unseal(text, typ=TYPE)


def test_a_seal_on_one_kind_of_thing_serves_for_no_other():
    with pytest.raises(SealInvalid, match="a seal on something else"):
        jws.unseal(SEALED, typ="kanta-other+jws")


ANOTHER = a_credential()
HEADERS = {
    "no signature": {"alg": "none"},
    "another algorithm": {"alg": "ES384"},
    "a key that both know": {"alg": "HS256"},
    "a member that must be understood": {"crit": ["exp"], "exp": 1},
    "a payload that is not encoded": {"b64": False},
    "an address to fetch the key from": {"jku": "https://example.org/keys"},
    "a key of its own": {"jwk": {"kty": "EC"}},
    "no certificate": {"x5c": []},
    "no certificate that can be read": {"x5c": ["AAAA"]},
    "a certificate that is not base64": {"x5c": ["*"]},
    "too many certificates": {"x5c": ["AAAA"] * 11},
    "another's certificate": {
        "x5c": [base64.b64encode(ANOTHER.certificate.public_bytes(Encoding.DER)).decode()],
        "x5t_S256": b64(bytes.fromhex(jws.fingerprint(ANOTHER.certificate))),
    },
    "the print of another certificate": {"x5t_S256": b64(bytes(32))},
    "a time that is none": {"iat": 10**18},
}


@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_a_header_that_says_something_else_is_refused(header):
    with pytest.raises(SealInvalid):
        jws.unseal(forged(**header), typ=TYPE)


def test_a_seal_that_is_longer_than_any_is_not_read():
    with pytest.raises(SealInvalid, match="at most"):
        jws.unseal("a" * (jws.LONGEST + 1), typ=TYPE)


def test_a_certificate_that_has_expired_seals_nothing():
    with pytest.raises(CredentialUnusable, match="expired"):
        jws.seal(MINE, PAYLOAD, typ=TYPE, at=NOON + timedelta(days=3650))
