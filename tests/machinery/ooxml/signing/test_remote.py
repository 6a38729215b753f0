"""What is handed out becomes a signature of that very document, with that very key, in time; or nothing."""

from contextlib import suppress
from datetime import timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.ooxml.contents import content_digest
from kanta_tenancy.machinery.ooxml.errors import (
    CannotComplete,
    CannotSign,
    SignatureValueWrong,
    ToSignExpired,
    ToSignForAnother,
    ToSignUnreadable,
)
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.signature_lines import signature_lines
from kanta_tenancy.machinery.ooxml.signing import ToSign, hand_out, remote, sign, take_back
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.opc import Package
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.sample_authority import SIGNER_LASTS
from tests.machinery.ooxml.signing.documents import (
    AUTHORITY,
    FIRST_LINE,
    LISTS,
    NOW,
    SECOND_LINE,
    START,
    credential,
    document,
    entries,
    packed,
)

AGREEMENT = document(FIRST_LINE, SECOND_LINE)
AINO = credential("Aino")
LATER = NOW + timedelta(minutes=20)
KINDS = [KeyKind.RSA_2048, KeyKind.EC_P256, KeyKind.EC_P384]


def handed_out(by: Credential = AINO, of: bytes = AGREEMENT, **asked) -> ToSign:
    return hand_out(of, by.chain, **{"at": NOW, "line": signature_lines(of)[0], **asked})


def der_of(by: Credential, octets: bytes) -> bytes:
    """Sign as openssl does."""
    if isinstance(by.key, rsa.RSAPrivateKey):
        return by.key.sign(octets, padding.PKCS1v15(), hashes.SHA256())
    return by.key.sign(octets, ec.ECDSA(hashes.SHA384() if by.key.key_size == 384 else hashes.SHA256()))


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_made_elsewhere_completes_and_the_document_is_valid(kind: KeyKind):
    eino = credential("Eino", kind)
    to_sign = handed_out(eino, comments="Sovittu & hyväksytty")
    signed = take_back(AGREEMENT, to_sign, der_of(eino, to_sign.octets), at=LATER)
    report = verify(signed, at=LATER, anchors=[AUTHORITY.root], revocation=LISTS)
    assert (report.verdict, report.signatures[0].signed_at) == (Verdict.VALID, NOW)
    assert (report.signatures[0].comments, report.signatures[0].setup_id) == ("Sovittu & hyväksytty", FIRST_LINE)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_the_signature_that_a_key_at_hand_makes(kind: KeyKind):
    eino = credential("Eino", kind)
    line = signature_lines(AGREEMENT)[1]
    to_sign = handed_out(eino, line=line)
    elsewhere = entries(take_back(AGREEMENT, to_sign, eino.sign(to_sign.octets), at=NOW))
    here = entries(sign(AGREEMENT, eino, at=NOW, line=line))
    assert elsewhere.keys() == here.keys()
    differing = {name for name in here if here[name] != elsewhere[name]}
    assert differing == (set() if kind is KeyKind.RSA_2048 else {"_xmlsignatures/sig1.xml"})  # ECDSA is never the same


@pytest.mark.parametrize("kind", KINDS)
def test_a_device_that_signs_digests_finds_the_digest_it_needs(kind: KeyKind):
    eino = credential("Eino", kind)
    to_sign = handed_out(eino)
    algorithm = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384()}[to_sign.digest_algorithm]
    if isinstance(eino.key, rsa.RSAPrivateKey):
        value = eino.key.sign(to_sign.digest, padding.PKCS1v15(), Prehashed(algorithm))
        assert to_sign.digest_info.endswith(to_sign.digest)
    else:
        value = eino.key.sign(to_sign.digest, ec.ECDSA(Prehashed(algorithm)))
        assert to_sign.digest_info is None
    assert take_back(AGREEMENT, to_sign, value, at=NOW)


def test_what_is_handed_out_says_of_which_document_until_when_and_how_it_is_to_be_signed():
    to_sign = handed_out(lasts=timedelta(minutes=5), at=NOW.replace(microsecond=999))
    assert (to_sign.at, to_sign.expires_at) == (NOW, NOW + timedelta(minutes=5))
    assert to_sign.content_digest == content_digest(Package.read(AGREEMENT))
    assert to_sign.line.suggested_signer == "Signatory 1"
    assert to_sign.signature_method.endswith("#ecdsa-sha256")
    assert remote.chain_of(to_sign) == AINO.chain


def test_the_same_request_hands_out_the_same_bytes_and_they_are_read_back():
    written = remote.to_bytes(handed_out())
    assert written == remote.to_bytes(handed_out())
    assert remote.from_bytes(written) == handed_out()
    assert len(written) < 10_000


