"""Rule R11: may the certificate sign, and does it lead to a trusted authority?"""

import base64
import re
from datetime import datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import ExtendedKeyUsageOID

from kanta_tenancy.machinery.ooxml.presentation import as_json
from kanta_tenancy.machinery.ooxml.report import Outcome, Report, Verdict
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.sample_authority import Signer, found, issue
from tests.machinery.ooxml.verification.asking import only, outcomes
from tests.machinery.ooxml.verification.documents import a_document, packed
from tests.machinery.ooxml.verification.forger import Forgery, encoded, signed
from tests.machinery.ooxml.verification.signers import ISSUED, NOW, authority, key, lists, self_signed, signer

YEAR = timedelta(days=365)


def asked(
    how: Forgery, *anchors: x509.Certificate, at: datetime = NOW, intermediates: tuple[x509.Certificate, ...] = ()
) -> Report:
    return verify(
        packed(signed(a_document(), how)), at=at, anchors=anchors, intermediates=intermediates, revocation=lists()
    )


def issued(credential_of: str = "Aino", **more: object) -> Credential:
    return issue(authority(), Signer(name=credential_of, organisation="Hoivakoti"), at=ISSUED, **more)


@pytest.mark.parametrize(
    ("at", "sentence"),
    [(ISSUED - timedelta(seconds=1), "not valid before"), (ISSUED + 2 * YEAR + timedelta(seconds=1), "expired on")],
)
def test_a_certificate_must_be_valid_at_the_claimed_time(at: datetime, sentence: str):
    report = asked(Forgery(at=at), authority().root, at=at + timedelta(minutes=1))
    assert report.verdict is Verdict.INVALID
    assert only(report).certificate.outcome is Outcome.FAILED
    assert sentence in only(report).certificate.reason


@pytest.mark.parametrize("at", [ISSUED, ISSUED + 2 * YEAR])
def test_both_ends_of_its_validity_belong_to_it(at: datetime):
    assert asked(Forgery(at=at), authority().root, at=at).verdict is Verdict.VALID


def test_what_has_expired_since_cannot_be_proved_without_a_timestamp():
    report = asked(Forgery(), authority().root, at=NOW + 3 * YEAR)
    assert report.verdict is Verdict.INDETERMINATE
    assert only(report).certificate.outcome is Outcome.UNKNOWN
    assert only(report).trust.outcome is Outcome.PASSED  # as of then


def test_while_the_certificate_is_valid_its_authority_must_be_so_too():
    later = NOW + 12 * YEAR
    credential = issued(lasts=15 * YEAR)
    assert asked(Forgery(credential=credential), authority().root).verdict is Verdict.VALID
    report = asked(Forgery(credential=credential), authority().root, at=later)
    assert only(report).certificate.outcome is Outcome.PASSED
    assert only(report).trust.outcome is Outcome.UNKNOWN


def test_a_claimed_time_in_the_future_proves_nothing():
    report = asked(Forgery(at=NOW + timedelta(hours=1)), authority().root)
    assert report.verdict is Verdict.INDETERMINATE
    assert only(report).certificate.outcome is Outcome.UNKNOWN
    assert asked(Forgery(at=NOW + timedelta(minutes=4)), authority().root).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "said",
    [
        "",
        "yesterday",
        "2026-06-01",
        "2026-06-01T12:00:00",
        "2026-02-30T12:00:00Z",
        "2026-W01-1T00:00:00Z",
        "0000-00-00T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "2026-06-01T12:00:00+99:99",
    ],
)
def test_a_time_that_is_no_instant_is_none(said: str):
    how = Forgery(
        properties=lambda text: text.replace("2026-06-01T12:00:00Z", said),
        package=lambda text: text.replace("2026-06-01T12:00:00Z", said),
    )
    for at in (NOW, NOW + 3 * YEAR):
        report = asked(how, authority().root, at=at)
        assert only(report).signed_at is None
        assert report.verdict is Verdict.INDETERMINATE


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00Z", "1949-12-31T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_time_at_the_ends_of_the_calendar_is_answered(said: str):
    for at in (NOW, NOW + 3 * YEAR):
        report = asked(
            Forgery(properties=lambda text: text.replace("2026-06-01T12:00:00Z", said)), authority().root, at=at
        )
        assert only(report).certificate.outcome is Outcome.FAILED
        assert as_json(report)["verdict"] == "invalid"


