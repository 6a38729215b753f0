"""Of each kind the certificate with the latest last day stands, whatever is recorded and withdrawn in which order."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kanta_tenancy.systems.model import Certificate, CertificateKind
from kanta_tenancy.systems.standing import arranged, covers, that_stands
from tests.systems.examples import MARCH_2, NOON, a_certificate

DAYS = st.integers(0, 60).map(lambda days: MARCH_2 + timedelta(days=days))
STEPS = st.lists(st.tuples(st.sampled_from(CertificateKind), DAYS, st.booleans(), st.integers(0, 10)), max_size=12)


def recorded(known: tuple[Certificate, ...], kind: CertificateKind, last_day: date) -> tuple[Certificate, ...]:
    new = a_certificate(kind=kind, last_day=last_day, stands_since=None, turns=0)
    return arranged((*known, new), NOON)


def withdrawn(known: tuple[Certificate, ...], which: int) -> tuple[Certificate, ...]:
    gone = replace(known[which], withdrawn_at=NOON, withdrawn_because="x", stands_since=None)
    return arranged((*known[:which], gone, *known[which + 1 :]), NOON)


@given(STEPS)
def test_one_of_a_kind_stands_and_ends_last(steps):
    known: tuple[Certificate, ...] = ()
    for kind, last_day, records, which in steps:
        before = known
        known = recorded(known, kind, last_day) if records or not known else withdrawn(known, which % len(known))
        for one in known:
            old = next((each for each in before if each.id == one.id), None)
            came = one.stands_since is not None and (old is None or old.stands_since is None)
            assert one.turns == (0 if old is None else old.turns) + came
    for kind in CertificateKind:
        valid = [one for one in known if one.kind is kind and one.withdrawn_at is None]
        stands = [one for one in known if one.kind is kind and one.stands_since is not None]
        assert [one.last_day for one in stands] == sorted(one.last_day for one in valid)[-1:]
        assert that_stands(known, kind) == (stands[0] if stands else None)


def test_one_that_does_not_end_stands_before_any_that_does():
    lasting = a_certificate(kind=CertificateKind.INTEROPERABILITY, last_day=None, stands_since=None, turns=0)
    known = recorded(arranged((lasting,), NOON), CertificateKind.INTEROPERABILITY, date(2199, 1, 1))
    assert that_stands(known, CertificateKind.INTEROPERABILITY).id == lasting.id


@given(DAYS, DAYS, DAYS)
def test_it_covers_the_days_that_it_says_the_last_one_too(granted_on, last_day, day):
    certificate = a_certificate(granted_on=granted_on, last_day=last_day)
    assert covers(certificate, day) is (granted_on <= day <= last_day)
    assert not covers(replace(certificate, withdrawn_at=NOON), day)
    assert covers(replace(certificate, last_day=None), day) is (granted_on <= day)
