"""The mail of a duty carries its sealed document where that may go by mail, and never waits for one."""

import asyncio
import hashlib
import io
import threading
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from docx import Document

from kanta_tenancy.assembly.application import build_application
from kanta_tenancy.assembly.asking import ways_out
from kanta_tenancy.assembly.sending import kept_file, sending_jobs
from kanta_tenancy.assembly.serving import Stop
from kanta_tenancy.assembly.settings import read_settings
from kanta_tenancy.disturbances import rules
from kanta_tenancy.disturbances.actions import drawing_up, enclosing, mailing
from kanta_tenancy.disturbances.errors import DutyChanged, DutyMoveNotAllowed
from kanta_tenancy.disturbances.model import Addressee
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.ooxml.report import Outcome
from kanta_tenancy.parties.access import LastUses
from kanta_tenancy.seals import SealKeys, judge_document
from kanta_tenancy.systems.model import Firm
from tests.disturbances.examples import NOON
from tests.disturbances.test_assessing import YES, Person
from tests.disturbances.test_routes import done, reported
from tests.journeys.conftest import a_whole_realm
from tests.machinery.outgoing.mail_servers import SENDER, MailRoom, closes_after_data, raw_server
from tests.messages.test_enclosing import DOCX, arrived, enclosed
from tests.seals.examples import a_folder, a_seal, every_certificate

KELA = "tekninentuki@kanta.fi"


@pytest.fixture
async def keys(database, clock, tmp_path) -> SealKeys:
    made = a_folder(tmp_path)
    await a_seal(database, made, clock)
    return made


@pytest.fixture
async def person(desk, tenant, register) -> Person:
    """The named person at work on what keeps a tenant from Kanta, in a system whose producer has an address."""
    system = await register.in_use(manufacturer=Firm(name="Valmistaja Oy", email="viat@example.org"))
    await register.deployed(await register.released(system), tenant.tenancy.id)
    taken = await desk.reported(tenant.caller, service="prescription", system_id=system.id, symptom="504")
    person = Person(desk, taken.disturbance_id)
    await person.acknowledges()
    await person.answers(deviation=YES, kanta_related=YES, kela_prevents_use=YES)
    return person


async def mailed(person, keys, rule, *, asked=None, language=Language.FINNISH, **said):
    """Send the mail of a duty as the route does: the document first, then the mail."""
    desk, duty = person.desk, (await person.desk.duties(person.id))[rule]
    begin = said.pop("begin", lambda: desk.database.transaction(desk.caller))
    enclosure = await enclosing.prepare(begin, desk.clock, keys, duty.id, language, asked=asked, **said)
    async with begin() as tx:
        return await mailing.mail(
            tx, desk.clock, duty.id, version=duty.version, language=language, email=None, enclosure=enclosure
        )


async def delivered(desk, port: int) -> None:
    """Do what the jobs of an instance do that has a mail server."""
    given = {"KANTA_SMTP_HOST": "127.0.0.1", "KANTA_SMTP_PORT": str(port), "KANTA_SMTP_SENDER": SENDER}
    settings = read_settings(given | {"KANTA_SMTP_PROTECTION": "none"})
    for job in sending_jobs(settings, Stop(), ways_out(settings)):
        if job.name in {"gather-mails", "mails", "mails-again"}:
            await job.run(desk.database, desk.clock)


async def drawn_up(desk, duty):
    async with desk.database.transaction(desk.caller) as tx:
        return await drawing_up.page(tx, duty.id, before=None, count=10)


def said_to_the_reader(mail) -> tuple[str, str]:
    return tuple(mail.get_body((kind,)).get_content() for kind in ("plain", "html"))


