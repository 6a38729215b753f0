"""How a certificate stands, by lists and answers of its authority, of others, and of nobody."""

from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.kernel.clock import SystemClock
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.revocation import (
    NOTHING,
    Freshness,
    Judgement,
    RevocationData,
    Standing,
    judge,
    judge_path,
)
from kanta_tenancy.machinery.x509.sample_authority import Revoked, Signer, issue
from tests.machinery.x509.authorities import (
    DAY,
    ISSUED,
    NO_CHECK,
    NOW,
    OCSP_SIGNING,
    aino,
    answered,
    authority,
    listed,
    of_issuing,
)

HOLD = x509.ReasonFlags.certificate_hold
COMPROMISE = x509.ReasonFlags.key_compromise
HOUR = timedelta(hours=1)
POINT = x509.UniformResourceIdentifier("http://crl.example/1.crl")
OTHER_POINT = x509.UniformResourceIdentifier("http://crl.example/2.crl")


def judged(
    data: RevocationData,
    *,
    at: datetime = NOW,
    asked_at: datetime | None = None,
    certificate: x509.Certificate | None = None,
    **more: Freshness,
) -> Judgement:
    subject = certificate or aino().certificate
    return judge(subject, authority().issuing.certificate, data, at=at, asked_at=asked_at, **more)


def standing(data: RevocationData, **more: object) -> Standing:
    return judged(data, **more).standing


def revoked(at: datetime = NOW - 2 * DAY, cause: x509.ReasonFlags | None = COMPROMISE) -> Revoked:
    return Revoked(certificate=aino().certificate, at=at, cause=cause)


def test_without_data_nothing_is_known():
    found = judged(NOTHING)
    assert found.standing is Standing.UNKNOWN
    assert "no revocation list" in found.reason


def test_a_fresh_list_that_does_not_name_a_certificate_calls_it_good():
    found = judged(listed())
    assert found.standing is Standing.GOOD
    assert (found.source, found.since) == ("revocation list", NOW - DAY)


def test_a_fresh_answer_calls_it_good():
    found = judged(answered(aino().certificate))
    assert found.standing is Standing.GOOD
    assert found.source == "OCSP answer"


@pytest.mark.parametrize("algorithm", [hashes.SHA224(), hashes.SHA256(), hashes.SHA512()])
def test_an_answer_may_name_the_certificate_by_any_digest(algorithm: hashes.HashAlgorithm):
    assert standing(answered(aino().certificate, id_by=algorithm)) is Standing.GOOD


@pytest.mark.parametrize("cause", [None, COMPROMISE, x509.ReasonFlags.superseded])
def test_a_list_and_an_answer_say_when_and_why_it_was_revoked(cause: x509.ReasonFlags | None):
    when = NOW - 2 * DAY
    by_answer = answered(aino().certificate, status=ocsp.OCSPCertStatus.REVOKED, revoked_at=when, cause=cause)
    for data in (listed(revoked(when, cause)), by_answer):
        found = judged(data)
        assert (found.standing, found.revoked_at, found.cause) == (Standing.REVOKED, when, cause)


@given(st.timedeltas(min_value=timedelta(days=-20), max_value=timedelta(days=20)))
def test_revoked_is_from_the_instant_of_revocation_on(offset: timedelta):
    when = NOW - timedelta(days=5)
    found = judged(listed(revoked(when)), at=when + offset, asked_at=NOW + 30 * DAY)
    assert found.standing is (Standing.GOOD if offset < timedelta(0) else Standing.REVOKED)
    assert found.revoked_at == when


@given(st.timedeltas(min_value=timedelta(days=-10), max_value=timedelta(days=20)))
def test_not_being_listed_counts_until_the_list_ends_and_for_what_was_before_it(offset: timedelta):
    at = NOW - DAY + offset
    found = judged(listed(at=NOW - DAY, lasts=7 * DAY), at=at, asked_at=max(at, NOW))
    assert found.standing is (Standing.UNKNOWN if offset > 7 * DAY + timedelta(minutes=5) else Standing.GOOD)


