"""Signatures on paper: put down with a scan, shown for ever as what they are, mixed with digital ones in any order."""

import asyncio
from datetime import date, timedelta

import pytest

from kanta_tenancy.agreements import owing, reading
from kanta_tenancy.agreements.bodies import shown
from kanta_tenancy.agreements.errors import MoveNotAllowed
from kanta_tenancy.agreements.exhibits import actions as exhibits
from kanta_tenancy.agreements.exhibits.errors import ExhibitNotFound
from kanta_tenancy.agreements.model import Form, Manner, Party, Status
from kanta_tenancy.agreements.signing import papers
from kanta_tenancy.agreements.signing.bodies import NOT_VERIFIED, verification
from kanta_tenancy.agreements.signing.errors import PaperRefused
from kanta_tenancy.agreements.signing.papers import SaidScan
from kanta_tenancy.agreements.timeline import reading as timeline
from kanta_tenancy.assembly import promised
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.kernel.identifiers import new_id
from kanta_tenancy.machinery.ooxml.report import Verdict
from kanta_tenancy.machinery.ooxml.verification import verify
from kanta_tenancy.machinery.postgres import invariants, outbox
from kanta_tenancy.promises import AMISS, audit, owe
from tests.agreements.conftest import AUTHORITY, LISTS, Desk
from tests.agreements.endings.test_notices import a_notice, given
from tests.agreements.examples import a_draft, both_sign

TODAY = date(2026, 3, 2)
DAY = timedelta(days=1)
PAPER = b"%PDF-1.7\nthe paper\n%%EOF\n"


async def sign(desk: Desk, agreement, who, manner: Manner):
    return await (desk.sign(agreement, who) if manner is Manner.DIGITAL else desk.sign_on_paper(agreement, who))


async def scan_anew(desk: Desk, agreement, who, by=Party.MAIN_CONNECTOR, because="A page was missing"):
    scan = await desk.exhibit(by, PAPER, "again.pdf")
    async with desk.database.transaction(desk.caller(by)) as tx:
        said = SaidScan(party=who.party, position=who.position, exhibit_id=scan.id, because=because)
        return await papers.scan_anew(tx, desk.clock, agreement_id=agreement.id, version=agreement.version, said=said)


@pytest.mark.parametrize("paper_first", [True, False])
@pytest.mark.parametrize("on_paper", list(Party))
async def test_one_party_on_paper_and_the_other_digitally_in_either_order(desk, database, on_paper, paper_first):
    agreement = await desk.offered()
    whole = sorted(agreement.signatories, key=lambda who: (who.party is on_paper) is not paper_first)
    for who in whole:
        agreement = await sign(desk, agreement, who, Manner.PAPER if who.party is on_paper else Manner.DIGITAL)
    assert (agreement.status, agreement.in_force_on) == (Status.IN_FORCE, TODAY)
    assert await desk.read(agreement) == agreement
    manners = {one.party: one.manner for one in agreement.signatures}
    assert manners == {one: Manner.PAPER if one is on_paper else Manner.DIGITAL for one in Party}
    async with database.transaction(desk.tenant.caller) as tx:
        _, document = await reading.document(tx, agreement.id)
        receipts = {one.party: one for one in await reading.receipts(tx, agreement.id)}
        paper = next(one.paper for one in agreement.signatures if one.paper)
        exhibit, _ = await exhibits.read(tx, paper.exhibit_id)  # both parties see the scan
    assert (receipts[on_paper].form, receipts[on_paper].sha256) == (Form.PAPER, exhibit.sha256)
    (other,) = set(Party) - {on_paper}
    assert (receipts[other].form, receipts[other].sha256) == (Form.FILE, document.sha256)
    assert await invariants.broken(database) == {}


async def test_both_sign_on_paper_and_no_verdict_counts_either(desk, database):
    agreement = await desk.offered()
    for who in agreement.signatories:
        agreement = await desk.sign_on_paper(agreement, who)
    assert agreement.status is Status.IN_FORCE
    async with database.transaction(desk.tenant.caller) as tx:
        _, document = await reading.document(tx, agreement.id)
    told = verification(agreement, verify(document.content, at=desk.clock.now()))
    assert (told.verdict, told.signatures) == (Verdict.INVALID, ())
    assert [(one.party, one.note) for one in told.on_paper] == [(one, NOT_VERIFIED) for one in Party]
    assert await invariants.broken(database) == {}


async def test_the_digital_signature_beside_a_paper_is_verified_as_ever(desk, database):
    agreement = await desk.offered()
    first, second = agreement.signatories
    agreement = await desk.sign(await desk.sign_on_paper(agreement, second), first)
    async with database.transaction(desk.main_connector) as tx:
        _, document = await reading.document(tx, agreement.id)
    told = verification(
        agreement, verify(document.content, at=desk.clock.now(), anchors=[AUTHORITY.root], revocation=LISTS)
    )
    assert (told.verdict, len(told.signatures), len(told.on_paper)) == (Verdict.VALID, 1, 1)


