"""Rule R11: revoked or not, and since when a signature is there, by whose word."""

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from cryptography import x509

from kanta_tenancy.machinery.ooxml.indication import Cause, Indication, SubIndication
from kanta_tenancy.machinery.ooxml.layout.signature_part import stamped_octets
from kanta_tenancy.machinery.ooxml.report import Outcome, Report, SignatureReport, Verdict
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.revocation import NOTHING, Freshness, RevocationData
from kanta_tenancy.machinery.x509.sample_authority import Revoked, Signer, found, issue
from kanta_tenancy.machinery.x509.timestamp_token import Accuracy
from tests.machinery.ooxml.verification.asking import only
from tests.machinery.ooxml.verification.documents import a_document, packed
from tests.machinery.ooxml.verification.forger import Forgery, signed
from tests.machinery.ooxml.verification.signers import ISSUED, NOW, authority, lists, self_signed, signer
from tests.machinery.x509.authorities import TIME_STAMPING, answered, listed
from tests.machinery.x509.stamping import Habits, stamp

DAY = timedelta(days=1)
YEAR = 365 * DAY
HOUR = timedelta(hours=1)
LATER = NOW + 3 * YEAR  # the signer's certificate has expired, that of the timestamp authority has not
STAMPS = found("Stamps", at=ISSUED)
STAMPER = issue(
    STAMPS, Signer(name="Stamper", organisation="Stamps"), at=ISSUED, lasts=5 * YEAR, extensions=TIME_STAMPING
)
TOP = listed(by=authority().top, at=ISSUED, lasts=YEAR)
ALL_LISTS = lists().with_more(lists(STAMPS))
COMPROMISE = x509.ReasonFlags.key_compromise


def asked(
    how: Forgery | None = None,
    *,
    at: datetime = NOW,
    data: RevocationData = ALL_LISTS,
    anchors: Sequence[x509.Certificate] | None = None,
    stamps: Sequence[x509.Certificate] | None = (STAMPS.root,),
    **more: Freshness,
) -> Report:
    return verify(
        packed(signed(a_document(), how or Forgery())),
        at=at,
        anchors=[authority().root] if anchors is None else anchors,
        revocation=data,
        timestamp_anchors=stamps,
        **more,
    )


def carrying(*tokens: bytes, crls: Sequence[bytes] = (), ocsp: Sequence[bytes] = (), **how: object) -> Forgery:
    """Return how to sign with these among the unsigned properties; a token `b""` is one of this very signature."""

    def finished(text: str) -> str:
        value = base64.b64decode(text.partition("<SignatureValue>")[2].partition("<")[0])
        made = [token or honest(value) for token in tokens]
        stamps = "".join(
            f"<xd:SignatureTimeStamp><xd:EncapsulatedTimeStamp>{_text(each)}</xd:EncapsulatedTimeStamp>"
            "</xd:SignatureTimeStamp>"
            for each in made
        )
        values = "".join(f"<xd:EncapsulatedCRLValue>{_text(each)}</xd:EncapsulatedCRLValue>" for each in crls)
        answers = "".join(f"<xd:EncapsulatedOCSPValue>{_text(each)}</xd:EncapsulatedOCSPValue>" for each in ocsp)
        revocation = (
            f"<xd:RevocationValues>{f'<xd:CRLValues>{values}</xd:CRLValues>' if values else ''}"
            f"{f'<xd:OCSPValues>{answers}</xd:OCSPValues>' if answers else ''}</xd:RevocationValues>"
        )
        unsigned = (
            f"<xd:UnsignedProperties><xd:UnsignedSignatureProperties>{stamps}{revocation}"
            "</xd:UnsignedSignatureProperties></xd:UnsignedProperties>"
        )
        return text.replace("</xd:QualifyingProperties>", f"{unsigned}</xd:QualifyingProperties>")

    return Forgery(finished=finished, **how)


