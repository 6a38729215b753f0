"""What is not as it should be with a system, told with its source and how sure that is; nothing is refused for it."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from kanta_tenancy.kernel.dated import Certainty
from kanta_tenancy.systems import requirements
from kanta_tenancy.systems.findings import findings
from kanta_tenancy.systems.model import CertificateKind, Concern, Firm, InformationSystem, SystemState
from tests.systems.examples import MARCH_2, NOON, a_certificate, a_release, a_system

DAY = timedelta(days=1)
LAST_DAY = date(2026, 12, 31)


def sound(**said: object) -> InformationSystem:
    """Return a system with which nothing is amiss."""
    certificates = (
        a_certificate(last_day=LAST_DAY),
        a_certificate(kind=CertificateKind.INTEROPERABILITY, issuer="Kela", last_day=None),
    )
    of_use = {"state": SystemState.IN_USE, "in_use_on": date(2026, 1, 1)}
    return a_system(**of_use | {"certificates": certificates, "releases": (a_release(),)} | said)


def concerns(system: InformationSystem, day: date = MARCH_2, *, serves: bool = True) -> list[Concern]:
    return [one.what for one in findings(system, day, serves=serves)]


def test_of_a_sound_system_nothing_is_told():
    assert concerns(sound()) == []


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2025, 12, 31), [Concern.CERTIFICATE_MISSING]),  # it was not granted yet
        (LAST_DAY - 91 * DAY, []),
        (LAST_DAY - 90 * DAY, [Concern.CERTIFICATE_ENDS_SOON]),
        (LAST_DAY, [Concern.CERTIFICATE_ENDS_SOON]),
        (LAST_DAY + DAY, [Concern.CERTIFICATE_ENDED]),
    ],
)
def test_a_security_certificate_is_judged_by_the_day(day, told):
    always = {"in_use_on": date(2025, 1, 1), "releases": (a_release(since=date(2025, 1, 1)),)}
    lasting = replace(sound().certificates[1], granted_on=date(2025, 1, 1))
    assert concerns(sound(**always, certificates=(sound().certificates[0], lasting)), day) == told


def test_one_that_was_withdrawn_counts_for_nothing():
    gone = a_certificate(last_day=LAST_DAY, withdrawn_at=NOON, withdrawn_because="x", stands_since=None)
    assert concerns(sound(certificates=(gone, sound().certificates[1]))) == [Concern.CERTIFICATE_MISSING]


@pytest.mark.parametrize(
    ("last_day", "told"), [(date(2029, 1, 1), []), (date(2029, 1, 2), [Concern.CERTIFICATE_TOO_LONG])]
)
def test_a_security_certificate_of_more_than_three_years_is_doubted(last_day, told):
    long = a_certificate(granted_on=date(2026, 1, 1), last_day=last_day)
    assert concerns(sound(certificates=(long, sound().certificates[1]))) == told


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("A", [Concern.CERTIFICATE_MISSING]),
        ("A1", [Concern.CERTIFICATE_MISSING]),
        ("A2", [Concern.CERTIFICATE_MISSING, Concern.JOINT_TEST_MISSING]),
        ("A3", [Concern.CERTIFICATE_MISSING, Concern.JOINT_TEST_MISSING]),
        ("B", []),
    ],
)
def test_what_a_system_has_to_show_follows_from_its_class(key, told):
    found = findings(sound(system_class=key, certificates=()), MARCH_2, serves=True)
    assert [one.what for one in found] == told
    assert {one.certainty for one in found} <= {requirements.classes_on(MARCH_2)[key].certainty}


def test_what_no_source_was_read_for_is_not_told_as_certain():
    classes = requirements.classes_on(MARCH_2)
    assert {key for key, one in classes.items() if one.certainty is Certainty.READ} == {"A", "B"}
    assert list(classes) == ["A", "A1", "A2", "A3", "B"]
    assert requirements.warnings_on(LAST_DAY).certainty is Certainty.ASSUMED


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"register_entry": None}, Concern.REGISTER_ENTRY_MISSING),
        ({"producer": Firm(name="Ohjelmistotalo Oy")}, Concern.PRODUCER_UNREACHABLE),
        ({"releases": (a_release(since=MARCH_2 + DAY),)}, Concern.RELEASE_MISSING),
        ({"releases": (a_release(since=date(2026, 1, 1), until=MARCH_2),)}, Concern.RELEASE_MISSING),
        ({"in_use_on": MARCH_2 + DAY}, Concern.SERVES_UNREADY),
        ({"state": SystemState.PLANNED, "in_use_on": None}, Concern.SERVES_UNREADY),
        (
            {"state": SystemState.WITHDRAWN, "withdrawn_on": MARCH_2, "withdrawn_because": "x"},
            Concern.SERVES_UNREADY,
        ),
    ],
)
def test_each_thing_that_lacks_is_told_in_three_languages(said, told):
    (found,) = findings(sound(**said), MARCH_2, serves=True)
    assert (found.what, found.rule) == (told, "K3.1")
    assert len({found.sentence.fi, found.sentence.sv, found.sentence.en}) == 3
    assert all("Saaristo Care" in text for text in (found.sentence.fi, found.sentence.sv, found.sentence.en))


def test_a_system_that_was_withdrawn_and_serves_nobody_concerns_nobody():
    over = sound(state=SystemState.WITHDRAWN, withdrawn_on=MARCH_2, withdrawn_because="x", certificates=())
    assert concerns(over, serves=False) == []
    assert Concern.CERTIFICATE_MISSING in concerns(over, MARCH_2 - DAY, serves=False)


def test_a_planned_system_need_not_say_which_version_is_in_use():
    planned = sound(state=SystemState.PLANNED, in_use_on=None, releases=())
    assert concerns(planned, serves=False) == []