@pytest.mark.parametrize(
    "told",
    [
        (Language.FINNISH, "Ilmoitus häiriöstä", "Liitteenä on sama ilmoitus Word-asiakirjana"),
        (Language.SWEDISH, "Anmälan om störning", "Samma anmälan bifogas som ett Word-dokument"),
        (Language.ENGLISH, "Notice of a disturbance", "The same notice is attached as a Word document"),
    ],
)
async def test_kelas_technical_support_gets_the_sealed_document_with_the_mail(person, keys, desk, told):
    language, name, line = told
    duty = await mailed(person, keys, "kela_technical_support", language=language)
    async with MailRoom().open() as room:
        await delivered(desk, room.port)
    (mail,) = room.mails
    reference = (await desk.read(person.id)).reference
    ((called, kind, content),) = enclosed(mail)
    assert (mail.recipient, called, kind) == (KELA, f"{name} {reference}.docx", DOCX)
    (kept,) = await drawn_up(desk, duty)
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (kept.sha256, kept.size)
    certificates = await every_certificate(desk.database)
    known = frozenset(one.sha256 for one in certificates)
    assert judge_document(content, certificates, known=known, now=desk.clock.now()).outcome is Outcome.PASSED
    assert Document(io.BytesIO(content)).paragraphs[0].text == name
    for text in said_to_the_reader(mail):
        assert line in text
        assert kept.sha256 in text
    assert duty.note == f"{KELA}, with {kept.subject} (SHA-256 {kept.sha256})"
    assert "Prescriptions do not open" not in f"{mail['subject']} {called}"


async def test_a_change_of_one_byte_of_what_arrived_breaks_the_seal(person, keys, desk):
    await mailed(person, keys, "kela_technical_support")
    async with MailRoom().open() as room:
        await delivered(desk, room.port)
    ((_, _, content),) = enclosed(room.mails[0])
    certificates = await every_certificate(desk.database)
    known = frozenset(one.sha256 for one in certificates)
    at = len(content) // 2
    changed = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
    assert judge_document(changed, certificates, known=known, now=desk.clock.now()).outcome is Outcome.FAILED


async def test_a_mail_that_was_cut_off_comes_again_with_the_same_document(person, keys, desk):
    await mailed(person, keys, "contract_kela")
    taken: list[bytes] = []
    async with raw_server(closes_after_data(taken)) as port:
        await delivered(desk, port)
    desk.clock.advance(hours=2)
    await desk.reported(join=person.id, what="Now the whole county", since=NOON - timedelta(hours=1))
    async with MailRoom().open() as room:
        await delivered(desk, room.port)
    assert [arrived(one) for one in taken] == [room.mails[0].raw.rstrip()]


async def test_a_document_that_says_the_same_is_made_once(person, keys, desk):
    duty = (await desk.duties(person.id))["contract_kela"]
    async with desk.database.transaction(desk.caller) as tx:
        before = await drawing_up.draw_up(tx, desk.clock, keys, duty.id, Language.FINNISH)
    told = await mailed(person, None, "contract_kela")  # where the seal's keys are not
    assert (before.subject in told.note, len(await drawn_up(desk, duty))) == (True, 1)


def test_only_rows_whose_source_has_a_document_sent_by_mail_send_one_by_themselves():
    every = rules.rules_on(NOON.date())
    by_themselves = {one.key: one.to for one in every if one.document_by_mail}
    assert by_themselves == {"contract_kela": Addressee.KELA, "kela_technical_support": Addressee.KELA}


async def test_to_others_none_goes_unless_a_person_decides_it(person, keys, desk):
    without = await mailed(person, keys, "section_90_producer")
    with_it = await mailed(person, keys, "contract_manufacturer", asked=True)
    declined = await mailed(person, keys, "contract_kela", asked=False)
    async with MailRoom().open() as room:
        await delivered(desk, room.port)
    carried = {mail.recipient: len(enclosed(mail)) for mail in room.mails}
    assert carried == {"poikkeamat@example.org": 0, "viat@example.org": 1, KELA: 0}
    assert (without.note, declined.note) == ("poikkeamat@example.org", KELA)
    assert with_it.note.startswith("viat@example.org, with paper/")
    for mail in room.mails:
        if mail.recipient != "viat@example.org":
            assert "asiakirja" not in said_to_the_reader(mail)[0]


@pytest.mark.parametrize("lacking", ["keys", "key"])
async def test_where_it_cannot_be_sealed_the_mail_goes_without_and_says_so(person, keys, desk, tmp_path, lacking):
    elsewhere = None if lacking == "keys" else a_folder(tmp_path, "elsewhere")
    duty = await mailed(person, elsewhere, "kela_technical_support")
    async with MailRoom().open() as room:
        await delivered(desk, room.port)
    (mail,) = room.mails
    assert enclosed(mail) == []
    for text in said_to_the_reader(mail):
        assert "Tästä ei saatu nyt sinetöityä asiakirjaa liitteeksi" in text
    assert duty.note.startswith(f"{KELA}, without a document: The ")
    assert str(tmp_path) not in duty.note
    assert await drawn_up(desk, duty) == []


