"""From facts to duties: every combination against a slow second statement, and when each is due."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanta_tenancy.breaches import case
from kanta_tenancy.disturbances import deriving, explaining, rules
from kanta_tenancy.disturbances.model import Addressee, Counted, Duty, Fact, Moments, Rule, Side, Source
from kanta_tenancy.kernel.calendar import HELSINKI
from kanta_tenancy.kernel.dated import Certainty
from tests.breaches.examples import a_concerned, an_awareness, concerning, entries
from tests.disturbances.slow_statement import CRITERIA, told

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MARCH_2 = date(2026, 3, 2)
OTHERS = tuple(fact for fact in Fact if fact not in CRITERIA)
SAID = {
    "section_90_producer": "section_90(1)",
    "section_90_supervisor": "section_90(1)",
    "section_90_security": "section_90(2)",
    "kela_technical_support": "kela_instruction/mail",
    "kela_phone": "kela_instruction/phone",
    "kela_breach": "kela_instruction/breach",
    "nis2_first": "nis2/first",
    "nis2_follow_up": "nis2/follow_up",
    "nis2_final": "nis2/final",
    "gdpr_processor": "article 33(2)",
    "gdpr_authority": "article 33(1)",
}


def in_words(rule: Rule) -> tuple[str, str, str]:
    return rule.owed_by.value, rule.to.value, SAID.get(rule.key.removesuffix("_tenant"), rule.source.value)


def moments(facts, at: datetime = NOON, **said) -> Moments:
    return Moments(**{"known": dict.fromkeys(facts, at), "detected_at": at} | said)


def duties(side: Side, facts, at: datetime = NOON, **said) -> dict[str, Duty]:
    return {one.key: one for one in deriving.duties(side, facts, moments(facts, at, **said))}


def test_every_combination_of_facts_brings_what_the_sources_say_and_nothing_else():
    table = [(rule, in_words(rule)) for rule in rules.rules_on(MARCH_2)]
    walked = 0
    for held in product((False, True), repeat=len(OTHERS)):
        chosen = [fact for fact, holds in zip(OTHERS, held, strict=True) if holds]
        for criteria in ((), CRITERIA):
            facts = frozenset((*chosen, *criteria))
            assert {words for rule, words in table if deriving.applies(rule, facts)} == told(facts), sorted(facts)
            walked += 1
    assert walked == 2 ** (len(Fact) - len(CRITERIA) + 1)


@given(
    st.sets(st.sampled_from(OTHERS)),
    st.sets(st.sampled_from(CRITERIA), min_size=1),
    st.sets(st.sampled_from(CRITERIA), min_size=1),
)
def test_one_criterion_of_kela_is_as_good_as_any_other(others, some, another):
    for side in Side:
        assert duties(side, others | some).keys() == duties(side, others | another).keys()


@given(st.sets(st.sampled_from(Fact)))
def test_each_party_is_told_its_own_duties_once_each(facts):
    found = [one for side in Side for one in deriving.duties(side, facts, moments(facts))]
    assert len({one.key for one in found}) == len(found)
    assert {in_words(one.rule) for one in found} == told(facts)
    for side in Side:
        assert {one.rule.owed_by for one in deriving.duties(side, facts, moments(facts))} <= {side}


def test_the_four_notions_have_duties_of_their_own():
    notions = {
        Fact.DISTURBANCE: {"practice_tenants"},
        Fact.DEVIATION: {"contract_manufacturer", "section_90_producer"},
        Fact.SECURITY_DISTURBANCE: {"section_90_security"},
        Fact.BREACH: {"practice_breach_record"},  # whose data it concerns is not said
    }
    for fact, expected in notions.items():
        assert duties(Side.MAIN_CONNECTOR, {fact}).keys() == expected
    assert duties(Side.MAIN_CONNECTOR, set(notions)).keys() == set().union(*notions.values())


def test_an_unanswered_question_brings_no_duty_and_says_which_it_would_bring():
    held, unanswered = {Fact.DEVIATION}, {Fact.RISK_TO_DATA_PROTECTION, Fact.KANTA_RELATED}
    found = deriving.would_arise(Side.MAIN_CONNECTOR, held, unanswered, MARCH_2)
    assert {rule.key for rule in found} == {"contract_supervisor"}


@given(st.sets(st.sampled_from(Fact)), st.sets(st.sampled_from(Fact)))
def test_what_would_arise_is_what_some_answers_bring(held, unanswered):
    unanswered -= held
    found = {rule.key for rule in deriving.would_arise(Side.MAIN_CONNECTOR, held, unanswered, MARCH_2)}
    assert found.isdisjoint(duties(Side.MAIN_CONNECTOR, held))
    assert set(duties(Side.MAIN_CONNECTOR, held | unanswered)) <= found | set(duties(Side.MAIN_CONNECTOR, held))
    for key in found:  # each comes by its own facts, asked about or known
        rule = next(one for one in rules.rules_on(MARCH_2) if one.key == key)
        assert deriving.applies(rule, held | (unanswered & {*rule.every, *rule.some}))


def test_nis2_binds_from_its_day_on():
    facts = {Fact.NIS2_SIGNIFICANT, Fact.MAIN_CONNECTOR_COVERED}
    last_before = datetime(2025, 4, 7, 20, 59, tzinfo=UTC)  # 23:59 in Finland
    assert duties(Side.MAIN_CONNECTOR, facts, last_before) == {}
    assert duties(Side.MAIN_CONNECTOR, facts, last_before + timedelta(minutes=1)).keys() == {
        "nis2_first",
        "nis2_follow_up",
        "nis2_final",
        "nis2_recipients",
    }


@pytest.mark.parametrize(
    ("detected", "first", "follow_up", "final"),
    [  # in Finland; hours that pass, however the clock was moved, and a month by the calendar
        ("2026-03-02 10:00", "2026-03-03 10:00", "2026-03-05 10:00", "2026-04-05 10:00"),
        ("2027-03-27 03:30", "2027-03-28 04:30", "2027-03-30 04:30", "2027-04-30 04:30"),  # summer time begins
        ("2026-10-24 05:00", "2026-10-25 04:00", "2026-10-27 04:00", "2026-11-27 04:00"),  # and ends
        ("2026-12-30 23:00", "2026-12-31 23:00", "2027-01-02 23:00", "2027-02-02 23:00"),  # the year changes
        ("2027-01-28 09:00", "2027-01-29 09:00", "2027-01-31 09:00", "2027-02-28 09:00"),  # no such day
    ],
)
def test_the_limits_of_nis2(detected, first, follow_up, final):
    at = datetime.fromisoformat(detected).replace(tzinfo=HELSINKI).astimezone(UTC)
    facts = {Fact.NIS2_SIGNIFICANT, Fact.MAIN_CONNECTOR_COVERED}
    found = duties(Side.MAIN_CONNECTOR, facts, at)
    said = [
        found[key].due_at.astimezone(HELSINKI).strftime("%Y-%m-%d %H:%M")
        for key in ("nis2_first", "nis2_follow_up", "nis2_final")
    ]
    assert said == [first, follow_up, final]


def test_the_final_notice_is_counted_from_the_follow_up_once_that_was_given():
    facts = {Fact.NIS2_SIGNIFICANT, Fact.MAIN_CONNECTOR_COVERED}
    early = NOON + timedelta(hours=30)
    found = duties(Side.MAIN_CONNECTOR, facts, followed_up_at=early)["nis2_final"]
    assert (found.counted_from, found.due_at.date()) == (early, date(2026, 4, 3))


@pytest.mark.parametrize(
    ("aware", "due"),
    [  # in Finland: 72 hours that pass, over the nights when the clock is moved and the change of the year
        ("2027-03-27 03:30", "2027-03-30 04:30"),
        ("2026-10-24 05:00", "2026-10-27 04:00"),
        ("2026-12-30 12:00", "2027-01-02 12:00"),
    ],
)
def test_the_72_hours_run_from_when_the_controller_became_aware(aware, due):
    at = datetime.fromisoformat(aware).replace(tzinfo=HELSINKI)
    found = duties(Side.MAIN_CONNECTOR, {Fact.BREACH, Fact.DATA_OF_MAIN_CONNECTOR}, aware_at=at)["gdpr_authority"]
    assert found.due_at - found.counted_from == timedelta(hours=72)
    assert found.due_at.astimezone(HELSINKI).strftime("%Y-%m-%d %H:%M") == due


@given(st.datetimes(datetime(2018, 5, 25), datetime(2060, 1, 1), timezones=st.just(HELSINKI), allow_imaginary=False))
def test_the_72_hours_are_those_that_the_register_of_breaches_counts(aware_at):
    standing = case.read(entries(concerning(a_concerned()), an_awareness(aware_at=aware_at)))
    for side, whose, rule in (
        (Side.MAIN_CONNECTOR, Fact.DATA_OF_MAIN_CONNECTOR, "gdpr_authority"),
        (Side.TENANT, Fact.DATA_OF_TENANTS, "gdpr_authority_tenant"),
    ):
        assert duties(side, {Fact.BREACH, whose}, aware_at=aware_at)[rule].due_at == standing.authority_due_at


def test_a_suspicion_is_told_to_the_controller_and_not_yet_to_the_ombudsman():
    whose = {Fact.DATA_OF_MAIN_CONNECTOR, Fact.DATA_OF_TENANTS}
    suspected = duties(Side.MAIN_CONNECTOR, {Fact.BREACH_SUSPECTED, *whose})
    assert suspected.keys() == {"contract_breach_controllers", "gdpr_processor", "practice_breach_record"}
    assert duties(Side.MAIN_CONNECTOR, {Fact.BREACH, *whose}).keys() == {*suspected, "gdpr_authority"}


def test_time_runs_from_the_last_fact_that_was_needed_and_the_first_that_would_do():
    known = {
        Fact.DEVIATION: NOON,
        Fact.RISK_TO_SAFETY: NOON + timedelta(hours=2),
        Fact.RISK_TO_SECURITY: NOON + timedelta(hours=5),
    }
    (found,) = [
        one
        for one in deriving.duties(Side.MAIN_CONNECTOR, known, Moments(known=known, detected_at=NOON))
        if one.key == "section_90_supervisor"
    ]
    assert found.counted_from == NOON + timedelta(hours=2)
    assert found.facts == (Fact.DEVIATION, Fact.RISK_TO_SAFETY, Fact.RISK_TO_SECURITY)


def test_what_is_critical_is_chased_sooner_and_a_stated_limit_stays():
    facts = {Fact.DEVIATION, Fact.NIS2_SIGNIFICANT, Fact.MAIN_CONNECTOR_COVERED}
    calm, critical = (duties(Side.MAIN_CONNECTOR, more) for more in (facts, facts | {Fact.CRITICAL_OR_WIDE}))
    assert critical["section_90_producer"].due_at < calm["section_90_producer"].due_at
    assert critical["nis2_first"].due_at == calm["nis2_first"].due_at


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        duties(Side.MAIN_CONNECTOR, {Fact.DEVIATION}, datetime(2026, 3, 2, 12, 0))


@given(st.sets(st.sampled_from(Fact)), st.sampled_from(Side))
def test_each_duty_explains_itself_in_three_languages(facts, side):
    at = moments(facts)
    for duty in deriving.duties(side, facts, at):
        explanation = explaining.explain(duty, at)
        assert explanation.result == duty.due_at.isoformat()
        assert explanation.sources[0] == explaining.source_of(duty.rule)
        assert set(explanation.inputs) == {fact.value for fact in duty.facts} | {"counted_from", "limit"}
        for step in explanation.steps:
            assert all((step.fi, step.sv, step.en))
            assert "{" not in step.fi + step.sv + step.en
        unsure = [step for step in explanation.steps if "without a date" in step.en or "No source says" in step.en]
        assert bool(unsure) == (duty.rule.certainty is not Certainty.READ)


def test_only_what_states_a_limit_is_told_as_one():
    for rule in rules.rules_on(MARCH_2):
        limit = rules.limit_on(rule.limit, MARCH_2)
        assert limit.stated == (rule.source in {Source.NIS2, Source.GDPR} and rule.counted is not Counted.KNOWN)
        assert limit.stated == (limit.certainty is Certainty.READ)
        assert [limit.minutes is not None, limit.months is not None, limit.breach_clock].count(True) == 1


def test_contract_statute_and_practice_never_share_a_row():
    of_kela = [rule for rule in rules.rules_on(MARCH_2) if rule.to is Addressee.KELA]
    assert {rule.source for rule in of_kela} == {Source.CONTRACT, Source.KELA_INSTRUCTION}
    of_supervisor = [rule for rule in rules.rules_on(MARCH_2) if rule.to is Addressee.SUPERVISOR]
    assert {rule.source for rule in of_supervisor} == {Source.CONTRACT, Source.SECTION_90}


def test_every_fact_is_asked_about_and_every_one_matters_to_some_rule():
    assert list(rules.facts_in_words()) == list(Fact)
    used = {one for rule in rules.rules_on(MARCH_2) for one in (*rule.every, *rule.some, *rule.none)}
    assert used == set(Fact)
