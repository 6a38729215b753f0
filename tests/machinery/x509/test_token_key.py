"""Keys in a token in software: what signs, and what is said when the token does not."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from cryptography.x509.oid import NameOID

from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.pkcs11.place import KeyPlace
from kanta_tenancy.machinery.x509.errors import CredentialUnusable, PasswordNeeded
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.sample_authority import chain_pem
from kanta_tenancy.machinery.x509.signature_value import accepted_value
from kanta_tenancy.machinery.x509.token_key import TokenKey, from_token
from tests.machinery.ooxml.signing.documents import AUTHORITY, FIRST_LINE, LISTS, NOW, START, credential, document
from tests.machinery.x509 import der
from tests.softhsm import MODULE, SoftHsm, Token

KINDS = [KeyKind.RSA_2048, KeyKind.RSA_3072, KeyKind.EC_P256, KeyKind.EC_P384]
OCTETS = b"what is to be signed"


@pytest.fixture
def token(softhsm: SoftHsm) -> Token:
    return softhsm.token()


@pytest.fixture
def key(token: Token) -> TokenKey:
    token.put(credential(), "aino", "01")
    return from_token(token.place(), token.pin)


def signs(key: TokenKey) -> bool:
    value = key.sign(OCTETS)
    return accepted_value(key.certificate.public_key(), OCTETS, value) == value


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_signed_by_a_token_is_valid(token: Token, kind: KeyKind):
    aino = credential("Aino", kind)
    token.put(aino, "aino", "01")
    agreement = document(FIRST_LINE)
    key = from_token(token.place(), token.pin)
    assert key.chain == aino.chain
    signed = sign(agreement, key, at=NOW, line=signature_lines(agreement)[0])
    report = verify(signed, at=NOW, anchors=[AUTHORITY.root], revocation=LISTS)
    assert report.signatures[0].signer_certificate == aino.certificate
    assert report.verdict is Verdict.VALID


def test_of_several_keys_the_one_that_is_named_signs(token: Token):
    aino, eino = credential("Aino"), credential("Eino", KeyKind.RSA_2048)
    token.put(aino, "aino", "01")
    token.put(eino, "eino", "02")
    assert from_token(token.place(key_label="aino"), token.pin).certificate == aino.certificate
    assert from_token(token.place(key_id="02"), token.pin).certificate == eino.certificate
    assert signs(from_token(token.place(key_label="eino", key_id="02"), token.pin))


def test_of_several_keys_none_is_guessed(token: Token):
    token.put(credential("Aino"), "aino", "01")
    token.put(credential("Eino"), "eino", "02")
    with pytest.raises(CredentialUnusable, match=r"has 2 such keys \(aino, eino\); name one by its label or id"):
        from_token(token.place(), token.pin)


def test_the_certificates_may_be_in_a_file_in_any_order(token: Token):
    aino = credential("Aino")
    token.put(aino, "aino", "01", certificates=False)
    with pytest.raises(CredentialUnusable, match="does not hold the certificate of its key"):
        from_token(token.place(), token.pin)
    key = from_token(token.place(), token.pin, chain_pem(*reversed(aino.chain)))
    assert key.chain == aino.chain
    assert signs(key)


@pytest.mark.parametrize("kind", [KeyKind.EC_P256, KeyKind.RSA_2048])
def test_what_another_key_signed_is_not_handed_on(token: Token, kind: KeyKind):
    token.put(credential("Aino"), "aino", "01", certificates=False)
    key = from_token(token.place(), token.pin, chain_pem(*credential("Eino", kind).chain))
    with pytest.raises(CredentialUnusable, match=r"does not belong to the certificate|of another kind"):
        key.sign(OCTETS)


def test_a_certificate_of_others_that_cannot_be_read_harms_nobody(token: Token):
    aino = credential("Aino")
    token.put(aino, "aino", "01")
    token.put_certificate(der.certificate(serial=der.integer(0)), "odd", "09")
    assert from_token(token.place(), token.pin).chain == aino.chain


@pytest.mark.parametrize(
    ("kind", "mechanism"),
    [
        (KeyKind.RSA_2048, "CKM_SHA256_RSA_PKCS"),
        (KeyKind.RSA_2048, "CKM_RSA_PKCS"),
        (KeyKind.EC_P256, "CKM_ECDSA"),
    ],
)
def test_a_token_signs_octets_or_digests_as_it_is_able_to(
    token: Token, softhsm: SoftHsm, kind: KeyKind, mechanism: str
):
    token.put(credential("Aino", kind), "aino", "01")
    softhsm.know_only(mechanism)
    assert signs(from_token(token.place(), token.pin))


def test_a_token_that_knows_no_mechanism_for_documents_is_told(token: Token, softhsm: SoftHsm):
    token.put(credential("Aino", KeyKind.RSA_2048), "aino", "01")
    softhsm.know_only("CKM_SHA1_RSA_PKCS")
    with pytest.raises(CredentialUnusable, match="no mechanism that signs as Word documents are signed"):
        from_token(token.place(), token.pin).sign(OCTETS)


def test_a_key_of_a_kind_that_does_not_sign_here_is_refused(token: Token):
    token.put(credential("Aino"), "aino", "01")
    odd = certified(ec.generate_private_key(ec.SECP521R1()).public_key())
    with pytest.raises(CredentialUnusable, match="of a kind that does not sign documents here"):
        from_token(token.place(), token.pin, chain_pem(odd))


def test_a_wrong_pin_is_tried_once_and_never_again(token: Token, key: TokenKey):
    with pytest.raises(CredentialUnusable, match="does not take the PIN") as refused:
        from_token(token.place(), "000000")
    assert "000000" not in str(refused.value)
    token.change_pin("000000")  # now it would be the right one
    with pytest.raises(CredentialUnusable, match="refused this PIN before"):
        from_token(token.place(), "000000")
    token.change_pin("765432")
    assert signs(from_token(token.place(), "765432"))


def test_without_a_pin_one_is_asked_for(token: Token, key: TokenKey):
    with pytest.raises(PasswordNeeded, match=f"the token {token.label} asks for its PIN"):
        from_token(token.place())


@pytest.mark.parametrize("kind", ["EC:secp256r1", "rsa:2048"])
def test_a_key_made_in_the_token_that_asks_for_the_pin_at_every_signature_gets_it(token: Token, kind: str):
    token.tool("--keypairgen", "--key-type", kind, "--label", "own", "--id", "07", "--always-auth")
    public = load_der_public_key(token.tool("--read-object", "--type", "pubkey", "--id", "07"))
    token.put_certificate(certified(public).public_bytes(Encoding.DER), "own", "07")
    key = from_token(token.place(), token.pin)
    assert [signs(key), signs(key)] == [True, True]


def certified(public: PublicKeyTypes) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Oy")])
    begun = x509.CertificateBuilder().subject_name(name).issuer_name(AUTHORITY.issuing.certificate.subject)
    whole = begun.public_key(public).serial_number(7).not_valid_before(START).not_valid_after(START.replace(year=2030))
    return whole.sign(AUTHORITY.issuing.key, hashes.SHA256())


def test_a_token_that_is_not_there_is_told(token: Token, key: TokenKey):
    with pytest.raises(CredentialUnusable, match="the token nowhere is not there"):
        from_token(KeyPlace(module=MODULE, token="nowhere"), token.pin)


def test_a_token_taken_out_is_told_and_signs_again_once_it_is_put_back(softhsm: SoftHsm, key: TokenKey):
    assert signs(key)
    softhsm.take_out()
    for _ in range(2):
        with pytest.raises(CredentialUnusable, match=f"{key.place} is not there"):
            key.sign(OCTETS)
    softhsm.put_back()
    assert signs(key)


def test_one_of_two_tokens_must_be_named(softhsm: SoftHsm, token: Token):
    softhsm.token()
    with pytest.raises(CredentialUnusable, match="2 tokens answer to that; name one"):
        from_token(KeyPlace(module=MODULE), token.pin)


@pytest.mark.parametrize(
    ("module", "why"),
    [("/nowhere/driver.so", "there is no driver driver.so"), ("/bin/true", "true cannot be used as a driver")],
)
def test_a_driver_that_is_none_is_told_without_its_path(module: str, why: str):
    with pytest.raises(CredentialUnusable, match=f"^{why}"):
        from_token(KeyPlace(module=module), "1234")


def test_many_threads_sign_with_two_keys_of_a_token_at_once(token: Token):
    kinds = {"aino": KeyKind.EC_P256, "eino": KeyKind.RSA_2048}
    for number, (name, kind) in enumerate(kinds.items()):
        token.put(credential(name, kind), name, f"0{number}")
    keys = [from_token(token.place(key_label=name), token.pin) for name in kinds] * 20
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(signs, keys)) == [True] * 40


def test_the_pin_shows_in_no_text_about_the_key(key: TokenKey, token: Token):
    assert token.pin not in repr(key) + str(key) + repr(key.place)


def test_without_the_extra_that_meets_drivers_a_sentence_names_it():
    script = (
        "import sys; sys.modules['pkcs11'] = None\n"
        "from kanta_tenancy.machinery.pkcs11.place import KeyPlace\n"
        "from kanta_tenancy.machinery.x509.errors import CredentialUnusable\n"
        "from kanta_tenancy.machinery.x509.token_key import from_token\n"
        f"try: from_token(KeyPlace(module={MODULE!r}), '1234')\n"
        "except CredentialUnusable as why: print(why.detail)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, cwd=Path(__file__).parents[3]
    )
    assert told.stdout.decode().startswith("keys in tokens need the package python-pkcs11")