def test_a_time_of_another_zone_is_told_in_utc():
    how = Forgery(properties=lambda text: text.replace("12:00:00Z", "15:00:00.25+03:00"))
    assert only(asked(how, authority().root)).signed_at == NOW + timedelta(milliseconds=250)


def test_the_time_of_the_package_object_counts_where_xades_says_none():
    how = Forgery(properties=lambda text: text.replace("<xd:SigningTime>2026-06-01T12:00:00Z</xd:SigningTime>", ""))
    assert only(asked(how, authority().root)).signed_at == NOW


@pytest.mark.parametrize("usage", [("key_encipherment",), ("key_agreement",), ("key_cert_sign", "crl_sign")])
def test_a_certificate_for_other_uses_may_not_sign(usage: tuple[str, ...]):
    report = asked(Forgery(credential=issued(usage=usage)), authority().root)
    assert report.verdict is Verdict.INVALID
    assert outcomes(only(report))["certificate"] is Outcome.FAILED
    assert outcomes(only(report))["integrity"] is Outcome.PASSED


@pytest.mark.parametrize("usage", [None, ("digital_signature",), ("content_commitment",)])
def test_a_certificate_for_signing_or_without_a_key_usage_may_sign(usage: tuple[str, ...] | None):
    assert asked(Forgery(credential=issued(usage=usage)), authority().root).verdict is Verdict.VALID


def test_the_signature_must_say_with_which_certificate_it_was_made():
    gone = Forgery(properties=lambda text: text.replace("xd:SigningCertificate", "xd:Other"))
    other = base64.b64encode(signer("Liisa").certificate.fingerprint(hashes.SHA256())).decode()
    mine = base64.b64encode(signer().certificate.fingerprint(hashes.SHA256())).decode()
    another = Forgery(properties=lambda text: text.replace(mine, other))
    for how in (gone, another):
        report = asked(how, authority().root)
        assert report.verdict is Verdict.INVALID
        assert only(report).certificate.outcome is Outcome.FAILED
        assert only(report).integrity.outcome is Outcome.PASSED


@pytest.mark.parametrize("element", ["DigestMethod", "DigestValue", "xd:CertDigest", "xd:Cert"])
def test_a_digest_of_the_certificate_that_is_incomplete_names_none(element: str):
    def without(text: str) -> str:
        return re.sub(rf"<{element}[ >].*?</{element}>", "", text)

    report = asked(Forgery(properties=without), authority().root)
    assert report.verdict is Verdict.INVALID
    assert only(report).certificate.outcome is Outcome.FAILED


def test_the_newer_name_of_the_certificates_digest_is_read():
    newer = Forgery(properties=lambda text: text.replace("xd:SigningCertificate", "xd:SigningCertificateV2"))
    assert asked(newer, authority().root).verdict is Verdict.VALID


def test_a_certificate_beside_the_same_key_is_another_certificate():
    """Same key, same name, other rights: the digest tells them apart."""
    mine, twin = encoded(self_signed(name="A").certificate), encoded(self_signed(name="B").certificate)
    report = asked(Forgery(credential=self_signed(name="A"), finished=lambda text: text.replace(mine, twin)))
    assert report.verdict in (Verdict.INVALID, Verdict.INDETERMINATE)
    assert report.verdict is not Verdict.VALID


def test_a_self_signed_certificate_is_trusted_only_by_itself():
    credential = self_signed()
    for anchors, verdict in (
        ((), Verdict.INDETERMINATE),
        ((authority().root,), Verdict.INDETERMINATE),
        ((credential.certificate,), Verdict.VALID),
    ):
        report = asked(Forgery(credential=credential), *anchors)
        assert report.verdict is verdict
        assert only(report).certificate.outcome is Outcome.PASSED


def test_the_issuer_may_come_from_whoever_asks():
    leaf_only = Forgery(credential=Credential(key=signer().key, chain=signer().chain[:1]))
    root, issuing = authority().root, authority().issuing.certificate
    assert asked(leaf_only, root).verdict is Verdict.INDETERMINATE
    assert asked(leaf_only, root, intermediates=(issuing,)).verdict is Verdict.VALID
    assert asked(leaf_only, issuing).verdict is Verdict.VALID