async def test_two_sign_jointly_one_on_paper(desk):
    agreement = await desk.offered(a_draft(signatories=both_sign(jointly=True)))
    for number, who in enumerate(agreement.signatories):
        agreement = await sign(desk, agreement, who, Manner.PAPER if number % 2 else Manner.DIGITAL)
    assert agreement.status is Status.IN_FORCE
    assert agreement.digital_signatures == 2


@pytest.mark.parametrize("late", [1, 5])
async def test_it_is_in_force_from_the_day_on_which_the_paper_was_received(desk, database, late):
    agreement = await desk.offered()
    main_connector, tenant = agreement.signatories
    agreement = await desk.sign(agreement, main_connector)
    desk.clock.advance(days=10)
    received_on = TODAY + timedelta(days=10 - late)
    agreement = await desk.sign_on_paper(agreement, tenant, signed_on=TODAY, received_on=received_on)
    assert agreement.in_force_on == received_on
    assert await desk.services_on(received_on) == agreement.services
    assert await desk.services_on(received_on - DAY) == ()
    assert await invariants.broken(database) == {}


async def test_a_paper_that_was_received_before_it_was_put_down_replaces_from_that_day(desk, database):
    earlier = await desk.in_force()
    desk.clock.advance(days=5)
    agreement = await desk.offered()
    main_connector, tenant = agreement.signatories
    agreement = await desk.sign(agreement, main_connector)
    desk.clock.advance(days=5)
    received_on = TODAY + timedelta(days=8)
    agreement = await desk.sign_on_paper(agreement, tenant, signed_on=received_on, received_on=received_on)
    earlier = await desk.read(earlier)
    assert (earlier.status, earlier.in_force_until) == (Status.ENDED, agreement.in_force_from)
    assert earlier.ended_at == desk.clock.now()
    assert agreement.in_force_on == received_on
    assert await invariants.broken(database) == {}
    async with database.transaction(desk.main_connector) as tx:
        before = await timeline.as_of(tx, desk.tenant.tenancy.id, received_on - DAY)
        then = await timeline.as_of(tx, desk.tenant.tenancy.id, received_on)
    assert [one.agreement.id for one in (before, then)] == [earlier.id, agreement.id]
    assert {one.manner for one in then.agreement.signatures} == set(Manner)


async def test_paper_and_digital_for_the_same_signatory_at_once_one_wins(desk):
    agreement = await desk.offered()
    who = next(one for one in agreement.signatories if one.party is Party.TENANT)
    copy, scan = await desk.signed_copy(agreement, who), await desk.exhibit(Party.MAIN_CONNECTOR)
    results = await asyncio.gather(
        desk.hand_in(agreement, who.party, copy),
        desk.sign_on_paper(agreement, who, scan=scan),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["Agreement", "AgreementChanged"]
    assert len((await desk.read(agreement)).signatures) == 1


async def test_a_tenant_puts_down_its_own_paper_and_nobody_elses(desk):
    agreement = await desk.offered()
    main_connector, tenant = agreement.signatories
    with pytest.raises(PaperRefused, match="its own"):
        await desk.sign_on_paper(agreement, main_connector, by=Party.TENANT)
    agreement = await desk.sign_on_paper(agreement, tenant, by=Party.TENANT)
    assert agreement.signatures[0].paper.put_down_by is Party.TENANT
    assert shown(agreement).signatures[0].mandate_on_record is False


async def test_a_tenant_cannot_name_a_file_that_it_does_not_see(desk):
    agreement = await desk.offered()
    hidden = await desk.exhibit(Party.MAIN_CONNECTOR)
    with pytest.raises(ExhibitNotFound):
        await desk.sign_on_paper(agreement, agreement.signatories[1], by=Party.TENANT, scan=hidden)


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"signed_on": date(2026, 3, 1)}, ["signed_on"]),
        ({"signed_on": date(2026, 3, 3)}, ["signed_on", "received_on"]),
        ({"received_on": date(2026, 3, 3)}, ["received_on"]),
        ({"received_on": date(2026, 3, 1)}, ["received_on"]),
        ({"received_by": " "}, ["received_by"]),
    ],
)
async def test_days_that_cannot_be_are_refused(desk, said, fields):
    agreement = await desk.offered()
    with pytest.raises(PaperRefused) as refused:
        await desk.sign_on_paper(agreement, agreement.signatories[1], **said)
    assert [flaw.field for flaw in refused.value.flaws] == fields


async def test_what_the_main_connector_signs_on_paper_counts_from_the_day_when_the_tenant_can_see_it(desk):
    agreement = await desk.offered()
    desk.clock.advance(days=3)
    with pytest.raises(PaperRefused, match="through this service, today"):
        await desk.sign_on_paper(agreement, agreement.signatories[0], signed_on=TODAY, received_on=TODAY)
    agreement = await desk.sign_on_paper(agreement, agreement.signatories[0], signed_on=TODAY)
    assert agreement.signatures[0].counts_from == desk.clock.now()


