"""Why a request is with whom it is with, in three languages, and nothing of anybody's in it."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.renewals import explaining
from kanta_tenancy.renewals.deciding import decide
from kanta_tenancy.renewals.model import OPEN, Entitlement, Request, Situation, State
from tests.renewals.examples import NOON, OTHER_UNIT, a_prescriber, a_request, a_situation, after, away


def placed(situation: Situation, hours: float = 0) -> Request:
    return decide(a_request(), situation, after(hours)).request


def said(request: Request, language: Language) -> str:
    return " ".join(one.said_in(language) for one in explaining.explain(request).steps)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.FINNISH, "Se raukeaa 192 tunnin kuluttua, 10.3.2026 14.00."),
        (Language.SWEDISH, "Den förfaller efter 192 timmar, 10.3.2026 14.00."),
        (Language.ENGLISH, "It lapses after 192 hours, on 10 March 2026 14:00."),
    ],
)
def test_it_says_when_a_request_lapses_in_three_languages(language: Language, words: str):
    assert words in said(placed(a_situation(a_prescriber())), language)


def test_it_says_whom_the_routing_passed_over_and_counts_them():
    colleague = "222222"
    text = said(
        placed(
            a_situation(
                a_prescriber(absences=(away(after(-1)),)),
                a_prescriber(code=colleague, entitlement=Entitlement.LIMITED),
                a_prescriber(code="333333", units=frozenset({OTHER_UNIT})),
                a_prescriber(code="444444", units=frozenset({OTHER_UNIT})),
            )
        ),
        Language.ENGLISH,
    )
    assert "Not at work before the hand-over: 1." in text
    assert "Limited right to prescribe: 1." in text
    assert "At other units: 2." in text
    assert "No entitled prescriber of the unit is at work in time: the responsible physician has it." in text


def test_it_says_when_a_request_goes_to_the_physician_and_later_that_it_did():
    situation = a_situation(a_prescriber())
    assert "Without an answer it goes to the responsible physician on 8 March 2026 14:00." in said(
        placed(situation), Language.ENGLISH
    )
    assert "The tenant did not answer in time" in said(placed(situation, 145), Language.ENGLISH)


def test_it_says_that_nobody_is_in_office():
    text = said(placed(a_situation(physicians=())), Language.ENGLISH)
    assert "no responsible physician in office" in text


def test_it_names_its_rule_its_sources_and_what_went_in():
    explained = explaining.explain(placed(a_situation(a_prescriber())))
    assert explained.rule == "K15"
    assert explained.sources[0] == "model agreement, clause 15"
    assert explained.inputs["arrived_at"] == NOON.isoformat()
    assert (explained.inputs["ground"], explained.result) == ("original", "with_prescriber")


@pytest.mark.parametrize("state", [one for one in State if one not in OPEN])
def test_it_says_what_follows_from_every_end(state: State):
    closed = a_request(state=state, closed_at=datetime(2026, 3, 3, tzinfo=UTC), id=UUID(int=9))
    followed = explaining.afterwards(closed)
    assert followed is not None
    assert all(followed.said_in(language) for language in Language)


def test_nothing_follows_while_a_request_is_open():
    assert explaining.afterwards(placed(a_situation(a_prescriber()))) is None
