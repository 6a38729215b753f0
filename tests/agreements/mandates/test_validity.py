"""On which days a mandate holds, and why not on the others."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.agreements.mandates import validity
from kanta_tenancy.agreements.mandates.errors import MandateEnded, MandateExpired, MandateNotBegun
from kanta_tenancy.agreements.mandates.model import Mandate, MandateGround
from kanta_tenancy.agreements.model import Party
from kanta_tenancy.kernel.identifiers import OrganisationId, TenancyId, new_id
from tests.agreements.examples import NOON, a_signatory

FIRST = date(2026, 3, 2)
DAYS = st.integers(0, 400).map(lambda days: FIRST + timedelta(days=days))


def a_mandate(**said) -> Mandate:
    return Mandate(
        **{
            "id": new_id(),
            "tenancy_id": None,
            "organisation_id": OrganisationId(new_id()),
            "party": Party.MAIN_CONNECTOR,
            "person": a_signatory().name,
            "ground": MandateGround.TRADE_REGISTER,
            "words": None,
            "exhibit_id": None,
            "valid_from": FIRST,
            "valid_until": None,
            "recorded_at": NOON,
            "recorded_by": Party.MAIN_CONNECTOR,
            "version": 1,
        }
        | said
    )


@given(DAYS, DAYS, st.none() | DAYS, DAYS)
def test_a_day_without_an_objection_is_one_within_its_days_and_before_its_end(begins, until, ended, day):
    mandate = a_mandate(valid_from=begins, valid_until=max(begins, until), ended_on=ended)
    why = validity.objection(mandate, day)
    assert (why is None) == (begins <= day <= max(begins, until) and (ended is None or day < ended))
    assert isinstance(why, MandateNotBegun) <= (day < begins)
    assert isinstance(why, MandateExpired) <= (day > max(begins, until))
    assert isinstance(why, MandateEnded) == (ended is not None and day >= ended)


@given(DAYS)
def test_without_a_last_day_it_holds_until_further_notice(day):
    assert validity.objection(a_mandate(), day) is None


def test_a_warning_is_given_of_what_ends_within_30_days_or_has_not_begun():
    def warned(**said) -> bool:
        mandate = a_mandate(**said)
        who = a_signatory(mandate_id=mandate.id)
        return bool(validity.warnings((who,), {mandate.id: mandate}, FIRST))

    assert warned(valid_until=FIRST)
    assert warned(valid_until=FIRST + timedelta(days=30))
    assert warned(valid_from=FIRST + timedelta(days=1))
    assert not warned(valid_until=FIRST + timedelta(days=31))
    assert not warned()


def test_a_mandate_is_for_its_person_its_party_and_its_tenancy():
    tenancy, other = TenancyId(new_id()), TenancyId(new_id())
    mandate = a_mandate(tenancy_id=tenancy)
    who, known = a_signatory(mandate_id=mandate.id), {mandate.id: mandate}
    assert validity.strangers((who,), known, tenancy) == ()
    for signatory, known_ones, of in (
        (who, known, other),
        (who, known, None),
        (who, {}, tenancy),
        (a_signatory(Party.TENANT, name=who.name, mandate_id=mandate.id), known, tenancy),
        (a_signatory(name="Somebody Else", mandate_id=mandate.id), known, tenancy),
    ):
        (flaw,) = validity.strangers((signatory,), known_ones, of)
        assert flaw.field == "signatories[0].mandate_id"