def _text(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def honest(value: bytes, *, at: datetime = NOW, by: Credential = STAMPER, habits: Habits | None = None) -> bytes:
    return stamp(stamped_octets(value), by, at=at, habits=habits or Habits())


def stamped_at(at: datetime, by: Credential = STAMPER, habits: Habits | None = None, **how: object) -> Forgery:
    """Return how to sign with a timestamp of an instant."""

    def finished(text: str) -> str:
        value = base64.b64decode(text.partition("<SignatureValue>")[2].partition("<")[0])
        return carrying(honest(value, at=at, by=by, habits=habits)).finished(text)

    return Forgery(finished=finished, **how)


def told(report: Report) -> tuple[Verdict, Indication, SubIndication | None]:
    indicated = only(report).indicated
    assert indicated == report.indicated
    return report.verdict, indicated.indication, indicated.sub_indication


PASSED = (Verdict.VALID, Indication.TOTAL_PASSED, None)


def open_for(sub: SubIndication) -> tuple[Verdict, Indication, SubIndication]:
    return Verdict.INDETERMINATE, Indication.INDETERMINATE, sub


def revoked(at: datetime, cause: x509.ReasonFlags | None = COMPROMISE, *, listed_at: datetime = NOW) -> RevocationData:
    one = Revoked(certificate=signer().certificate, at=at, cause=cause)
    return listed(one, by=authority().issuing, at=listed_at, lasts=7 * DAY).with_more(TOP)


def test_without_any_word_about_revocation_the_verdict_is_open():
    report = asked(data=NOTHING)
    assert told(report) == open_for(SubIndication.TRY_LATER)
    assert only(report).revocation.outcome is Outcome.UNKNOWN
    assert only(report).trust.outcome is Outcome.PASSED
    (reason,) = report.reasons
    assert (reason.rule, "revoked is not known" in reason.detail) == ("R11", True)


def test_without_a_trusted_authority_nobody_is_asked_about_revocation():
    report = asked(anchors=[])
    assert told(report) == open_for(SubIndication.NO_CERTIFICATE_CHAIN_FOUND)
    assert "Not asked" in only(report).revocation.reason
    assert len(report.reasons) == 1


def test_every_issuer_on_the_path_must_be_known_as_not_revoked():
    mine = listed(by=authority().issuing, at=NOW)
    assert told(asked(data=mine)) == open_for(SubIndication.TRY_LATER)
    assert told(asked(data=mine.with_more(TOP))) == PASSED
    taken_back = Revoked(certificate=authority().issuing.certificate, at=NOW - DAY)
    gone = mine.with_more(listed(taken_back, by=authority().top, at=NOW))
    assert told(asked(data=gone)) == open_for(SubIndication.REVOKED_CA_NO_POE)
    assert "An issuer's certificate is revoked" in only(asked(data=gone)).revocation.reason


def test_an_ocsp_answer_does_as_well_as_a_list():
    answer = answered(signer().certificate, of=authority())
    assert told(asked(data=answer.with_more(TOP))) == PASSED


def test_a_trusted_signer_needs_nobodys_word():
    credential = self_signed()
    report = asked(Forgery(credential=credential), anchors=[credential.certificate], data=NOTHING)
    assert told(report) == PASSED
    assert only(report).revocation.outcome is Outcome.PASSED


def test_signed_after_the_revocation_by_its_own_word_it_is_invalid():
    for when in (NOW - DAY, NOW):
        report = asked(data=revoked(when))
        assert told(report) == (Verdict.INVALID, Indication.TOTAL_FAILED, SubIndication.REVOKED)
        assert only(report).revocation.cause is Cause.REVOKED_WHEN_SIGNED


def test_revoked_since_the_claimed_time_it_is_open_whether_it_was_signed_before():
    report = asked(data=revoked(NOW + HOUR, listed_at=NOW + HOUR), at=NOW + 2 * HOUR)
    assert told(report) == open_for(SubIndication.REVOKED_NO_POE)
    assert "Nobody proves that it was signed before." in only(report).revocation.reason


def test_a_certificate_on_hold_is_to_be_asked_for_again():
    report = asked(data=revoked(NOW - DAY, x509.ReasonFlags.certificate_hold))
    assert told(report) == open_for(SubIndication.TRY_LATER)
    assert only(report).revocation.cause is Cause.ON_HOLD


def test_old_lists_are_not_enough():
    assert told(asked(at=NOW + 40 * DAY, data=revoked(NOW + 300 * DAY))) == open_for(SubIndication.TRY_LATER)
    assert told(asked(freshness=Freshness(at_most=DAY))) == open_for(SubIndication.TRY_LATER)


def test_what_the_signature_brings_is_checked_like_anything_else():
    assert told(asked(carrying(crls=lists().crls), data=NOTHING)) == PASSED
    impostor = found("Test", at=ISSUED)
    assert told(asked(carrying(crls=lists(impostor).crls), data=NOTHING)) == open_for(SubIndication.TRY_LATER)


def test_a_revocation_that_the_signature_itself_brings_counts_against_it():
    how = carrying(crls=revoked(NOW - DAY).crls)
    assert told(asked(how)) == (Verdict.INVALID, Indication.TOTAL_FAILED, SubIndication.REVOKED)


def test_of_very_many_embedded_values_only_some_are_read():
    last = lists().crls
    assert told(asked(carrying(crls=(*[b"junk"] * 30, *last)), data=NOTHING)) == PASSED
    assert told(asked(carrying(crls=(*[b"junk"] * 300, *last)), data=NOTHING)) == open_for(SubIndication.TRY_LATER)


def only_of(how: Forgery, **more: object) -> SignatureReport:
    return only(asked(how, **more))


def test_without_a_timestamp_only_the_signer_says_when():
    answer = only(asked()).time
    assert (answer.outcome, only(asked()).proved_at) == (Outcome.UNKNOWN, None)
    assert "Only the signer" in answer.reason


def test_with_a_trusted_timestamp_the_time_is_proved():
    found_one = only_of(carrying(b""))
    assert found_one.time.outcome is Outcome.PASSED
    assert found_one.proved_at == NOW
    assert found_one.proved_by == STAMPER.certificate.subject.rfc4514_string()
    assert [path[0] for path in found_one.paths] == [signer().certificate, STAMPER.certificate]
    assert told(asked(carrying(b""))) == PASSED


def test_a_timestamped_signature_survives_its_certificate():
    assert told(asked(at=LATER)) == open_for(SubIndication.OUT_OF_BOUNDS_NO_POE)
    assert told(asked(carrying(b""), at=LATER)) == PASSED


def test_a_timestamped_signature_survives_a_later_revocation():
    data = revoked(NOW + HOUR, listed_at=NOW + HOUR).with_more(lists(STAMPS))
    assert told(asked(data=data, at=NOW + DAY)) == open_for(SubIndication.REVOKED_NO_POE)
    report = asked(carrying(b""), data=data, at=NOW + DAY)
    assert told(report) == PASSED
    assert "later" in only(report).revocation.reason


def test_a_timestamp_from_after_the_revocation_proves_nothing_good():
    data = revoked(NOW + HOUR, listed_at=NOW + 2 * HOUR).with_more(lists(STAMPS))
    report = asked(stamped_at(NOW + 2 * HOUR), data=data, at=NOW + DAY)
    assert told(report) == open_for(SubIndication.REVOKED_NO_POE)


def test_a_timestamp_from_after_the_expiry_proves_nothing_good():
    expired = signer().certificate.not_valid_after_utc + DAY
    assert told(asked(stamped_at(expired), at=LATER)) != PASSED


def test_a_claimed_time_later_than_the_timestamp_is_not_believed():
    report = asked(stamped_at(NOW - HOUR), at=NOW + DAY)
    assert report.verdict is Verdict.INDETERMINATE
    assert "later than the timestamp" in only(report).certificate.reason


def test_the_earliest_trusted_timestamp_counts():
    later = stamped_at(NOW + HOUR)
    both = Forgery(finished=lambda text: _merged(later.finished(text), carrying(b"").finished(text)))
    assert only_of(both, at=NOW + DAY).proved_at == NOW


def _merged(first: str, second: str) -> str:
    begin, end = "<xd:SignatureTimeStamp>", "</xd:SignatureTimeStamp>"
    more = second[second.index(begin) : second.index(end) + len(end)]
    return first.replace(begin, more + begin, 1)


@pytest.mark.parametrize(
    ("stamps", "data"),
    [((), ALL_LISTS), ((found("Stamps", at=ISSUED).root,), ALL_LISTS), ((STAMPS.root,), lists())],
)
def test_a_timestamp_of_an_authority_that_is_not_trusted_or_may_be_revoked_is_only_a_claim(
    stamps: tuple[x509.Certificate, ...], data: RevocationData
):
    report = asked(carrying(b""), stamps=stamps, data=data)
    assert told(report) == PASSED  # the certificate is still valid: the claim is enough
    assert (only(report).time.outcome, only(report).proved_at) == (Outcome.UNKNOWN, None)
    assert told(asked(carrying(b""), stamps=stamps, data=data, at=LATER))[0] is Verdict.INDETERMINATE


def test_the_authorities_of_signers_are_trusted_for_time_too_unless_others_are_named():
    mine = issue(authority(), Signer(name="Clock", organisation="Test"), at=ISSUED, extensions=TIME_STAMPING)
    assert only_of(stamped_at(NOW, by=mine), stamps=None).time.outcome is Outcome.PASSED
    assert only_of(stamped_at(NOW, by=mine)).time.outcome is Outcome.UNKNOWN


def test_a_signer_cannot_stamp_for_itself():
    how = stamped_at(NOW, by=signer())
    assert only_of(how, stamps=[authority().root]).time.outcome is Outcome.UNKNOWN
    assert told(asked(how, stamps=[authority().root], at=LATER))[0] is Verdict.INDETERMINATE


@pytest.mark.parametrize(
    "forged",
    [
        stamped_at(NOW, habits=Habits(digest_of=b"other")),
        stamped_at(NOW, habits=Habits(names=STAMPS.issuing.certificate)),
        carrying(stamp(b"something else", STAMPER, at=NOW)),
    ],
)
def test_a_forged_timestamp_is_told_and_makes_the_file_invalid(forged: Forgery):
    report = asked(forged)
    assert told(report) == (Verdict.INVALID, Indication.TOTAL_FAILED, SubIndication.HASH_FAILURE)
    assert (only(report).time.outcome, only(report).time.cause) == (Outcome.FAILED, Cause.FORGED_TIMESTAMP)
    assert only(report).proved_at is None


@pytest.mark.parametrize("token", [b"junk", b"\x30\x00"])
def test_what_is_no_timestamp_proves_nothing(token: bytes):
    report = asked(carrying(token))
    assert told(report) == PASSED
    assert only(report).time.outcome is Outcome.UNKNOWN


def test_accuracy_is_held_against_the_timestamp():
    sloppy = stamped_at(NOW, habits=Habits(accuracy=Accuracy(seconds=60, millis=None, micros=None)))
    assert only_of(sloppy).proved_at == NOW + timedelta(seconds=60)


def test_with_lists_and_timestamp_inside_it_stands_alone_years_later():
    values = ALL_LISTS.crls
    assert told(asked(carrying(b"", crls=values), data=NOTHING, at=LATER)) == PASSED


def test_years_later_a_lost_key_of_the_timestamp_authority_ends_the_proof():
    lost = Revoked(certificate=STAMPER.certificate, at=LATER - DAY, cause=COMPROMISE)
    news = listed(lost, by=STAMPS.issuing, at=LATER - HOUR)
    report = asked(carrying(b"", crls=ALL_LISTS.crls), data=news, at=LATER)
    assert told(report) == open_for(SubIndication.OUT_OF_BOUNDS_NO_POE)
    assert "is revoked" in only(report).time.reason