class SlowKeys(SealKeys):
    """Keys in a place that answers when it likes."""

    def __init__(self, keys: SealKeys) -> None:
        super().__init__(keys.folder)
        self.asked = threading.Event()
        self.may_answer = threading.Event()

    def of(self, sha256: str):
        self.asked.set()
        self.may_answer.wait(30)
        return super().of(sha256)


async def test_a_key_that_does_not_answer_keeps_nobody_from_being_told(person, keys, desk):
    slow = SlowKeys(keys)
    try:
        duty = await mailed(person, slow, "kela_technical_support", patience_s=0.05)
    finally:
        slow.may_answer.set()
    assert duty.note == f"{KELA}, without a document: The key of the service's seal did not answer in time"


async def test_no_transaction_is_open_while_a_document_is_sealed(person, keys, desk):
    slow, open_now = SlowKeys(keys), []

    @asynccontextmanager
    async def begin():
        async with desk.database.transaction(desk.caller) as tx:
            open_now.append(tx)
            yield tx
            open_now.remove(tx)

    mailing_it = asyncio.ensure_future(mailed(person, slow, "kela_technical_support", begin=begin))
    try:
        assert await asyncio.to_thread(slow.asked.wait, 20)
        assert open_now == []
    finally:
        slow.may_answer.set()
    assert ", with paper/" in (await mailing_it).note


async def test_a_duty_that_cannot_be_told_any_more_leaves_no_document_behind(person, keys, desk):
    duty = (await desk.duties(person.id))["kela_technical_support"]

    def begin():
        return desk.database.transaction(desk.caller)

    enclosure = await enclosing.prepare(begin, desk.clock, keys, duty.id, Language.FINNISH, asked=None)
    told = await person.tells("kela_technical_support")
    for version, refusal in ((duty.version, DutyChanged), (told.version, DutyMoveNotAllowed)):
        with pytest.raises(refusal):
            async with begin() as tx:
                await mailing.mail(
                    tx, desk.clock, duty.id, version=version, language=Language.FINNISH, email=None, enclosure=enclosure
                )
    assert await drawn_up(desk, duty) == []


async def test_a_mail_finds_papers_of_its_own_realm_and_nothing_else(person, keys, desk):
    duty = await mailed(person, keys, "contract_kela")
    (kept,) = await drawn_up(desk, duty)
    async with desk.database.transaction(desk.caller) as tx:
        assert len(await kept_file(tx, kept.subject) or b"") == kept.size
        for other in (f"paper/{duty.id}", f"exhibit/{kept.id}"):
            assert await kept_file(tx, other) is None


async def test_over_http_a_request_that_is_repeated_sends_one_mail_with_one_document(database, clock, keys, owner):
    settings = read_settings({"KANTA_SEAL_KEYS": str(keys.folder)})
    realm = await a_whole_realm(database, clock, build_application(settings, database, clock, LastUses()), 2000000)
    async with realm.main_connector as http, realm.of_tenant:
        taken = await reported(http, service="prescription", patient_safety="yes")
        await done(http, f"/v1/disturbances/{taken['disturbance_id']}/acknowledgement", 1)
        duties = (await http.get("/v1/disturbances/duties")).json()["items"]
        (path,) = [f"/v1/disturbances/duties/{one['id']}" for one in duties if one["rule"] == "contract_kela"]
        once = {"If-Match": '"1"', "Idempotency-Key": "tell-kela"}
        answers = [await http.post(f"{path}/mail", json={"language": "sv"}, headers=once) for _ in range(2)]
        (document,) = (await http.get(f"{path}/documents")).json()["items"]
        other = await http.post(f"{path}/mail", json={"language": "sv", "document": False}, headers=once)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["note"] == f"{KELA}, with paper/{document['id']} (SHA-256 {document['sha256']})"
    assert (other.status_code, other.json()["type"].rpartition("/")[2]) == (422, "idempotency-key-reused")
    assert await owner.fetchval("SELECT count(*) FROM notice WHERE topic = 'disturbance.notice'") == 1
