"""Every attack of the catalogue, built on a document that was signed well: it is invalid, by the rule that is meant."""

import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from kanta_tenancy.machinery.ooxml.report import Outcome, Report, Verdict
from kanta_tenancy.machinery.ooxml.signing import sign
from kanta_tenancy.machinery.x509.keys import KeyKind
from tests.machinery.ooxml.signing.documents import entries
from tests.machinery.ooxml.verification.asking import ask, assert_breaks, assert_valid, only, rules
from tests.machinery.ooxml.verification.attacks import added, archives, keys, markup, packages, shown, signatures
from tests.machinery.ooxml.verification.attacks.building import (
    Addition,
    Attack,
    Change,
    Forging,
    Preparation,
    Tampering,
)
from tests.machinery.ooxml.verification.attacks.keys import EC, numbers, with_value
from tests.machinery.ooxml.verification.attacks.signatures import SIG2
from tests.machinery.ooxml.verification.documents import Parts, a_document, packed
from tests.machinery.ooxml.verification.forger import SIG1, Forgery, signed, signed_twice
from tests.machinery.ooxml.verification.fuzzing.subjects import ours as ours_to_change
from tests.machinery.ooxml.verification.signers import NOW, self_signed, signer

SECONDS: Final = 2.0  # of the processor, for any of them
MODULES: Final = (added, archives, keys, markup, packages, shown, signatures)
FAMILIES: Final = {family.title: family for module in MODULES for family in module.FAMILIES}
TAMPERED: Final = [family for family in FAMILIES.values() if isinstance(family, Tampering)]
PREPARED: Final = [family for family in FAMILIES.values() if isinstance(family, Preparation)]
ADDED: Final = [family for family in FAMILIES.values() if isinstance(family, Addition)]
FORGED: Final = [family for family in FAMILIES.values() if isinstance(family, Forging)]


def each_of(families: list[Tampering] | list[Preparation] | list[Addition] | list[Forging]) -> list[object]:
    return [
        pytest.param(attack, id=f"{family.title}: {name}")
        for family in families
        for name, attack in family.attacks.items()
    ]


@pytest.fixture(scope="module")
def ours() -> Parts:
    """Return a document with two signatures, as the product signs."""
    once = sign(packed(a_document()), signer("Eino", KeyKind.RSA_2048), at=NOW, comments="Ensin")
    return entries(sign(once, signer("Aino"), at=NOW, comments="Sitten"))


def test_the_attacks_begin_with_what_is_valid(ours: Parts):
    assert len(assert_valid(ours).signatures) == 2
    assert_valid(signed(a_document()))


@pytest.mark.parametrize("attack", each_of(TAMPERED))
def test_a_document_of_ours_is_invalid_after(ours: Parts, attack: Attack):
    changed = attack.change(ours)
    start = time.process_time()
    assert_breaks(changed, *attack.rules)
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize("attack", each_of(PREPARED))
def test_a_document_is_invalid_though_its_signer_signed_it_well_with(attack: Attack):
    prepared = attack.change(a_document())
    assert not isinstance(prepared, bytes)
    report = assert_breaks(signed(prepared), *attack.rules)
    assert only(report).integrity.outcome is only(report).coverage.outcome is Outcome.PASSED


@pytest.mark.parametrize("attack", each_of(FORGED))
def test_a_signature_is_invalid_that_was_forged_with(attack: tuple[tuple[str, ...], Forgery]):
    expected, how = attack
    assert_breaks(signed(a_document(), how), *expected)


def about_lasting(change: Change | None = None) -> Report:
    """Ask about the document whose signatures carry all that a verifier needs, knowing nothing from elsewhere."""
    (subject,) = (each for each in ours_to_change() if each.name == "lasting")
    changed = change({item.name: item.content for item in subject.items}) if change else subject.data
    return subject.verify(changed if isinstance(changed, bytes) else packed(changed))


@pytest.mark.parametrize("attack", each_of(ADDED))
def test_a_document_whose_signatures_last_is_invalid_after(attack: Attack):
    assert about_lasting().verdict is Verdict.VALID
    report = about_lasting(attack.change)
    assert report.verdict is Verdict.INVALID
    assert set(attack.rules) <= rules(report)
    assert report.signatures[0].proved_at is None