def test_a_signature_can_be_on_no_line():
    to_sign = handed_out(line=None)
    signed = take_back(AGREEMENT, to_sign, AINO.sign(to_sign.octets), at=NOW)
    assert [one.setup_id for one in verify(signed, at=NOW).signatures] == [""]


def refused(document: bytes, to_sign: ToSign, value: bytes, at=LATER) -> CannotComplete | CannotSign:
    with pytest.raises((CannotComplete, CannotSign)) as caught:
        take_back(document, to_sign, value, at=at)
    return caught.value


@pytest.mark.parametrize(
    ("after", "lasts"),
    [
        (timedelta(hours=1), timedelta(hours=1)),
        (timedelta(seconds=1), timedelta(seconds=1)),
        (timedelta(days=1), timedelta(days=1)),
        (timedelta(minutes=-6), timedelta(hours=1)),
    ],
)
def test_after_its_time_or_before_it_nothing_is_completed(after: timedelta, lasts: timedelta):
    to_sign = handed_out(lasts=lasts)
    value = AINO.sign(to_sign.octets)
    assert isinstance(refused(AGREEMENT, to_sign, value, at=NOW + after), ToSignExpired)
    within = after - timedelta(seconds=1) if after > timedelta() else timedelta(minutes=-5)
    assert take_back(AGREEMENT, to_sign, value, at=NOW + within)


def test_whoever_moves_the_end_gets_a_day_and_no_more():
    for end in ("2026-03-03T09:30:16Z", "2026-03-02T09:30:15Z", "2026-03-01T09:30:15Z", "0001-01-01T00:00:00Z"):
        with pytest.raises(ToSignUnreadable):
            remote.from_bytes(with_changed(expires_at=end))
    to_sign = remote.from_bytes(with_changed(expires_at="2026-03-03T09:30:15Z"))
    assert take_back(AGREEMENT, to_sign, AINO.sign(to_sign.octets), at=NOW + timedelta(hours=23))


@pytest.mark.parametrize("lasts", [timedelta(), timedelta(seconds=-1), timedelta(days=1, seconds=1)])
def test_what_is_handed_out_lasts_at_most_a_day(lasts: timedelta):
    with pytest.raises(CannotSign, match="at most a day"):
        handed_out(lasts=lasts)


def test_a_value_is_not_taken_twice_or_for_another_file():
    to_sign = handed_out()
    value = AINO.sign(to_sign.octets)
    signed = take_back(AGREEMENT, to_sign, value, at=LATER)
    again = packed(dict(reversed(entries(AGREEMENT).items())))  # the same content, packed anew
    other = document(FIRST_LINE, SECOND_LINE, links=["https://example.fi/"])
    for file in (signed, again, other, b"", b"no document"):
        assert isinstance(refused(file, to_sign, value), ToSignForAnother)


def test_once_somebody_else_has_signed_it_must_be_prepared_again():
    to_sign = handed_out(line=signature_lines(AGREEMENT)[1])
    meanwhile = sign(AGREEMENT, credential("Eino"), at=NOW, line=signature_lines(AGREEMENT)[0])
    assert isinstance(refused(meanwhile, to_sign, AINO.sign(to_sign.octets)), ToSignForAnother)
    anew = handed_out(of=meanwhile, line=signature_lines(meanwhile)[1])
    assert take_back(meanwhile, anew, AINO.sign(anew.octets), at=LATER)


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_of_another_key_another_preparation_or_cut_off_is_refused(kind: KeyKind):
    eino = credential("Eino", kind)
    to_sign = handed_out(eino)
    value, der = eino.sign(to_sign.octets), der_of(eino, to_sign.octets)
    earlier = eino.sign(handed_out(eino, at=NOW - timedelta(seconds=1)).octets)
    wrong = [
        *(b"", b"\0", value[:-1], value[1:], value + b"\0", b"\0" * len(value), der[:-1], der + b"\0"),
        *(credential("Eino", kind).sign(to_sign.octets), eino.sign(to_sign.digest), earlier, b"\xff" * len(value)),
    ]
    for each in wrong:
        assert isinstance(refused(AGREEMENT, to_sign, each), SignatureValueWrong), each


@given(at=st.integers(0, 63), bit=st.integers(0, 7))
def test_a_value_with_any_bit_changed_is_refused(at: int, bit: int):
    value = bytearray(_VALUE)
    value[at] ^= 1 << bit
    assert isinstance(refused(AGREEMENT, _TO_SIGN, bytes(value)), SignatureValueWrong)