async def test_nobody_signs_on_paper_what_was_not_offered_or_was_signed_already(desk):
    draft = await desk.draft()
    with pytest.raises(MoveNotAllowed):
        await desk.sign_on_paper(draft, draft.signatories[1])
    offered = await desk.offer(draft)
    agreement = await desk.sign(offered, offered.signatories[1])
    with pytest.raises(PaperRefused, match="signed already"):
        await desk.sign_on_paper(agreement, agreement.signatories[1])


async def test_a_wrong_scan_is_corrected_by_a_record_and_nothing_is_deleted(desk, database):
    agreement = await desk.offered()
    for who in agreement.signatories:
        agreement = await desk.sign_on_paper(agreement, who)
    before = agreement.signatures[1].paper
    after = await scan_anew(desk, agreement, agreement.signatories[1])
    assert await desk.read(after) == after
    paper = after.signatures[1].paper
    assert (paper.exhibit_id, paper.signed_on, len(paper.later_scans)) == (before.exhibit_id, before.signed_on, 1)
    assert after.version == agreement.version + 1
    async with database.transaction(desk.tenant.caller) as tx:
        assert (await exhibits.read(tx, paper.later_scans[0].exhibit_id))[1] == PAPER
        assert await exhibits.read(tx, paper.exhibit_id)
    with pytest.raises(PaperRefused, match="its own"):
        await scan_anew(desk, after, after.signatures[0], by=Party.TENANT)
    assert await invariants.broken(database) == {}


async def test_an_end_that_is_known_comes_though_a_paper_was_scanned_anew(desk, database):
    agreement = await desk.offered()
    for who in agreement.signatories:
        agreement = await desk.sign_on_paper(agreement, who)
    await given(desk, agreement, a_notice())
    agreement = await scan_anew(desk, await desk.read(agreement), agreement.signatories[0])
    desk.clock.advance(days=60)
    await promised.pay(database, desk.clock)
    assert (await desk.read(agreement)).status is Status.ENDED
    await outbox.carry_on(database, desk.clock, SUBSCRIBERS)
    async with database.transaction(desk.main_connector) as tx:
        found = await audit(tx, desk.clock.now(), promised.EXPECTATIONS)
    assert [one for one in found if one.what in AMISS and one.what != "unkept"] == []


async def test_the_journal_and_the_event_say_that_it_is_a_paper(desk, owner):
    agreement = await desk.offered()
    await desk.sign_on_paper(agreement, agreement.signatories[1])
    entry = await owner.fetchval("SELECT entry FROM journal_entry ORDER BY at DESC, sequence DESC LIMIT 1")
    assert '"manner":"paper"' in entry.replace(" ", "")
    body = await owner.fetchval("SELECT body::text FROM outbox WHERE kind = 'agreement.signed'")
    assert '"manner":"paper"' in body.replace(" ", "")


async def test_a_reminder_of_an_offer_stops_when_the_tenant_has_signed_on_paper(desk, database, owner):
    agreement = await desk.offered()
    promise = owing.to_remind(agreement, new_id(), 1, desk.clock.now() + DAY, at=desk.clock.now())
    async with database.transaction(desk.main_connector) as tx:
        await owe(tx, promise)
    await desk.sign_on_paper(agreement, agreement.signatories[1])
    assert await owner.fetchval("SELECT state FROM promise WHERE key = $1", promise.key) == "released"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (PAPER, ""),
        (b"\x89PNG\r\n\x1a\n....IEND\xaeB`\x82", ""),
        (b"\xff\xd8\xff....\xff\xd9", ""),
        (b"II*\0....", ""),
        (b"Signed, Aino", "a scan is a PDF"),
        (b"\x89PNG\r\n\x1a\n cut off", "a scan is a PDF"),
        (b"GIF89a", "a scan is a PDF"),
        (b"%PDF-1.7 <</OpenAction<</S/JavaScript/JS(app.alert(1))>>>> %%EOF", "a program"),
        (b"%PDF-1.7 <</S/J#61va#53cript>> %%EOF", "a program"),
        (b"%PDF-1.7 <</S/Launch/F(cmd.exe)>> %%EOF", "start another program"),
        (b"%PDF-1.7 <</EmbeddedFiles 3 0 R>> %%EOF", "another file inside"),
        (b"%PDF-1.7 stream\n/JavaScript \nendstream %%EOF", "a program"),
        (b"%PDF-1.7 stream\n\x00/JS \xff\nendstream %%EOF", ""),  # three letters in a compressed picture are chance
        (b"%PDF-1.7 trailer <</Encrypt 5 0 R>> %%EOF", "a password"),
    ],
)
def test_a_scan_is_a_picture_of_a_paper_and_nothing_that_acts(content, why):
    if why:
        with pytest.raises(PaperRefused, match=why):
            papers.examine(content)
    else:
        papers.examine(content)