def test_a_path_is_no_longer_one_when_a_certificate_on_it_has_expired():
    short = found("Lyhyt", at=ISSUED)
    credential = issue(short, Signer(name="Aino", organisation="Hoivakoti"), at=ISSUED + 9 * YEAR)
    at = ISSUED + 9 * YEAR + timedelta(days=1)
    document = packed(signed(a_document(), Forgery(credential=credential, at=at)))
    for asked_at, trusted in ((at, Outcome.PASSED), (ISSUED + 10.5 * YEAR, Outcome.UNKNOWN), (at, Outcome.PASSED)):
        assert only(verify(document, at=asked_at, anchors=[short.root])).trust.outcome is trusted


def test_another_authority_of_the_same_name_is_not_trusted():
    report = asked(Forgery(), found("Test", at=ISSUED).root)
    assert report.verdict is Verdict.INDETERMINATE
    assert "does not lead" in only(report).trust.reason


def test_a_signer_issues_nothing():
    """A path through a certificate that is no authority is none."""
    middle = signer()
    leaf = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(middle.certificate.subject)
        .public_key(key("p256").public_key())
        .serial_number(1)
        .not_valid_before(ISSUED)
        .not_valid_after(ISSUED + YEAR)
        .sign(middle.key, hashes.SHA256())
    )
    report = asked(Forgery(credential=Credential(key=key("p256"), chain=(leaf, *middle.chain))), authority().root)
    assert report.verdict is Verdict.INDETERMINATE


@pytest.mark.parametrize(
    ("usages", "trusted"),
    [
        ([x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")], True),
        ([ExtendedKeyUsageOID.EMAIL_PROTECTION], True),
        ([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH], True),
        ([ExtendedKeyUsageOID.SERVER_AUTH], False),
        ([ExtendedKeyUsageOID.CODE_SIGNING], False),
        ([ExtendedKeyUsageOID.TIME_STAMPING], False),
    ],
)
def test_a_certificate_for_another_purpose_is_not_trusted(usages: list[x509.ObjectIdentifier], trusted: bool):
    credential = self_signed("p256", "Itse", (x509.ExtendedKeyUsage(usages), False))
    report = asked(Forgery(credential=credential), credential.certificate)
    assert report.verdict is (Verdict.VALID if trusted else Verdict.INDETERMINATE)


def test_an_extension_that_must_be_understood_and_is_not_is_not_trusted():
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
    credential = self_signed("p256", "Itse", (unknown, True))
    assert asked(Forgery(credential=credential), credential.certificate).verdict is Verdict.INDETERMINATE


def with_certificates(*texts: str) -> Forgery:
    written = "".join(f"<X509Certificate>{text}</X509Certificate>" for text in texts)
    return Forgery(key_info=lambda _: f"<KeyInfo><X509Data>{written}</X509Data></KeyInfo>")


@pytest.mark.parametrize("texts", [["AAAA"], ["!"], [""], ["A" * 100_000], [encoded(signer().certificate)] * 11])
def test_certificates_that_are_none_or_too_many_are_refused_before_they_are_read(texts: list[str]):
    report = asked(with_certificates(*texts), authority().root)
    assert report.verdict is Verdict.INVALID
    assert only(report).integrity.outcome is Outcome.FAILED
    assert (only(report).certificate.outcome is Outcome.FAILED) == (report.reasons[0].rule == "R11")


def test_further_certificates_that_cannot_be_read_are_passed_over():
    chain = [encoded(each) for each in signer().chain]
    assert asked(with_certificates(chain[0], "AAAA", "!", chain[1]), authority().root).verdict is Verdict.VALID


def test_certificates_among_the_unsigned_properties_help_to_find_the_path():
    leaf, issuing = (encoded(each) for each in signer().chain)
    unsigned = (
        "<xd:UnsignedProperties><xd:UnsignedSignatureProperties><xd:CertificateValues><xd:EncapsulatedX509Certificate>"
        f"{issuing}</xd:EncapsulatedX509Certificate></xd:CertificateValues></xd:UnsignedSignatureProperties>"
        "</xd:UnsignedProperties>"
    )
    how = with_certificates(leaf)
    how.finished = lambda text: text.replace("</xd:QualifyingProperties>", f"{unsigned}</xd:QualifyingProperties>")
    assert asked(how, authority().root).verdict is Verdict.VALID
    assert asked(with_certificates(leaf), authority().root).verdict is Verdict.INDETERMINATE