_TO_SIGN = handed_out()
_VALUE = AINO.sign(_TO_SIGN.octets)


@pytest.mark.parametrize(
    "changed",
    [
        {"octets": b"<SignedInfo/>"},
        {"digest": b"x"},
        {"digest_algorithm": "sha384"},
        {"digest_info": b"x"},
        {"signature_method": "urn:other"},
        {"content_digest": "00"},
        {"comments": "for another reason"},
        {"at": NOW - timedelta(seconds=1)},
        {"line": None},
        {"line": signature_lines(AGREEMENT)[1]},
        {"certificates": handed_out(credential("Eino")).certificates},
    ],
    ids="-".join,
)
def test_what_was_changed_since_it_was_handed_out_is_not_completed(changed: dict):
    to_sign = msgspec.structs.replace(handed_out(), **changed)
    assert isinstance(refused(AGREEMENT, to_sign, AINO.sign(to_sign.octets)), ToSignForAnother)


def test_a_certificate_that_expires_meanwhile_signs_nothing():
    last = START + SIGNER_LASTS
    to_sign = handed_out(at=last - timedelta(minutes=1))
    refusal = refused(AGREEMENT, to_sign, AINO.sign(to_sign.octets), at=last + timedelta(minutes=1))
    assert (refusal.rule, "expired" in refusal.detail) == ("R11", True)


@pytest.mark.parametrize("year", [1, 9999])
def test_the_ends_of_time_are_told_as_any_other_instant(year: int):
    at = {"at": f"{year:04}-12-31T20:00:00Z", "expires_at": f"{year:04}-12-31T21:00:00Z"}
    to_sign = remote.from_bytes(with_changed(**at))
    assert isinstance(refused(AGREEMENT, to_sign, b""), ToSignExpired)
    with pytest.raises(CannotSign, match=r"expired|not valid before"):
        remote.check(AGREEMENT, to_sign)


def test_an_instant_without_a_time_zone_is_a_fault_of_the_caller():
    with pytest.raises(ValueError, match="time zone"):
        handed_out(at=NOW.replace(tzinfo=None))


def test_what_could_not_be_signed_at_hand_is_not_handed_out():
    with pytest.raises(CannotSign, match="expired"):
        handed_out(at=START + SIGNER_LASTS * 2)
    with pytest.raises(CannotSign) as caught:
        hand_out(b"no document", AINO.chain, at=NOW)
    assert caught.value.rule == "R0"
    signed = sign(AGREEMENT, AINO, at=NOW, line=signature_lines(AGREEMENT)[0])
    with pytest.raises(CannotSign, match="signed already"):
        handed_out(of=signed)


def test_whoever_is_to_sign_can_check_that_it_is_of_the_document():
    remote.check(AGREEMENT, handed_out())
    with pytest.raises(ToSignForAnother):
        remote.check(document(FIRST_LINE), handed_out())
    with pytest.raises(ToSignForAnother):
        remote.check(AGREEMENT, msgspec.structs.replace(handed_out(), octets=b"something else"))


def without(field: str) -> bytes:
    written = msgspec.json.decode(remote.to_bytes(handed_out()))
    del written[field]
    return msgspec.json.encode(written)


def with_changed(**changed: object) -> bytes:
    return msgspec.json.encode(msgspec.json.decode(remote.to_bytes(handed_out())) | changed)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[" * 100_000,
        remote.to_bytes(handed_out())[:-10],
        remote.to_bytes(handed_out()) + b" " * 300_000,
        *(without(field) for field in msgspec.json.decode(remote.to_bytes(handed_out())) if field != "format"),
        with_changed(format=2),
        with_changed(more=1),
        with_changed(at="2026-03-02T09:30:15"),
        with_changed(at="2026-03-02T11:30:15+02:00"),
        with_changed(at="0001-01-01T00:00:00+14:00", expires_at="0001-01-01T01:00:00+14:00"),
        with_changed(certificates=[]),
        with_changed(certificates=["AAAA"]),
        with_changed(certificates=["AAAA"] * 20),
        with_changed(octets="not base64!"),
    ],
    ids=range(26),
)
def test_what_is_something_else_is_not_read(data: bytes):
    with pytest.raises(ToSignUnreadable):
        remote.from_bytes(data)


@given(st.binary(max_size=300) | st.just(remote.to_bytes(_TO_SIGN)), st.integers(0, 5_000), st.binary(max_size=3))
def test_whatever_the_bytes_are_there_is_an_answer(data: bytes, at: int, put: bytes):
    with suppress(ToSignUnreadable):
        remote.from_bytes(data[:at] + put + data[at + len(put) :])