def test_a_stale_list_says_nothing_good_and_still_tells_of_revocation():
    late = NOW + 30 * DAY
    found = judged(listed(), at=late)
    assert found.standing is Standing.UNKNOWN
    assert "too old" in found.reason
    assert standing(listed(revoked()), at=late) is Standing.REVOKED


def test_a_statement_without_an_end_counts_for_a_day_unless_more_is_allowed():
    data = answered(aino().certificate, at=NOW, lasts=None)
    assert standing(data, at=NOW + 23 * HOUR) is Standing.GOOD
    assert standing(data, at=NOW + 25 * HOUR) is Standing.UNKNOWN
    assert standing(data, at=NOW + 25 * HOUR, freshness=Freshness(without_end=2 * DAY)) is Standing.GOOD


def test_a_statement_may_be_held_to_a_shorter_life_than_it_claims():
    data = listed(at=NOW - DAY, lasts=7 * DAY)
    assert standing(data, freshness=Freshness(at_most=2 * DAY)) is Standing.GOOD
    assert standing(data, freshness=Freshness(at_most=HOUR)) is Standing.UNKNOWN


def test_a_statement_of_the_future_does_not_count():
    for data in (listed(at=NOW + HOUR), answered(aino().certificate, at=NOW + HOUR)):
        found = judged(data)
        assert found.standing is Standing.UNKNOWN
        assert "future" in found.reason
        assert standing(data, asked_at=NOW + HOUR) is Standing.GOOD


def test_one_revocation_outweighs_any_number_of_good_words():
    data = answered(aino().certificate, at=NOW).with_more(listed(revoked(), at=NOW - 3 * DAY)).with_more(listed())
    assert standing(data) is Standing.REVOKED


def test_a_hold_lasts_until_a_newer_statement_ends_it():
    held = listed(revoked(cause=HOLD), at=NOW - DAY)
    found = judged(held)
    assert (found.standing, found.on_hold) == (Standing.REVOKED, True)
    assert standing(held.with_more(listed(at=NOW))) is Standing.GOOD
    assert standing(held.with_more(listed(at=NOW - 2 * DAY))) is Standing.REVOKED


def test_the_list_of_another_authority_says_nothing():
    assert standing(listed(revoked(), by=authority("Other").issuing)) is Standing.UNKNOWN
    assert standing(listed(revoked(), by=authority().top)) is Standing.UNKNOWN


def test_a_list_in_the_issuers_name_by_another_key_is_refused():
    impostor = Credential(key=authority("Other").issuing.key, chain=authority().issuing.chain)
    found = judged(listed(by=impostor))
    assert found.standing is Standing.UNKNOWN
    assert "not signed by the issuer" in found.reason


def test_a_changed_list_is_refused():
    (der,) = listed(revoked()).crls
    changed = der[:-1] + bytes([der[-1] ^ 1])
    assert standing(RevocationData(crls=(changed,))) is Standing.UNKNOWN


@pytest.mark.parametrize("junk", [b"", b"junk", b"\x30\x80", b"\x30\x03\x0a\x01\x06"])
def test_what_is_no_list_or_answer_is_passed_over(junk: bytes):
    assert standing(RevocationData(crls=(junk,), ocsp=(junk,))) is Standing.UNKNOWN
    assert standing(RevocationData(crls=(junk,), ocsp=(junk,)).with_more(listed())) is Standing.GOOD


def points(**more: object) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    fields: dict[str, object] = {
        "full_name": None,
        "relative_name": None,
        "only_contains_user_certs": False,
        "only_contains_ca_certs": False,
        "only_some_reasons": None,
        "indirect_crl": False,
        "only_contains_attribute_certs": False,
    }
    return ((x509.IssuingDistributionPoint(**{**fields, **more}), True),)


