"""What Apache POI and LibreOffice show when a signer's certificate is narrow, expired or revoked, beside what we say.

The warnings before signing (`machinery/x509/judgement.py`) rest on this.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.judgement import Doubt, warnings
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.revocation import RevocationData
from kanta_tenancy.machinery.x509.sample_authority import (
    Revoked,
    SampleAuthority,
    Signer,
    chain_pem,
    empty_lists,
    found,
    issue,
    revocation_list,
)
from tests.interop.documents import agreement
from tests.interop.libreoffice import LibreOffice
from tests.interop.poi import Poi
from tests.interop.signatories import Signatories

HOUR: Final = timedelta(hours=1)
LEMPI: Final = Signer(name="Lempi", organisation="Interop")
DOCUMENTS: Final = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")
DOCUMENTS_OF_MICROSOFT: Final = x509.ObjectIdentifier("1.3.6.1.4.1.311.10.3.12")
EMAIL, CLIENT, SERVER, CODE, ANY = (
    ExtendedKeyUsageOID.EMAIL_PROTECTION,
    ExtendedKeyUsageOID.CLIENT_AUTH,
    ExtendedKeyUsageOID.SERVER_AUTH,
    ExtendedKeyUsageOID.CODE_SIGNING,
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,
)


class Shown(NamedTuple):
    """Whether the signature holds for both, whether each trusts the signer, and our own verdict."""

    holds: bool
    trusted_by_poi: bool
    trusted_by_libreoffice: bool
    verdict: Verdict


Show = Callable[..., Shown]


@pytest.fixture
def show(tmp_path: Path, poi: Poi, libreoffice: LibreOffice, signatories: Signatories) -> Show:
    def shown(
        signed: bytes, known: RevocationData | None = None, authority: SampleAuthority = signatories.authority
    ) -> Shown:
        file, trust = tmp_path / "signed.docx", tmp_path / "trust.pem"
        file.write_bytes(signed)
        trust.write_bytes(chain_pem(authority.root))
        libreoffice.trust(trust)
        (by_poi,) = poi.verify(file, trust=trust).signatures
        (by_libreoffice,) = libreoffice.verify(file).signatures
        lists = signatories.lists if known is None else known
        report = verify(signed, at=signatories.now, anchors=[authority.root], revocation=lists)
        holds = by_poi.valid and by_libreoffice.valid
        return Shown(holds, by_poi.trusted, by_libreoffice.trusted, report.verdict)

    return shown


@pytest.mark.parametrize(
    ("purposes", "trusted", "doubt"),
    [
        ((EMAIL,), (True, Verdict.VALID), None),
        ((CLIENT,), (True, Verdict.VALID), None),
        ((DOCUMENTS, CLIENT), (True, Verdict.VALID), None),
        ((DOCUMENTS,), (False, Verdict.VALID), Doubt.UNUSUAL_PURPOSE),
        ((DOCUMENTS_OF_MICROSOFT,), (False, Verdict.VALID), Doubt.UNUSUAL_PURPOSE),
        ((ANY,), (False, Verdict.VALID), Doubt.UNUSUAL_PURPOSE),
        ((CODE,), (False, Verdict.INDETERMINATE), Doubt.OTHER_PURPOSE),
        ((SERVER,), (True, Verdict.INDETERMINATE), Doubt.OTHER_PURPOSE),
    ],
)
def test_a_purpose_that_somebody_does_not_trust_is_one_that_is_warned_of(
    show: Show,
    signatories: Signatories,
    purposes: tuple[x509.ObjectIdentifier, ...],
    trusted: tuple[bool, Verdict],  # by LibreOffice, and by us
    doubt: Doubt | None,
) -> None:
    usage = ((x509.ExtendedKeyUsage(purposes), False),)
    lempi = issue(signatories.authority, LEMPI, at=signatories.now - HOUR, extensions=usage)

    shown = show(sign(agreement(), lempi, at=signatories.now))

    assert shown == (True, True, *trusted)
    told = {each.doubt for each in warnings(lempi.certificate)} & {Doubt.UNUSUAL_PURPOSE, Doubt.OTHER_PURPOSE}
    assert told == (set() if doubt is None else {doubt})


def test_a_certificate_that_has_expired_since_is_trusted_by_nobody(show: Show, signatories: Signatories) -> None:
    since = signatories.now - 20 * HOUR
    lempi = issue(signatories.authority, LEMPI, at=since, lasts=10 * HOUR)

    assert show(sign(agreement(), lempi, at=since + HOUR)) == (True, False, False, Verdict.INDETERMINATE)


def test_a_revoked_signer_is_trusted_by_who_does_not_ask(show: Show, signatories: Signatories) -> None:
    lempi = issue(signatories.authority, LEMPI, at=signatories.now - 20 * HOUR)
    gone = Revoked(certificate=lempi.certificate, at=signatories.now - 2 * HOUR)
    made = revocation_list(signatories.authority.issuing, at=signatories.now - HOUR, revoked=[gone])
    known = signatories.lists.with_more(RevocationData(crls=(made.public_bytes(Encoding.DER),)))

    assert show(sign(agreement(), lempi, at=signatories.now), known) == (True, True, True, Verdict.INVALID)


def test_a_certificate_that_was_issued_with_pss_is_trusted_by_all(show: Show, signatories: Signatories) -> None:
    since = signatories.now - 20 * HOUR
    authority = found("Interop PSS", at=since, kind=KeyKind.RSA_2048)
    lempi = issued_with_pss(issue(authority, LEMPI, at=since), authority)

    shown = show(sign(agreement(), lempi, at=signatories.now), empty_lists(authority, at=since), authority)

    assert shown == (True, True, True, Verdict.VALID)
    assert {each.doubt for each in warnings(lempi.certificate)} == {Doubt.NOBODY_TO_ASK}


def issued_with_pss(credential: Credential, authority: SampleAuthority) -> Credential:
    """Have the authority sign the same certificate anew, padded as PSS has it."""
    old, issuing = credential.certificate, authority.issuing
    builder = x509.CertificateBuilder(
        issuer_name=old.issuer,
        subject_name=old.subject,
        public_key=old.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=old.not_valid_before_utc,
        not_valid_after=old.not_valid_after_utc,
        extensions=list(old.extensions),
    )
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    new = builder.sign(issuing.key, hashes.SHA256(), rsa_padding=pss)
    return Credential(key=credential.key, chain=(new, issuing.certificate))
