from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from kanta_tenancy.machinery.x509.credentials import Credential, from_pem, from_pkcs12, matches
from kanta_tenancy.machinery.x509.errors import CertificateUnreadable, CredentialUnusable, PasswordNeeded
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.reading import MAX_BYTES
from kanta_tenancy.machinery.x509.sample_authority import Signer, chain_pem, found, issue, key_pem, pkcs12_file

START = datetime(2026, 1, 1, tzinfo=UTC)
AUTHORITY = found("Sample", at=START)
AINO = issue(AUTHORITY, Signer(name="Aino", organisation="Apteekki"), at=START)
EINO = issue(AUTHORITY, Signer(name="Eino", organisation="Apteekki"), at=START)
PASSWORD = "sala sänä".encode()


def older_form(credential: Credential, password: bytes | None = None) -> bytes:
    encryption = NoEncryption() if password is None else BestAvailableEncryption(password)
    return credential.key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, encryption)


@pytest.mark.parametrize("kind", KeyKind)
@pytest.mark.parametrize("password", [None, PASSWORD])
def test_key_and_chain_come_back_from_pem_and_from_pkcs12(kind: KeyKind, password: bytes | None):
    credential = issue(AUTHORITY, Signer(name="Aino", organisation="Apteekki"), at=START, kind=kind)
    from_files = from_pem(chain_pem(*credential.chain), key_pem(credential, password), password)
    from_container = from_pkcs12(pkcs12_file(credential, password), password)
    for loaded in (from_files, from_container):
        assert loaded.chain == credential.chain
        assert matches(loaded.key, credential.certificate)


@pytest.mark.parametrize("password", [None, PASSWORD])
def test_a_key_in_the_older_pem_form_is_read(password: bytes | None):
    assert from_pem(chain_pem(*AINO.chain), older_form(AINO, password), password).chain == AINO.chain


def test_a_password_that_is_not_needed_does_no_harm():
    assert from_pem(chain_pem(*AINO.chain), key_pem(AINO), PASSWORD).chain == AINO.chain


def test_what_stands_beside_the_key_in_its_file_is_passed_over():
    parameters = b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    file = parameters + older_form(AINO) + chain_pem(*AINO.chain)
    assert from_pem(chain_pem(*AINO.chain), file).chain == AINO.chain


def test_certificates_in_any_order_become_a_chain_with_the_leaf_first():
    issuing = AUTHORITY.issuing.certificate
    shuffled = chain_pem(AUTHORITY.root, EINO.certificate, issuing, AINO.certificate)
    assert from_pem(shuffled, key_pem(AINO)).chain == (AINO.certificate, issuing, AUTHORITY.root)


def test_authorities_that_certified_each_other_do_not_make_an_endless_chain():
    other = found("Sample", at=START)  # the same names, other keys
    loop = chain_pem(AINO.certificate, AUTHORITY.issuing.certificate, other.root, other.issuing.certificate)
    assert len(from_pem(loop, key_pem(AINO)).chain) <= 4


@pytest.mark.parametrize(
    "load",
    [
        lambda: from_pem(chain_pem(*AINO.chain), key_pem(AINO, PASSWORD)),
        lambda: from_pem(chain_pem(*AINO.chain), older_form(AINO, PASSWORD)),
        lambda: from_pkcs12(pkcs12_file(AINO, PASSWORD)),
    ],
)
def test_an_encrypted_key_without_a_password_says_that_one_is_needed(load):
    with pytest.raises(PasswordNeeded):
        load()


@pytest.mark.parametrize(
    "load",
    [
        lambda: from_pem(chain_pem(*AINO.chain), key_pem(AINO, PASSWORD), b"wrong-canary"),
        lambda: from_pem(chain_pem(*AINO.chain), older_form(AINO, PASSWORD), b"wrong-canary"),
        lambda: from_pkcs12(pkcs12_file(AINO, PASSWORD), b"wrong-canary"),
    ],
)
def test_a_wrong_password_is_refused_and_not_repeated(load):
    with pytest.raises(CredentialUnusable, match="password") as refusal:
        load()
    assert "canary" not in str(refusal.value)
    assert not isinstance(refusal.value, PasswordNeeded)


def no_key_container() -> bytes:
    return pkcs12.serialize_key_and_certificates(b"x", None, AINO.certificate, None, NoEncryption())


def crowded_container() -> bytes:
    others = [issue(AUTHORITY, Signer(name=f"{n}", organisation="x"), at=START).certificate for n in range(10)]
    return pkcs12.serialize_key_and_certificates(b"x", AINO.key, AINO.certificate, others, NoEncryption())


def edwards_key() -> bytes:
    return ed25519.Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("load", "why"),
    [
        (lambda: from_pem(chain_pem(*EINO.chain), key_pem(AINO)), "does not belong to any"),
        (lambda: from_pem(chain_pem(*AINO.chain), b""), "must hold one PEM private key, this one has 0"),
        (lambda: from_pem(chain_pem(*AINO.chain), key_pem(AINO) + key_pem(EINO)), "this one has 2"),
        (lambda: from_pem(chain_pem(*AINO.chain), b" " * 10_000_000), f"at most {MAX_BYTES} bytes"),
        (lambda: from_pem(chain_pem(*AINO.chain), key_pem(AINO)[:60] + key_pem(AINO)[90:]), "cannot be read"),
        (lambda: from_pem(chain_pem(*AINO.chain), edwards_key()), "neither RSA nor elliptic-curve"),
        (lambda: from_pkcs12(b""), "not a PKCS#12"),
        (lambda: from_pkcs12(chain_pem(*AINO.chain)), "not a PKCS#12"),
        (lambda: from_pkcs12(b"x" * 100_000), f"at most {MAX_BYTES} bytes"),
        (lambda: from_pkcs12(pkcs12_file(AINO, PASSWORD)[:-30], PASSWORD), "damaged"),
        (lambda: from_pkcs12(no_key_container()), "both a private key and a certificate"),
        (lambda: from_pkcs12(crowded_container()), "at most 10 certificates"),
    ],
)
def test_a_credential_that_cannot_be_used_gets_a_reason(load, why: str):
    with pytest.raises(CredentialUnusable) as refusal:
        load()
    assert why in refusal.value.detail


def test_a_broken_certificate_of_the_chain_is_named():
    with pytest.raises(CertificateUnreadable, match="certificate 2"):
        from_pem(chain_pem(*AINO.chain).replace(b"\nMII", b"\nMIJ").replace(b"\nMIJ", b"\nMII", 1), key_pem(AINO))


def test_a_credential_shown_or_logged_does_not_show_its_key():
    secret = AINO.key.private_numbers().private_value
    assert str(secret) not in repr(AINO)
    assert f"{secret:x}" not in repr(AINO)


def test_the_sample_authority_issues_what_its_root_vouches_for():
    leaf, issuing = AINO.chain
    leaf.verify_directly_issued_by(issuing)
    issuing.verify_directly_issued_by(AUTHORITY.root)
    AUTHORITY.root.verify_directly_issued_by(AUTHORITY.root)
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