@pytest.mark.parametrize(
    ("extensions", "sentence"),
    [
        (points(indirect_crl=True), "several authorities"),
        (points(only_contains_ca_certs=True), "another kind"),
        (points(only_contains_attribute_certs=True), "another kind"),
        (points(only_some_reasons=frozenset({COMPROMISE})), "some grounds"),
        (points(full_name=[POINT]), "another distribution point"),
        (((x509.DeltaCRLIndicator(1), True),), "delta"),
        (((x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"), True),), "1.2.3.4"),
    ],
)
def test_a_list_of_part_of_the_truth_leaves_it_unknown(
    extensions: tuple[tuple[x509.ExtensionType, bool], ...], sentence: str
):
    found = judged(listed(extensions=extensions))
    assert found.standing is Standing.UNKNOWN
    assert sentence in found.reason


@pytest.mark.parametrize("extensions", [points(only_some_reasons=frozenset({COMPROMISE})), points(full_name=[POINT])])
def test_whom_a_list_of_part_of_the_truth_names_is_revoked(extensions: tuple[tuple[x509.ExtensionType, bool], ...]):
    assert standing(listed(revoked(), extensions=extensions)) is Standing.REVOKED


def test_a_list_for_signers_counts_for_signers():
    assert standing(listed(extensions=points(only_contains_user_certs=True))) is Standing.GOOD


def test_the_list_of_a_distribution_point_counts_for_certificates_that_name_it():
    point = x509.DistributionPoint(full_name=[POINT], relative_name=None, reasons=None, crl_issuer=None)
    named = aino((x509.CRLDistributionPoints([point]), False)).certificate
    assert standing(listed(extensions=points(full_name=[POINT])), certificate=named) is Standing.GOOD
    assert standing(listed(extensions=points(full_name=[OTHER_POINT])), certificate=named) is Standing.UNKNOWN


def test_an_authority_whose_key_usage_forbids_it_makes_no_list():
    no_lists = issue(authority(), Signer(name="Mute", organisation="T"), at=ISSUED, usage=("key_cert_sign",))
    mute = Credential(key=no_lists.key, chain=no_lists.chain)
    found = judge(aino().certificate, mute.certificate, listed(by=mute), at=NOW)
    assert found.standing is Standing.UNKNOWN
    assert "key usage" in found.reason


def test_an_appointed_responder_is_believed_while_the_issuer_vouches_for_it():
    assert standing(answered(aino().certificate, by=of_issuing(*NO_CHECK))) is Standing.GOOD


def test_a_responder_without_nocheck_is_looked_up_in_the_issuers_list():
    responder = of_issuing(*OCSP_SIGNING)
    data = answered(aino().certificate, by=responder)
    found = judged(data)
    assert found.standing is Standing.UNKNOWN
    assert "responder that may be revoked" in found.reason
    older = NOW - 3 * DAY
    assert judged(data.with_more(listed(at=older))).source == "OCSP answer"
    taken_back = Revoked(certificate=responder.certificate, at=NOW - 10 * DAY)
    assert judged(data.with_more(listed(taken_back, at=older))).source == "revocation list"


@pytest.mark.parametrize(
    ("responder", "sentence"),
    [
        (of_issuing(), "did not appoint"),
        (of_issuing((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), False)), "did not appoint"),
        (
            issue(authority("Other"), Signer(name="R", organisation="R"), at=ISSUED, extensions=NO_CHECK),
            "did not issue",
        ),
        (of_issuing(*NO_CHECK, at=SystemClock().now() + DAY), "not valid then"),
    ],
)
def test_an_answer_of_somebody_whom_the_issuer_did_not_appoint_does_not_count(responder: Credential, sentence: str):
    found = judged(answered(aino().certificate, by=responder))
    assert found.standing is Standing.UNKNOWN
    assert sentence in found.reason


def test_an_answer_that_does_not_bring_who_signed_it_does_not_count():
    responder = of_issuing(*NO_CHECK)
    found = judged(answered(aino().certificate, by=responder, brings=False))
    assert found.standing is Standing.UNKNOWN
    assert "signed neither" in found.reason


def test_an_answer_about_another_certificate_or_issuer_is_none():
    other = of_issuing(name="Eino").certificate
    assert standing(answered(other)) is Standing.UNKNOWN
    assert standing(answered(aino().certificate, issuer=authority().root)) is Standing.UNKNOWN


def test_an_authority_that_does_not_know_the_certificate_leaves_it_unknown():
    found = judged(answered(aino().certificate, status=ocsp.OCSPCertStatus.UNKNOWN))
    assert found.standing is Standing.UNKNOWN
    assert "does not know" in found.reason


def test_an_answer_that_refuses_to_answer_is_none():
    refusal = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER)
    assert standing(RevocationData(ocsp=(refusal.public_bytes(Encoding.DER),))) is Standing.UNKNOWN


def test_after_a_certificates_end_a_list_may_be_silent_of_it():
    last = aino().certificate.not_valid_after_utc
    late = listed(at=last + DAY, lasts=7 * DAY)
    assert standing(late, at=last - DAY, asked_at=last + 2 * DAY) is Standing.UNKNOWN
    remembering = listed(at=last + DAY, lasts=7 * DAY, extensions=((expired_since(ISSUED), False),))
    assert standing(remembering, at=last - DAY, asked_at=last + 2 * DAY) is Standing.GOOD
    forgetful = listed(at=last + DAY, lasts=7 * DAY, extensions=((expired_since(last + HOUR), False),))
    assert standing(forgetful, at=last - DAY, asked_at=last + 2 * DAY) is Standing.UNKNOWN


def expired_since(at: datetime) -> x509.UnrecognizedExtension:
    value = at.strftime("%Y%m%d%H%M%SZ").encode()
    return x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.60"), bytes([0x18, len(value)]) + value)


NO_REVOCATION = (x509.UnrecognizedExtension(x509.ObjectIdentifier("2.5.29.56"), b"\x05\x00"), False)


def test_a_certificate_that_is_never_revoked_is_good():
    short = of_issuing(NO_REVOCATION).certificate
    found = judged(NOTHING, certificate=short)
    assert found.standing is Standing.GOOD
    assert "noRevAvail" in found.reason


def access(method: x509.ObjectIdentifier) -> tuple[x509.ExtensionType, bool]:
    return x509.AuthorityInformationAccess([x509.AccessDescription(method, POINT)]), False


@pytest.mark.parametrize(
    ("extension", "believed"),
    [
        ((x509.CRLDistributionPoints([x509.DistributionPoint([POINT], None, None, None)]), False), False),
        (access(AuthorityInformationAccessOID.OCSP), False),
        (access(AuthorityInformationAccessOID.CA_ISSUERS), True),
    ],
)
def test_never_revoked_is_not_believed_beside_where_to_ask(extension: tuple[x509.ExtensionType, bool], believed: bool):
    certificate = of_issuing(NO_REVOCATION, extension).certificate
    assert (standing(NOTHING, certificate=certificate) is Standing.GOOD) == believed


def test_every_certificate_of_a_path_but_its_anchor_is_judged():
    path = (aino().certificate, authority().issuing.certificate, authority().root)
    both = listed().with_more(listed(by=authority().top))
    assert [each.standing for each in judge_path(path, both, at=NOW)] == [Standing.GOOD, Standing.GOOD]
    assert [each.standing for each in judge_path(path, listed(), at=NOW)] == [Standing.GOOD, Standing.UNKNOWN]
    taken_back = Revoked(certificate=authority().issuing.certificate, at=NOW - 2 * DAY)
    gone = listed().with_more(listed(taken_back, by=authority().top))
    assert [each.standing for each in judge_path(path, gone, at=NOW)] == [Standing.GOOD, Standing.REVOKED]
