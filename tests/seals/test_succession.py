"""Which certificate seals when, and which seals are believed."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.seals import succession
from kanta_tenancy.seals.errors import SuccessionRefused
from kanta_tenancy.seals.model import Fate, SealCertificate
from tests.seals.examples import NOON

HOUR = timedelta(hours=1)


def a_certificate(number: int = 1, **said: object) -> SealCertificate:
    return SealCertificate(
        **{
            "number": number,
            "sha256": f"{number:064x}",
            "chain": (b"",),
            "takes_over_at": NOON + number * HOUR,
            "succession": "",
            "predecessor_fate": Fate.NONE if number == 1 else Fate.RETIRED,
            "predecessor_trusted_until": None,
            "registered_at": NOON,
            "registered_by": "tester",
        }
        | said
    )


LINE = [a_certificate(number) for number in (1, 2, 3)]
instants = st.timedeltas(timedelta(), 5 * HOUR).map(lambda after: NOON + after)


@given(instants, st.permutations(LINE))
def test_whoever_is_in_charge_at_an_instant_is_the_only_one_whose_seal_of_then_is_believed(at, line):
    current = succession.in_charge(line, at)
    believed = [one for one in line if succession.disbelief(line, one.sha256, at) is None]
    assert believed == ([] if current is None else [current])


def test_nobody_seals_before_the_first_has_taken_over():
    assert succession.in_charge(LINE, NOON) is None
    assert succession.in_charge([], NOON) is None


def test_a_seal_of_a_stranger_is_never_believed():
    assert "never the service's" in (succession.disbelief(LINE, "f" * 64, NOON + HOUR) or "")


def test_what_a_compromised_key_sealed_is_believed_until_the_instant_that_is_told():
    since = NOON + 90 * timedelta(minutes=1)
    line = [LINE[0], a_certificate(2, predecessor_fate=Fate.COMPROMISED, predecessor_trusted_until=since)]
    assert succession.disbelief(line, LINE[0].sha256, since) is None
    assert succession.doubt(line, LINE[0].sha256, since - timedelta(seconds=1)) is None
    assert succession.doubt(line, line[1].sha256, since + HOUR) is None
    assert "somebody else may have had its key" in (succession.doubt(line, LINE[0].sha256, since) or "")


@given(instants, st.none() | instants)
def test_a_key_takes_over_at_a_whole_second_that_is_not_over(now, asked):
    if asked is not None and asked < now.replace(microsecond=0):
        with pytest.raises(SuccessionRefused, match="now or later"):
            succession.takes_over_at(asked, now, is_first=False)
        return
    at = succession.takes_over_at(asked, now, is_first=False)
    assert at.microsecond == 0
    assert timedelta() <= at - (asked or now) < timedelta(seconds=1) or asked is not None
    assert at >= now.replace(microsecond=0)


REFUSED = {
    "the same certificate": (a_certificate(4, sha256=LINE[0].sha256), "has sealed with this certificate already"),
    "too early": (a_certificate(4, takes_over_at=LINE[2].takes_over_at), "before the one before it has"),
    "no instant": (a_certificate(4, predecessor_fate=Fate.COMPROMISED), "until when it was the service's alone"),
    "an instant without need": (a_certificate(4, predecessor_trusted_until=NOON), "of no other"),
    "an instant to come": (
        a_certificate(4, predecessor_fate=Fate.COMPROMISED, predecessor_trusted_until=NOON + 9 * HOUR),
        "has not come",
    ),
}


@pytest.mark.parametrize(("new", "why"), REFUSED.values(), ids=REFUSED)
def test_a_certificate_that_cannot_be_the_next_is_refused(new, why):
    with pytest.raises(SuccessionRefused, match=why):
        succession.check(LINE, new, NOON + 4 * HOUR)


def test_nobody_hands_over_who_has_yet_to_take_over():
    with pytest.raises(SuccessionRefused, match="has yet to take over"):
        succession.check(LINE, a_certificate(4), NOON + 2 * HOUR)
    succession.check(LINE, a_certificate(4, predecessor_fate=Fate.LOST), NOON + 2 * HOUR)


def test_the_first_has_no_key_before_it():
    succession.check([], a_certificate(), NOON)
    with pytest.raises(SuccessionRefused, match="no key before it"):
        succession.check([], a_certificate(predecessor_fate=Fate.LOST), NOON)
