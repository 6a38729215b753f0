"""Documents for addressees: what the teller knows at that time, whose it is, and nothing that is not for them."""

from datetime import timedelta

import pytest

from kanta_tenancy.disturbances import explaining, paper, rules
from kanta_tenancy.disturbances.actions import assessing, drawing_up, telling
from kanta_tenancy.disturbances.errors import DutyNotFound
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.papers import PaperNotFound
from kanta_tenancy.systems.model import Firm
from tests.disturbances.examples import NOON
from tests.disturbances.test_assessing import NO, YES, Person
from tests.papers.examples import text_of
from tests.parties.examples import a_realm, a_tenant
from tests.seals.examples import a_folder, a_seal


@pytest.fixture
async def keys(database, clock, tmp_path):
    made = a_folder(tmp_path)
    await a_seal(database, made, clock)
    return made


@pytest.fixture
async def person(desk, tenant, register) -> Person:
    """The named person at work on a grave deviation of a system that a tenant reported."""
    system = await register.in_use(manufacturer=Firm(name="Valmistaja Oy"))
    await register.deployed(await register.released(system), tenant.tenancy.id)
    taken = await desk.reported(
        tenant.caller, service="prescription", system_id=system.id, symptom="504", users_hit=12, contact="Aino, 040 1"
    )
    person = Person(desk, taken.disturbance_id)
    await person.acknowledges()
    await person.answers(deviation=YES, risk_to_safety=YES, kanta_related=YES)
    return person


async def drawn(person, keys, rule, language=Language.ENGLISH, *, by=None, whose=None):
    desk = person.desk
    duty = (await desk.duties(person.id, whose))[rule]
    async with desk.database.transaction(by or desk.caller) as tx:
        made = await drawing_up.draw_up(tx, desk.clock, keys, duty.id, language)
        return await drawing_up.one(tx, duty.id, made.id)


async def test_the_manufacturer_is_told_what_is_known_by_which_clause_and_from_whom(person, keys, realm):
    made = await drawn(person, keys, "contract_manufacturer")
    text = text_of(made)
    for said in (
        "Notice of a disturbance", "Valmistaja Oy", "the model agreement, clause 4.1", "1, the first",
        "Information system: Saaristo Care 2026.1", "What happened: Prescriptions do not open",
        "Symptom or error code: 504", "From\nPraktik 2000000\n2000000-8\nBy",
        "As known at: 2 March 2026 14:02 (Finnish time)",
    ):  # fmt: skip
        assert said in text, said
    assert "040 1" not in text  # whom to ask at the reporter is for the main connector
    assert (made.title, made.made_by, made.tenancy_id) == ("Notice of a disturbance", "a test", None)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (Language.FINNISH, ("Ilmoitus häiriöstä", "Lupa- ja valvontavirasto", "Tietojärjestelmä: Saaristo Care")),
        (Language.SWEDISH, ("Anmälan om störning", "översättning som inte har bekräftats", "Lupa- ja valvontavirasto")),
        (Language.ENGLISH, ("Notice of a disturbance", "a translation that is not confirmed", "section 90(1)")),
    ],
)
async def test_each_language_says_it_and_a_name_that_is_not_confirmed_stands_beside_the_authoritys_own(
    person, keys, language, said
):
    text = text_of(await drawn(person, keys, "section_90_supervisor", language))
    assert [one for one in said if one not in text] == []


def test_every_clause_of_the_table_is_cited_in_each_language():
    every = [*rules.rules_on(NOON.date())]
    assert len(every) > 20
    said = {paper.cited(one).fi for one in every}
    assert {
        "mallisopimus, kohta 4.1",
        "laki 703/2023, 90 § 1 mom.",
        "asetus (EU) 2016/679, 33 artiklan 1 kohta",
    } <= said
    assert {paper.cited(one).en for one in every} == {explaining.source_of(one) for one in every}
    assert {"lag 703/2023, 90 § 2 mom.", "förordning (EU) 2016/679, artikel 33.2", "lag 124/2025, 11 §"} <= {
        paper.cited(one).sv for one in every
    }


