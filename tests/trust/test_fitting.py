"""Which lists and answers are kept, which of them fit a chain, and when to ask for newer ones."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kanta_tenancy.machinery.x509.paths import path_of
from kanta_tenancy.machinery.x509.revocation import RevocationData, Standing, judge_path
from kanta_tenancy.machinery.x509.sample_authority import Signer, found, issue, revocation_list
from kanta_tenancy.trust import TRUSTS_NOBODY, fitting
from kanta_tenancy.trust.model import NOTHING_DECIDED, Published, Statement
from tests.machinery.x509.authorities import DAY, ISSUED, NOW, aino, answered, authority, listed

EINO = issue(authority(), Signer(name="Eino", organisation="Hoivakoti"), at=ISSUED)
STRANGERS = found("Strangers", at=ISSUED)
PATH = (aino().certificate, authority().issuing.certificate)
OF_EINO = (EINO.certificate, authority().issuing.certificate)
HOUR = timedelta(hours=1)


def part(name: str) -> tuple[tuple[x509.ExtensionType, bool], ...]:
    point = x509.IssuingDistributionPoint(
        full_name=[x509.UniformResourceIdentifier(name)],
        relative_name=None,
        only_contains_user_certs=False,
        only_contains_ca_certs=False,
        only_some_reasons=None,
        indirect_crl=False,
        only_contains_attribute_certs=False,
    )
    return ((point, True),)


def kept(*data: RevocationData, path=PATH) -> tuple[Statement, ...]:
    everything = RevocationData()
    for one in data:
        everything = everything.with_more(one)
    return fitting.statements(everything, path)


def a_statement(*, made=NOW, following=NOW + DAY) -> Statement:
    return Statement(
        kind=Published.CRL, content=b"x", sha256="0", authority_sha256="0", authority="x", about="",
        produced_at=made, next_at=following,
    )  # fmt: skip


def test_of_what_was_fetched_only_what_the_issuer_signed_about_the_path_is_kept():
    ours, of_aino, of_eino = listed(), answered(aino().certificate), answered(EINO.certificate)
    others = (
        of_eino,
        listed(by=STRANGERS.issuing),
        listed(by=found("Test", at=ISSUED).issuing),  # the same name, another key
        answered(aino().certificate, status=ocsp.OCSPCertStatus.UNKNOWN),
        RevocationData(crls=(b"x",), ocsp=(b"x",)),
    )
    the_list, the_answer = kept(ours, of_aino, *others)
    assert (the_list.kind, the_list.content, the_list.about) == (Published.CRL, ours.crls[0], "")
    serial = f"{aino().certificate.serial_number:x}"
    assert (the_answer.kind, the_answer.content, the_answer.about) == (Published.OCSP, of_aino.ocsp[0], serial)
    assert {the_list.authority, the_answer.authority} == {"Test Issuing"}
    assert (the_list.produced_at, the_list.next_at) == (NOW - DAY, NOW + 6 * DAY)


def test_what_says_nothing_yet_or_no_longer_is_kept_all_the_same_when_it_is_signed():
    old = listed(at=NOW - 20 * DAY, lasts=DAY)
    assert [one.next_at for one in kept(old)] == [NOW - 19 * DAY]


def test_what_fits_a_chain_is_every_list_of_its_authorities_and_the_answers_about_its_certificates():
    ours, theirs = listed(), listed(by=STRANGERS.issuing)
    of_aino, of_eino = answered(aino().certificate), answered(EINO.certificate)
    strangers_path = (EINO.certificate, STRANGERS.issuing.certificate)
    everything = ours.with_more(of_aino).with_more(of_eino).with_more(theirs)
    judging = replace(TRUSTS_NOBODY, revocation=everything)
    assert judging.about(PATH) == ours.with_more(of_aino)
    assert judging.about(OF_EINO) == ours.with_more(of_eino)
    assert judging.about(strangers_path) == theirs
    assert judging.about(PATH[1:]) == RevocationData()


def test_an_authority_with_a_new_certificate_and_the_same_key_stays_the_same():
    issuing = authority().issuing
    renewed = revocation_list(issuing, at=NOW, lasts=DAY)
    data = RevocationData(crls=(renewed.public_bytes(Encoding.DER),))
    assert {one.authority_sha256 for one in kept(data)} == {fitting.authority_of(issuing.certificate)}
    assert fitting.authority_of(STRANGERS.issuing.certificate) != fitting.authority_of(issuing.certificate)


def test_the_parts_of_a_list_are_told_apart():
    certificate = aino(
        (
            x509.CRLDistributionPoints(
                [
                    x509.DistributionPoint(
                        full_name=[x509.UniformResourceIdentifier(name)],
                        relative_name=None,
                        reasons=None,
                        crl_issuer=None,
                    )
                    for name in ("http://ca.example/1", "http://ca.example/2")
                ]
            ),
            False,
        )
    ).certificate
    path = (certificate, authority().issuing.certificate)
    parts = [listed(extensions=part(f"http://ca.example/{number}")) for number in (1, 2)]
    assert len({one.about for one in kept(listed(), *parts, path=path)}) == 3


def test_what_is_kept_judges_as_what_was_fetched():
    data = listed().with_more(answered(aino().certificate))
    direct = judge_path(path_of(PATH), data, at=NOW)
    (judged,) = judge_path(path_of(PATH), fitting.together(kept(data)), at=NOW)
    assert (judged.standing, [judged]) == (Standing.GOOD, list(direct))


@pytest.mark.parametrize(
    ("hours", "made", "following", "expected"),
    [
        (None, 0, 20, 10),  # half-way
        (None, 0, 24 * 30, 24),  # a day at the latest
        (None, 0, 0.1, 0.25),  # a quarter of an hour at the soonest
        (None, -40, -10, 0.25),  # over
        (None, -2, None, 11),  # it does not say when the next comes: it counts for a day
        (6, -2, 20, 2),  # the policy says sooner
        (100, 0, 20, 10),  # the policy says later
    ],
)
def test_newer_is_asked_for_half_way_to_the_end_of_what_counts(hours, made, following, expected):
    policy = replace(NOTHING_DECIDED, fresh_for_hours=hours)
    one = a_statement(made=NOW + made * HOUR, following=None if following is None else NOW + following * HOUR)
    longer = a_statement(made=NOW, following=NOW + 1000 * HOUR)
    kept_ones = [one] if hours == 6 else [longer, one]
    assert fitting.refresh_at(kept_ones, policy, now=NOW) == NOW + expected * HOUR


@given(
    st.lists(st.tuples(st.integers(-100, 100), st.integers(-100, 1000)), max_size=5), st.none() | st.integers(1, 8760)
)
def test_it_is_always_asked_again_within_a_day_and_never_at_once(times, hours):
    ones = [a_statement(made=NOW + made * HOUR, following=NOW + end * HOUR) for made, end in times]
    policy = replace(NOTHING_DECIDED, fresh_for_hours=hours)
    assert NOW + fitting.SOONEST <= fitting.refresh_at(ones, policy, now=NOW) <= NOW + fitting.LATEST
