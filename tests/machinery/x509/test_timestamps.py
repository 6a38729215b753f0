"""Timestamp tokens: whole ones, broken ones, and whose word they are."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.revocation import NOTHING, RevocationData
from kanta_tenancy.machinery.x509.sample_authority import Revoked, Signer, chain_pem, found, issue
from kanta_tenancy.machinery.x509.timestamp_token import Accuracy, Extension
from kanta_tenancy.machinery.x509.timestamps import Timestamp, TimestampJudgement, TokenUnsound, judge, read
from tests.machinery.x509.authorities import DAY, ISSUED, NOW, TIME_STAMPING, authority, listed, of_issuing
from tests.machinery.x509.openssl import openssl, stamped
from tests.machinery.x509.stamping import Habits, stamp

MESSAGE = b"a signature"
TSA = of_issuing(*TIME_STAMPING, name="Stamper")
LISTS = listed().with_more(listed(by=authority().top))


def token(habits: Habits | None = None, *, by: Credential = TSA, at: datetime = NOW) -> bytes:
    return stamp(MESSAGE, by, at=at, habits=habits or Habits())


def judged(
    timestamp: Timestamp, *, asked_at: datetime = NOW, data: RevocationData = LISTS, anchors: object = None
) -> TimestampJudgement:
    trusted = [authority().root] if anchors is None else anchors
    return judge(timestamp, anchors=trusted, data=data, asked_at=asked_at)


def why_unsound(habits: Habits, by: Credential = TSA) -> str:
    with pytest.raises(TokenUnsound) as unsound:
        read(token(habits, by=by))
    return unsound.value.reason


def test_a_token_says_when_and_what_was_stamped_and_by_whom():
    read_back = read(token(Habits(accuracy=Accuracy(seconds=1, millis=500, micros=None))))
    assert read_back.at == NOW
    assert read_back.accuracy == timedelta(seconds=1.5)
    assert read_back.authority == TSA.certificate
    assert read_back.certificates == TSA.chain[1:]
    assert read_back.covers(MESSAGE)
    assert not read_back.covers(MESSAGE + b"!")
    assert (read_back.policy, read_back.serial) == ("1.2.3.4.1", 7)


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("kind", [KeyKind.RSA_2048, KeyKind.EC_P256])
def test_tokens_of_openssl_are_read(tmp_path: Path, digest: str, kind: KeyKind):
    now = SystemClock().now()
    stamper = authority_of_today(now, kind)
    read_back = read(stamped(tmp_path, stamper, MESSAGE, digest=digest))
    assert abs(read_back.at - now) < timedelta(minutes=1)
    assert read_back.covers(MESSAGE)
    assert read_back.algorithm == digest
    assert read_back.accuracy == timedelta(seconds=1, microseconds=500_100)


def authority_of_today(now: datetime, kind: KeyKind = KeyKind.EC_P256) -> Credential:
    signer = Signer(name="Stamper", organisation="Test")
    return issue(found("Now", at=now - DAY), signer, at=now - DAY, kind=kind, extensions=TIME_STAMPING)


def test_an_older_token_names_its_certificate_by_sha_1(tmp_path: Path):
    stamper = authority_of_today(SystemClock().now())
    assert read(stamped(tmp_path, stamper, MESSAGE, ess="sha1")).authority == stamper.certificate
    assert read(token(Habits(names_the_old_way=True))).authority == TSA.certificate


@pytest.mark.parametrize("kind", [KeyKind.RSA_2048, KeyKind.EC_P256])
def test_what_is_read_here_others_verify_too(tmp_path: Path, kind: KeyKind):
    stamper = of_issuing(*TIME_STAMPING, kind=kind)
    content = token(by=stamper, habits=Habits(brings=stamper.chain[:1]))
    answer = decode_timestamp_response(b"\x30\x82" + (len(content) + 5).to_bytes(2) + b"\x30\x03\x02\x01\x00" + content)
    verifier = VerifierBuilder(roots=[authority().root], intermediates=[authority().issuing.certificate]).build()
    assert verifier.verify_message(answer, MESSAGE)
    with pytest.raises(VerificationError):
        verifier.verify_message(answer, MESSAGE + b"!")
    (tmp_path / "token").write_bytes(content)
    (tmp_path / "message").write_bytes(MESSAGE)
    (tmp_path / "root.pem").write_bytes(chain_pem(authority().root))
    (tmp_path / "issuing.pem").write_bytes(chain_pem(authority().issuing.certificate))
    told = openssl(
        tmp_path, "ts", "-verify", "-in", "token", "-token_in", "-data", "message", "-CAfile", "root.pem",
        "-untrusted", "issuing.pem", "-attime", str(int(NOW.timestamp())),
    )  # fmt: skip
    assert b"OK" in told


def test_certificates_may_come_in_any_order():
    for brings in (TSA.chain, tuple(reversed(TSA.chain))):
        assert read(token(Habits(brings=brings))).authority == TSA.certificate


@pytest.mark.parametrize(
    ("habits", "sentence"),
    [
        (Habits(names=authority().root), "does not bring the certificate"),
        (Habits(names_none=True), "does not bring the certificate"),
        (Habits(brings=()), "does not bring the certificate"),
        (Habits(names=TSA.chain[1]), "not signed with the key"),
        (Habits(digest_of=b"something else"), "was changed"),
        (Habits(said="1.2.840.113549.1.7.1"), "something else"),
        (Habits(content_type="1.2.840.113549.1.7.1"), "no timestamp"),
        (Habits(signers=2), "no timestamp"),
        (Habits(digest="sha1"), "weak"),
        (Habits(signer_digest="sha1"), "weak"),
        (Habits(signature="1.2.840.10045.4.1"), "weak"),
        (Habits(signature="1.2.840.10045.4.3.3"), "not signed with the key"),
        (Habits(brings=[TSA.certificate] * 11), "more than"),
        (
            Habits(extensions=[Extension(name=x509.ObjectIdentifier("1.2.3"), critical=True, value=b"\x05\x00")]),
            "critical",
        ),
    ],
)
def test_a_token_that_does_not_hold_together_is_none(habits: Habits, sentence: str):
    assert sentence in why_unsound(habits)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_a_token_that_was_changed_says_nothing_new(position: int, mask: int):
    whole = token()
    at = position % len(whole)
    changed = whole[:at] + bytes([whole[at] ^ mask]) + whole[at + 1 :]
    try:
        found = read(changed)
    except TokenUnsound:
        return
    original = read(whole)
    assert (found.at, found.imprint, found.authority) == (original.at, original.imprint, original.authority)


@pytest.mark.parametrize("junk", [b"", b"junk", b"\x30\x00", b"\x30" + b"\xff" * 40, b"x" * 100_001])
def test_what_is_no_token_is_none(junk: bytes):
    with pytest.raises(TokenUnsound):
        read(junk)


def test_an_authority_is_trusted_through_its_root_or_by_itself():
    for anchors in ([authority().root], [authority().issuing.certificate], [TSA.certificate]):
        found = judged(read(token()), anchors=anchors)
        assert found.trusted, found.reason
        assert "2026-06-01 12:00:00 UTC" in found.reason
    assert not judged(read(token()), anchors=[]).trusted
    assert not judged(read(token()), anchors=[authority("Other").root]).trusted


@pytest.mark.parametrize(
    "extensions",
    [
        (),
        ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), False),),
        ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), True),),
        ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING]), True),),
    ],
)
def test_a_certificate_that_is_not_for_timestamps_alone_stamps_nothing(
    extensions: tuple[tuple[x509.ExtensionType, bool], ...],
):
    other = of_issuing(*extensions)
    found = judged(read(token(by=other)))
    assert not found.trusted
    assert "not trusted" in found.reason


def test_a_timestamp_of_the_future_proves_nothing():
    found = judged(read(token(at=NOW + timedelta(hours=1))))
    assert not found.trusted
    assert "future" in found.reason


def test_a_timestamp_from_before_its_authoritys_certificate_proves_nothing():
    assert not judged(read(token(at=ISSUED - DAY))).trusted


def test_once_the_authoritys_certificate_has_expired_a_newer_timestamp_is_needed():
    last = TSA.certificate.not_valid_after_utc
    assert judged(read(token()), asked_at=last).trusted
    found = judged(read(token()), asked_at=last + timedelta(seconds=1))
    assert not found.trusted
    assert "expired since" in found.reason


def test_an_authority_that_may_be_revoked_proves_nothing():
    for data in (NOTHING, listed()):
        found = judged(read(token()), data=data)
        assert not found.trusted
        assert "not known" in found.reason


def test_lists_of_the_time_of_stamping_are_enough_years_later():
    assert judged(read(token()), asked_at=NOW + 500 * DAY).trusted


HARMLESS, HARMFUL = x509.ReasonFlags.superseded, x509.ReasonFlags.key_compromise


@pytest.mark.parametrize(
    ("cause", "when", "trusted"),
    [
        (HARMLESS, NOW + DAY, True),
        (HARMLESS, NOW - DAY, False),
        (HARMFUL, NOW + DAY, False),
        (None, NOW + DAY, False),
        (x509.ReasonFlags.unspecified, NOW + DAY, True),
    ],
)
def test_a_revoked_authority_keeps_what_it_stamped_before_only_when_its_key_was_not_lost(
    cause: x509.ReasonFlags | None, when: datetime, trusted: bool
):
    revoked = Revoked(certificate=TSA.certificate, at=when, cause=cause)
    data = listed(revoked, at=NOW + 2 * DAY).with_more(listed(by=authority().top))
    found = judged(read(token()), data=data, asked_at=NOW + 3 * DAY)
    assert found.trusted is trusted
    assert trusted or "is revoked" in found.reason