async def test_what_no_source_says_for_certain_is_told_as_that(person, keys):
    await person.answers(kela_prevents_use=YES)
    text = text_of(await drawn(person, keys, "kela_technical_support"))
    assert "The source was seen only as an excerpt without a date" in text


async def test_while_nothing_changes_it_is_the_same_document_and_then_another(person, keys, desk):
    first = await drawn(person, keys, "contract_manufacturer")
    desk.clock.advance(hours=2)
    assert (await drawn(person, keys, "contract_manufacturer")).content == first.content
    await desk.reported(join=person.id, what="Now the whole county", since=NOON - timedelta(hours=1))
    second = await drawn(person, keys, "contract_manufacturer")
    assert "Now the whole county" in text_of(second)
    assert "Now the whole county" not in text_of(first)
    duty = (await desk.duties(person.id))["contract_manufacturer"]
    async with desk.database.transaction(desk.caller) as tx:
        kept = await drawing_up.page(tx, duty.id, before=None, count=10)
    assert [one.id for one in kept] == [second.id, first.id]


async def test_whoever_was_told_gets_a_change_or_a_withdrawal_on_paper_too(person, keys):
    await person.tells("section_90_supervisor")
    await person.answers(risk_to_security=YES)
    changed = await drawn(person, keys, "section_90_supervisor")
    assert "Change of an earlier notice" in text_of(changed)
    assert "2, changes an earlier one" in text_of(changed)
    await person.tells("section_90_supervisor")
    await person.answers(deviation=NO, risk_to_safety=NO, risk_to_security=NO)
    withdrawn = text_of(await drawn(person, keys, "section_90_supervisor"))
    assert "Earlier notice withdrawn" in withdrawn
    assert "The earlier notice does not hold any more" in withdrawn
    assert "Prescriptions do not open" not in withdrawn


async def test_tenants_are_told_of_the_event_and_never_what_another_reported(person, keys, desk):
    version = (await desk.read(person.id)).version
    async with desk.database.transaction(desk.caller) as tx:
        await telling.publish(tx, desk.clock, person.id, version=version, text={Language.FINNISH: "Tutkimme"})
    text = text_of(await drawn(person, keys, "contract_tenants", Language.FINNISH))
    assert "Tutkimme" in text
    assert "merkittävä poikkeama" not in text
    assert "Vuokralaiset, joita se koskee" in text
    assert "Prescriptions do not open" not in text


async def test_a_tenants_document_says_what_the_tenant_knows_whoever_draws_it_up(person, keys, desk, tenant, realm):
    neighbour = await a_tenant(desk.database, desk.clock, realm, 1100000)
    same = Person(desk, (await desk.reported(neighbour.caller, what="The neighbour saw it too")).disturbance_id)
    await same._act(assessing.join, to=person.id)  # noqa: SLF001 -- the same person
    assert "The neighbour saw it too" in text_of(await drawn(person, keys, "section_90_supervisor"))
    rule = "section_90_supervisor_tenant"
    theirs = await drawn(person, keys, rule, by=tenant.caller, whose=tenant.caller)
    ours = await drawn(person, keys, rule, whose=tenant.caller)
    assert (ours.id, ours.tenancy_id) == (theirs.id, tenant.tenancy.id)
    assert "The neighbour saw it too" not in text_of(ours)
    assert tenant.organisation.name in text_of(ours)


async def test_nobody_elses_duty_has_a_document(person, keys, desk, tenant, realm):
    neighbour = await a_tenant(desk.database, desk.clock, realm, 1100000)
    stranger = await a_realm(desk.database, desk.clock, 2100000)
    for by in (tenant.caller, neighbour.caller, stranger):
        with pytest.raises(DutyNotFound):
            await drawn(person, keys, "contract_manufacturer", by=by)
    made = await drawn(person, keys, "contract_manufacturer")
    other = (await desk.duties(person.id))["section_90_supervisor"]
    async with desk.database.transaction(desk.caller) as tx:
        with pytest.raises(PaperNotFound):
            await drawing_up.one(tx, other.id, made.id)
