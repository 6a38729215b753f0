"""The words of ETSI EN 319 102-1 beside the verdict: a table that knows every cause, and answers that agree."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.machinery.ooxml.indication import (
    INDICATIONS,
    OF_RULES,
    SUB_INDICATIONS,
    Cause,
    Indication,
    SubIndication,
    indicated,
)
from kanta_tenancy.machinery.ooxml.report import Report, Verdict
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.x509.credentials import Credential
from kanta_tenancy.machinery.x509.keys import KeyKind
from kanta_tenancy.machinery.x509.sample_authority import Signer, issue
from tests.machinery.ooxml.verification.asking import ask
from tests.machinery.ooxml.verification.documents import DOCUMENT, a_document, packed
from tests.machinery.ooxml.verification.forger import SIG1, Forgery, signed, signed_twice
from tests.machinery.ooxml.verification.signers import ISSUED, NOW, authority, lists, self_signed, signer

ROOT = Path(__file__).parents[4]
PAGE = (ROOT / "docs" / "signatures.md").read_text("utf-8")
SIGNED = signed(a_document())
FAILED, OPEN = Indication.TOTAL_FAILED, Indication.INDETERMINATE
SUB = SubIndication


def usage(*names: str) -> Forgery:
    return Forgery(credential=issue(authority(), Signer(name="Aino", organisation="H"), at=ISSUED, usage=names))


def at(at: timedelta) -> Forgery:
    return Forgery(at=ISSUED + at)


@pytest.mark.parametrize(
    ("report", "verdict", "indication", "sub"),
    [
        (ask(SIGNED), Verdict.VALID, Indication.TOTAL_PASSED, None),
        (ask(b"no zip"), Verdict.INVALID, FAILED, SUB.FORMAT_FAILURE),
        (ask(a_document()), Verdict.INVALID, FAILED, SUB.FORMAT_FAILURE),
        (ask({**SIGNED, SIG1: b"<a/>"}), Verdict.INVALID, FAILED, SUB.FORMAT_FAILURE),
        (ask({**SIGNED, "word/added.xml": b"<a/>"}), Verdict.INVALID, FAILED, SUB.FORMAT_FAILURE),
        (
            ask({**SIGNED, DOCUMENT: SIGNED[DOCUMENT].replace(b"100", b"900")}),
            Verdict.INVALID,
            FAILED,
            SUB.HASH_FAILURE,
        ),
        (
            ask({**SIGNED, SIG1: SIGNED[SIG1].replace("Hyväksyn".encode(), "Hylkään".encode())}),
            Verdict.INVALID,
            FAILED,
            SUB.HASH_FAILURE,
        ),
        (
            ask(signed(a_document(), Forgery(credential=Credential(key=self_signed().key, chain=signer().chain)))),
            Verdict.INVALID,
            FAILED,
            SUB.SIG_CRYPTO_FAILURE,
        ),
        (ask(signed(a_document(), at(timedelta(days=-1)))), Verdict.INVALID, FAILED, SUB.NOT_YET_VALID),
        (ask(signed(a_document(), at(timedelta(days=800)))), Verdict.INVALID, FAILED, SUB.EXPIRED),
        (
            ask(signed(a_document(), usage("key_encipherment"))),
            Verdict.INVALID,
            OPEN,
            SUB.CHAIN_CONSTRAINTS_FAILURE,
        ),
        (
            ask(signed(a_document(), Forgery(credential=self_signed("rsa1024")))),
            Verdict.INVALID,
            OPEN,
            SUB.CRYPTO_CONSTRAINTS_FAILURE,
        ),
        (
            ask(
                signed(
                    a_document(),
                    Forgery(properties=lambda text: text.replace("xd:SigningCertificate", "xd:Other")),
                )
            ),
            Verdict.INVALID,
            OPEN,
            SUB.SIG_CONSTRAINTS_FAILURE,
        ),
        (
            ask(signed(a_document(), Forgery(at=NOW + timedelta(hours=1)))),
            Verdict.INDETERMINATE,
            OPEN,
            SUB.SIG_CONSTRAINTS_FAILURE,
        ),
        (
            ask(signed(a_document(), Forgery(credential=self_signed()))),
            Verdict.INDETERMINATE,
            OPEN,
            SUB.NO_CERTIFICATE_CHAIN_FOUND,
        ),
    ],
)
def test_each_case_has_its_indication(
    report: Report, verdict: Verdict, indication: Indication, sub: SubIndication | None
):
    found = report.indicated
    assert (report.verdict, found.indication, found.sub_indication) == (verdict, indication, sub)


def test_the_file_is_as_bad_as_its_worst_signature():
    twice = signed_twice(a_document(), Forgery(), Forgery(credential=self_signed()))
    report = verify(packed(twice), at=NOW, anchors=[authority().root], revocation=lists())
    assert [one.indicated.indication for one in report.signatures] == [Indication.TOTAL_PASSED, OPEN]
    assert report.indicated == report.signatures[1].indicated


@given(st.lists(st.sampled_from(Cause)))
def test_what_fails_outweighs_what_is_open_and_no_cause_passes(causes: list[Cause]):
    found = indicated(causes)
    kinds = [INDICATIONS[SUB_INDICATIONS[each]] for each in causes]
    assert found.indication is (FAILED if FAILED in kinds else OPEN if causes else Indication.TOTAL_PASSED)
    assert found.cause is (causes[kinds.index(found.indication)] if causes else None)
    assert (found.sub_indication is None) == (not causes)


def test_every_cause_and_every_rule_is_in_the_table():
    assert set(SUB_INDICATIONS) == set(Cause)
    assert set(OF_RULES) == set(re.findall(r"^\| (R\d+) \|", PAGE, re.MULTILINE))
    assert set(SUB_INDICATIONS.values()) == set(SubIndication)


def test_the_page_has_the_same_table():
    rows = [line.split("|") for line in PAGE.splitlines() if re.match(r"\|.*`(TOTAL-|INDETERMINATE)", line)]
    told = {sub: re.findall(r"`([A-Z-]+)`", row[2])[0] for row in rows for sub in re.findall(r"`([A-Z_]+)`", row[3])}
    assert told == {sub.value: INDICATIONS[sub].value for sub in SubIndication}
    assert any("`TOTAL-PASSED`" in row[2] for row in rows)


@pytest.mark.parametrize("kind", [KeyKind.RSA_2048, KeyKind.EC_P384])
def test_a_sound_signature_passes_with_every_kind_of_key(kind: KeyKind):
    report = ask(signed(a_document(), Forgery(credential=signer(kind=kind))))
    assert report.indicated.indication is Indication.TOTAL_PASSED
