"""Documents about a breach: what the law wants each addressee to be told, and what is not known told as that."""

from datetime import timedelta

import pytest

from kanta_tenancy.breaches import requirements
from kanta_tenancy.breaches.actions import drawing_up
from kanta_tenancy.breaches.errors import BreachMoveNotAllowed, BreachNotFound, BreachRefused
from kanta_tenancy.breaches.model import Addressee, Decision, Item, Move, RegisterKind, Risk, Statement
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.papers import PaperNotFound
from tests.breaches.desk import Register, of_main_connector, of_tenant
from tests.breaches.examples import a_telling
from tests.papers.examples import text_of
from tests.seals.examples import a_folder, a_seal


@pytest.fixture
async def keys(database, clock, tmp_path):
    made = a_folder(tmp_path)
    await a_seal(database, made, clock)
    return made


async def drawn(register: Register, keys, breach_id, to=Addressee.AUTHORITY, language=Language.ENGLISH, **said):
    async with register.database.transaction(register.caller) as tx:
        made = await drawing_up.draw_up(tx, register.clock, keys, breach_id, to=to, language=language, **said)
        return await drawing_up.one(tx, breach_id, made.id)


@pytest.fixture
async def breach_id(ours):
    return (await ours.reported(of_main_connector())).breaches[0].id


@pytest.mark.parametrize("language", Language)
async def test_the_authority_is_told_every_item_and_of_what_is_not_known_that_it_follows(
    ours, keys, breach_id, language
):
    await ours.said(breach_id, Statement(item=Item.NATURE, text="Lähetys väärään osoitteeseen"))
    text = text_of(await drawn(ours, keys, breach_id, language=language))
    follows = {"fi": "33 artiklan 4 kohta", "sv": "artikel 33.4", "en": "article 33(4)"}[language.value]
    assert all(f"{row.name.said_in(language)} ({row.letter})" in text for row in requirements.items().values())
    assert text.count(follows) == len(Item) - 1
    assert "Lähetys väärään osoitteeseen" in text


async def test_it_says_since_when_the_controller_is_aware_how_the_risk_was_judged_and_what_was_told_before(
    ours, keys, breach_id
):
    await ours.documented(breach_id)
    first = await drawn(ours, keys, breach_id)
    await ours.said(breach_id, Decision(risk=Risk.RISK, ground="Names were legible"))
    await ours.said(breach_id, a_telling(reference="TSV/7", items=(Item.NATURE,), told_at=ours.clock.now()))
    text = text_of(await drawn(ours, keys, breach_id))
    for said in ("The controller found it itself.", "There is a risk to the rights", "Names were legible", "TSV/7"):
        assert said in text, said
    assert "TSV/7" not in text_of(first)
    assert "breach_report/" not in text  # what only this service understands


async def test_after_the_72_hours_it_says_why_it_is_late(ours, keys, breach_id, clock):
    with pytest.raises(BreachRefused, match="not late"):
        await drawn(ours, keys, breach_id, late_because="Too early to say")
    clock.advance(hours=72)
    with pytest.raises(BreachRefused, match="say why it is late"):
        await drawn(ours, keys, breach_id)
    assert "The log was encrypted" in text_of(await drawn(ours, keys, breach_id, late_because="The log was encrypted"))


async def test_persons_are_told_in_plain_words_once_there_is_what_they_must_be_told(ours, keys, breach_id):
    with pytest.raises(BreachRefused, match="say first what the persons are to be told"):
        await drawn(ours, keys, breach_id, Addressee.PERSONS)
    await ours.documented(breach_id)
    text = text_of(await drawn(ours, keys, breach_id, Addressee.PERSONS, Language.FINNISH))
    order = ["Mitä on tapahtunut", "About nature", "Mitä siitä voi teille seurata", "About consequences"]
    order += ["Mitä on tehty", "About measures", "Keneltä voitte kysyä", "About contact_point"]
    assert [text.index(one) for one in order] == sorted(text.index(one) for one in order)
    assert "About number_of_records" not in text


async def test_kela_is_told_whose_the_data_is_and_what_is_not_verified_is_said_to_be_our_reading(ours, keys):
    made = await ours.reported(of_main_connector(RegisterKind.WILL))
    text = text_of(await drawn(ours, keys, made.breaches[0].id, Addressee.KELA))
    assert "Controller: " in text
    assert "Kela" in text
    assert "By: Act 703/2023, section 72(3)" in text
    assert "They are joint controllers." in text


async def test_whoever_is_no_controller_tells_the_controller_and_not_the_authority(ours, keys):
    record = of_main_connector(RegisterKind.PERSONAL_HEALTH_RECORD)
    breach = (await ours.reported(record)).breaches[0]
    with pytest.raises(BreachRefused, match="the controller notifies the authority"):
        await drawn(ours, keys, breach.id)
    assert "clause 4.2" in text_of(await drawn(ours, keys, breach.id, Addressee.CONTROLLER))


async def test_while_nothing_more_is_said_it_is_the_same_document(ours, keys, breach_id, clock):
    first = await drawn(ours, keys, breach_id)
    clock.advance(hours=1)
    assert (await drawn(ours, keys, breach_id)).id == first.id
    await ours.documented(breach_id)
    second = await drawn(ours, keys, breach_id)
    async with ours.database.transaction(ours.caller) as tx:
        kept = await drawing_up.page(tx, breach_id, before=None, count=10)
    assert [one.id for one in kept] == [second.id, first.id]


async def test_of_what_was_dismissed_there_is_none(ours, keys, breach_id):
    await ours.moved(breach_id, Move.DISMISS)
    with pytest.raises(BreachMoveNotAllowed):
        await drawn(ours, keys, breach_id)


async def test_a_tenants_document_is_its_own(ours, keys, theirs, tenant, neighbour):
    breach = (await theirs.reported(of_tenant(tenant.tenancy.id))).breaches[0]
    made = await drawn(theirs, keys, breach.id)
    assert (made.tenancy_id, tenant.organisation.name in text_of(made)) == (tenant.tenancy.id, True)
    with pytest.raises(BreachNotFound):
        await drawn(Register(ours.database, ours.clock, neighbour.caller), keys, breach.id)
    own = (await ours.reported(of_main_connector())).breaches[0]
    async with ours.database.transaction(ours.caller) as tx:
        with pytest.raises(PaperNotFound):
            await drawing_up.one(tx, own.id, made.id)


async def test_awareness_in_a_night_in_which_clocks_are_set_is_told_in_finnish_time(ours, keys, clock):
    clock.at = clock.at.replace(month=3, day=29, hour=1, minute=30)
    breach = (await ours.reported(of_main_connector(), found_at=clock.now() - timedelta(hours=1))).breaches[0]
    assert "29 March 2026 2:30 (Finnish time)" in text_of(await drawn(ours, keys, breach.id))