@pytest.mark.parametrize("change", added.WORTHLESS.values(), ids=added.WORTHLESS.keys())
def test_a_timestamp_that_proves_nothing_leaves_a_signature_what_it_is_without(change: Change):
    (first, second), (was, _) = about_lasting(change).signatures, about_lasting().signatures
    assert first.time.outcome is not Outcome.PASSED
    assert first.proved_at is None
    assert was.proved_at is not None
    assert second.proved_at is not None
    assert first.integrity.outcome is first.coverage.outcome is Outcome.PASSED
    assert about_lasting(change).verdict is not Verdict.INVALID


@pytest.mark.parametrize("change", added.UNPROVED.values(), ids=added.UNPROVED.keys())
def test_without_a_word_about_revocation_that_holds_a_signature_is_not_valid(change: Change):
    report = about_lasting(change)
    assert report.verdict is Verdict.INDETERMINATE
    assert report.signatures[0].revocation.outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("change", added.HARMLESS.values(), ids=added.HARMLESS.keys())
def test_what_nobody_understands_beside_what_was_added_changes_nothing(change: Change):
    assert about_lasting(change).signatures == about_lasting().signatures


def test_a_name_that_is_trusted_does_not_make_a_key_trusted():
    report = ask(signed(a_document(), Forgery(credential=self_signed("p256", "Aino"))))
    assert report.verdict is Verdict.INDETERMINATE
    assert only(report).trust.outcome is Outcome.UNKNOWN
    assert rules(report) == {"R11"}


def test_the_other_sign_of_s_is_another_spelling_of_the_same_signature():
    """ECDSA has two values for each signature (FIPS 186-5); the value is no name by which to know a signature again."""
    report = assert_valid(signed(a_document(), numbers(negated="s")))
    assert only(report).signer_certificate == EC.certificate


def test_the_same_signature_in_both_its_spellings_counts_once():
    one, other = (Forgery(credential=EC), numbers(negated="s"))
    parts = signed_twice(a_document(), one, Forgery(credential=signer("Eino", KeyKind.RSA_2048)))
    again = other.finished(parts[SIG1].decode()).encode()
    assert again != parts[SIG1]
    assert_valid(parts)
    assert_valid({**parts, SIG1: again})
    assert_breaks({**parts, SIG2: again}, "R7")


def test_a_forger_who_changes_no_octet_makes_what_is_valid():
    """Guard the forger: what it takes apart it puts together again."""
    assert_valid(signed(a_document(), Forgery(credential=EC, finished=with_value(bytes))))
    assert_valid(signed(a_document(), numbers()))


PAGE: Final = (Path(__file__).parents[4] / "docs" / "signatures.md").read_text("utf-8")
HERE: Final = Path(__file__).parent


def table() -> Mapping[str, tuple[str, list[str]]]:
    """Return the table of attacks: what it is, the rules, and the tests as `file` or `file::test`."""
    lines = PAGE.partition("### Attacks")[2].partition("\n#")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {row[0]: (row[1], re.findall(r"`([^`]+)`", row[2])) for row in rows[1:]}


def test_the_page_has_a_row_for_each_family_with_its_rules_and_its_file():
    rows = table()
    for module in MODULES:
        for family in module.FAMILIES:
            attacks = family.attacks.values()
            named = {rule for each in attacks for rule in (each.rules if isinstance(each, Attack) else each[0])}
            file = f"attacks/{Path(module.__file__ or '').name}"
            assert rows.get(family.title) == (", ".join(sorted(named)), [file]), family.title


def test_the_page_names_no_test_that_is_not_there():
    for title, (_, tests) in table().items():
        assert tests, title
        for test in tests:
            file, _, name = test.partition("::")
            found = HERE / file
            assert not name or f"def {name}(" in found.read_text("utf-8"), test


def test_no_two_families_have_one_title():
    assert len(FAMILIES) == sum(len(module.FAMILIES) for module in MODULES)
