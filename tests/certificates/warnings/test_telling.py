"""Digests: one for each person, the next people when nobody acknowledges it, and what is unverified told as such."""

from datetime import timedelta

from cryptography import x509
from msgspec import json

from kanta_tenancy.assembly import promised
from kanta_tenancy.assembly.background import SUBSCRIBERS
from kanta_tenancy.certificates import findings
from kanta_tenancy.certificates.findings import Finding
from kanta_tenancy.certificates.inventory import reading
from kanta_tenancy.certificates.inventory.actions import certificates as inventory
from kanta_tenancy.certificates.orders import actions as orders
from kanta_tenancy.certificates.orders.model import NewOrder
from kanta_tenancy.certificates.warnings import actions
from kanta_tenancy.kernel.explanation import Sentence
from kanta_tenancy.kernel.severity import Severity
from kanta_tenancy.machinery.postgres import outbox
from kanta_tenancy.parties import Function
from kanta_tenancy.promises import State
from tests.certificates.orders.examples import a_request
from tests.certificates.warnings.examples import DAY, MARCH_2, Watch, morning
from tests.trust.examples import loaded

LAST_DAY = MARCH_2 + 30 * DAY


async def told_on(watch: Watch) -> dict[str, list[tuple[str, int]]]:
    """Return who was told on which day of how many."""
    found: dict[str, list[tuple[str, int]]] = {}
    for day, who, count in await watch.told():
        found.setdefault(day, []).append((who, count))
    return found


async def test_whoever_is_responsible_is_told_of_all_of_theirs_in_one_digest_and_the_rest_goes_to_the_technical(
    staffed,
):
    aino, eino = await staffed.person("Aino"), await staffed.person("Eino")
    for number, who in enumerate((aino, aino, eino, None)):
        await staffed.certificate(LAST_DAY, f"palvelin{number}.example.org", responsible_id=who)
    await staffed.live(MARCH_2 + DAY)
    assert await told_on(staffed) == {"2026-03-03": [("aino", 2), ("eino", 1), ("tekla", 1)]}


async def test_where_there_is_no_technical_contact_the_administrators_are_told_in_their_language(watch):
    await watch.person("Ada", Function.ADMINISTRATOR)
    await watch.certificate(LAST_DAY)
    await watch.live(MARCH_2 + DAY)
    assert await told_on(watch) == {"2026-03-03": [("ada", 1)]}
    assert await watch.owner.fetchval("SELECT language FROM notice") == "sv"
    assert await watch.ledger("certificate.escalate") == []  # nobody is left


async def test_where_nobody_has_those_functions_the_security_and_the_agreements_contacts_are_told(watch):
    await watch.person("Sirpa", Function.INFORMATION_SECURITY)
    await watch.person("Aki", Function.AGREEMENTS)
    await watch.certificate(LAST_DAY)
    await watch.live(MARCH_2 + 4 * DAY)
    assert await told_on(watch) == {"2026-03-03": [("sirpa", 1)], "2026-03-06": [("aki", 1)]}


async def test_whoever_is_not_a_contact_any_more_is_not_told(staffed):
    gone = await staffed.person("Gone", valid_until=MARCH_2 + DAY)
    await staffed.certificate(LAST_DAY, responsible_id=gone)
    await staffed.live(MARCH_2 + DAY)
    assert await told_on(staffed) == {"2026-03-03": [("tekla", 1)]}


async def test_where_there_is_nobody_it_waits_for_somebody(watch):
    certificate = await watch.certificate(LAST_DAY)
    await watch.live(MARCH_2 + 3 * DAY)
    assert await watch.told() == []
    assert await watch.open(certificate) == 30
    await watch.person("Ada", Function.ADMINISTRATOR)
    await watch.live(MARCH_2 + 4 * DAY)
    assert await told_on(watch) == {"2026-03-06": [("ada", 1)]}
    assert await watch.amiss() == []


async def test_while_nobody_acknowledges_the_deputy_and_then_the_management_are_told(staffed):
    aino, bertta = await staffed.person("Aino"), await staffed.person("Bertta")
    certificate = await staffed.certificate(MARCH_2 + 60 * DAY, responsible_id=aino, deputy_id=bertta)
    await staffed.live(MARCH_2 + 28 * DAY)
    assert await told_on(staffed) == {
        "2026-03-03": [("aino", 1)],
        "2026-03-10": [("bertta", 1)],
        "2026-03-17": [("ada", 1)],
    }
    # Of the next level everybody hears at once, since nobody has acknowledged the one before.
    await staffed.live(MARCH_2 + 32 * DAY)
    assert (await told_on(staffed))["2026-04-01"] == [("ada", 1), ("aino", 1), ("bertta", 1)]
    assert await staffed.ledger("certificate.escalate", State.OWED) == []
    assert await staffed.open(certificate) == 30


async def test_the_less_time_is_left_the_sooner_the_next_are_told(staffed):
    aino, bertta = await staffed.person("Aino"), await staffed.person("Bertta")
    await staffed.certificate(MARCH_2 + DAY, responsible_id=aino, deputy_id=bertta)
    await staffed.work()
    hours = []
    for _ in range(10 * 4):
        staffed.clock.advance(minutes=15)
        await staffed.work()
        hours.append([who for _, who, _ in await staffed.told()])
    assert hours[0] == ["aino"]
    assert [hours.index(one) for one in (["aino"], ["aino", "bertta"], ["aino", "bertta", "ada"])] == [0, 17, 34]


async def test_nobody_else_is_told_once_somebody_has_acknowledged_until_the_next_level(staffed):
    aino, bertta = await staffed.person("Aino"), await staffed.person("Bertta")
    certificate = await staffed.certificate(MARCH_2 + 40 * DAY, responsible_id=aino, deputy_id=bertta)
    await staffed.live(MARCH_2 + DAY)
    async with staffed.database.transaction(staffed.caller) as tx:
        await actions.acknowledge_warning(tx, staffed.clock, certificate, 60)
    await staffed.live(MARCH_2 + 11 * DAY)
    assert await told_on(staffed) == {"2026-03-03": [("aino", 1)], "2026-03-12": [("aino", 1)]}
    assert (await staffed.warnings(certificate))[-2:] == [(60, "acknowledged"), (30, "open")]


async def test_it_stops_when_the_certificate_is_replaced_between_two_people(staffed):
    aino, bertta = await staffed.person("Aino"), await staffed.person("Bertta")
    certificate = await staffed.certificate(MARCH_2 + 60 * DAY, responsible_id=aino, deputy_id=bertta)
    await staffed.live(MARCH_2 + DAY)
    await staffed.owner.execute("UPDATE certificate SET state = 'replaced'")  # the message of it has not come yet
    staffed.clock.at = morning(MARCH_2 + 8 * DAY, hour=8)
    while await staffed.ledger("certificate.escalate", State.OWED):
        await staffed.work()
    assert await told_on(staffed) == {"2026-03-03": [("aino", 1)]}
    assert await staffed.open(certificate) == 60


async def test_when_somebody_else_becomes_responsible_they_are_told(staffed):
    aino, eino = await staffed.person("Aino"), await staffed.person("Eino")
    certificate = await staffed.certificate(LAST_DAY, responsible_id=aino)
    await staffed.live(MARCH_2 + DAY)
    await staffed.described(certificate, responsible_id=eino)
    await staffed.live(MARCH_2 + 2 * DAY)
    assert await told_on(staffed) == {"2026-03-03": [("aino", 1)], "2026-03-04": [("eino", 1)]}
    await staffed.described(certificate, deputy_id=aino)  # that is no reason to tell anybody anew
    staffed.clock.at = morning(MARCH_2 + 3 * DAY)
    await staffed.work()
    assert len(await staffed.told()) == 2


async def test_what_is_amiss_is_told_in_the_same_digest_once_and_again_when_it_comes_back(staffed):
    aino = await staffed.person("Aino")
    certificate = await staffed.certificate(LAST_DAY, responsible_id=aino)

    async def note(*found: Finding) -> None:
        subjects = [f"certificate/{certificate}", "certificate_source/1"]
        async with staffed.database.transaction(staffed.caller) as tx:
            await findings.note(tx, staffed.clock.now(), subjects, found, family="lint")

    def a_finding(subject: str, about=None) -> Finding:
        return Finding(
            rule="lint.names",
            severity=Severity.WARNING,
            source="RFC 5280",
            subject=subject,
            certificate_id=about,
            sentence=Sentence(fi="Nimi puuttuu.", sv="Namnet saknas.", en="The name is missing."),
        )

    both = a_finding(f"certificate/{certificate}", certificate), a_finding("certificate_source/1")
    await note(*both)
    await staffed.live(MARCH_2 + DAY)
    rows = await staffed.owner.fetch(
        "SELECT email, certificates, findings FROM certificate_digest JOIN contact ON contact.id = contact_id"
        " ORDER BY email"
    )
    assert [tuple(row) for row in rows] == [("aino@example.org", 1, 1), ("tekla@example.org", 0, 1)]
    await note(*both)
    await staffed.live(MARCH_2 + 2 * DAY)
    assert len(await staffed.told()) == 2
    await note()
    await note(both[1])
    await staffed.live(MARCH_2 + 3 * DAY)
    assert await told_on(staffed) == {"2026-03-03": [("aino", 1), ("tekla", 0)], "2026-03-05": [("tekla", 0)]}
    assert (await staffed.text())[:2] == ["Something is amiss with certificates", "Warning: The name is missing."]


async def test_an_error_is_told_within_a_quarter_in_a_realm_that_has_no_certificates_too(staffed):
    found = Finding(
        rule="source.trouble",
        severity=Severity.ERROR,
        source="K7",
        subject="certificate_source/1",
        sentence=Sentence(fi="Kansiota ei voi lukea.", sv="Mappen kan inte läsas.", en="The folder cannot be read."),
    )
    async with staffed.database.transaction(staffed.caller) as tx:
        await findings.note(tx, staffed.clock.now(), ["certificate_source/1"], [found], family="source")
    await staffed.work()
    assert await staffed.told() == []
    staffed.clock.advance(minutes=15)
    await staffed.work()
    assert await told_on(staffed) == {"2026-03-02": [("tekla", 0)]}
    assert await staffed.owner.fetchval("SELECT urgent FROM notice")


async def test_the_digest_says_which_end_what_to_do_whom_it_hits_and_how_to_acknowledge_it(staffed):
    await staffed.certificate(MARCH_2 + 31 * DAY, "resepti.example.org")
    await staffed.certificate(MARCH_2 + 15 * DAY, "vanha.example.org", profile=None, kind="saml")
    await staffed.live(MARCH_2 + DAY)
    subject, first, second, answering = await staffed.text()
    assert subject == "Certificates are to be renewed"
    assert first.startswith(
        "vanha.example.org (SAML certificate): the certificate expires on 17 March 2026 12:00, in 14 days. Get another"
        " one and take it into use before that. It is not recorded where this certificate is used on 17 March 2026"
    )
    assert second.startswith(
        "resepti.example.org (server certificate): the certificate expires on 2 April 2026 12:00, in 30 days. Order a"
        " new one now: its issuer takes about 7 days (unverified). It is not recorded"
    )
    number = await staffed.owner.fetchval("SELECT id FROM certificate_digest")
    assert answering.endswith(f"certificates acknowledge --digest {number}")
    facts = json.decode(await staffed.owner.fetchval("SELECT facts FROM notice"))
    assert [value for _, value in facts] == [str(number), "K7"]


async def test_of_one_whose_successor_is_ordered_the_digest_says_so_instead_of_order_now(staffed):
    ends = await staffed.certificate(MARCH_2 + 31 * DAY)
    said = NewOrder(profile="dvv-server", ordered_on=MARCH_2, replaces_id=ends)
    async with staffed.database.transaction(staffed.caller) as tx:
        await orders.put_down(tx, staffed.clock, said, a_request())
    await staffed.live(MARCH_2 + DAY)
    _, first, _ = await staffed.text()
    assert "A new one was ordered on 2 March 2026 and has not arrived." in first
    assert "Order a new one" not in first


async def test_the_next_people_read_since_when_nobody_has_acknowledged_it(staffed):
    await staffed.certificate(LAST_DAY)
    await staffed.live(MARCH_2 + 4 * DAY)
    assert [who for _, who, _ in await staffed.told()] == ["tekla", "ada"]
    _, first, _ = await staffed.text()
    assert "Nobody has acknowledged the warning of 3 March 2026 6:00." in first


async def test_what_is_urgent_goes_out_at_once_the_rest_with_the_mail_of_the_morning(staffed):
    aino = await staffed.person("Aino")
    await staffed.certificate(MARCH_2 + 8 * DAY, "kiire.example.org", responsible_id=aino)
    await staffed.certificate(MARCH_2 + 31 * DAY, "hidas.example.org")
    await staffed.live(MARCH_2)
    staffed.clock.at = morning(MARCH_2 + DAY)
    await staffed.work()
    assert await staffed.mails() == ["aino@example.org"]
    staffed.clock.at = morning(MARCH_2 + DAY, hour=8)
    assert await staffed.mails() == ["aino@example.org", "tekla@example.org"]


async def test_of_very_many_the_most_urgent_are_named_and_all_can_be_acknowledged_with_the_digest(staffed):
    for number in range(40):
        await staffed.certificate(MARCH_2 + (60 - number) * DAY, f"palvelin{number}.example.org")
    await staffed.live(MARCH_2 + DAY)
    _, *lines = await staffed.text()
    assert len(lines) == 32
    assert lines[0].startswith("palvelin39.example.org")
    assert lines[30] == "Certificates that end later than these: 10 more. They are in the same digest."
    assert await staffed.owner.fetchval("SELECT count(*) FROM certificate_digest_item") == 40


async def test_an_authority_is_told_of_with_how_many_it_issued(staffed):
    authority = await staffed.certificate(MARCH_2 + 31 * DAY, "DVV CA", authority=True, days=3650)
    sha256 = await staffed.owner.fetchval("SELECT sha256 FROM certificate WHERE id = $1", authority)
    for number in range(3):
        await staffed.certificate(MARCH_2 + 300 * DAY, f"palvelin{number}.example.org")
    await staffed.owner.execute("UPDATE certificate SET issuer_sha256 = $1 WHERE id <> $2", sha256, authority)
    await staffed.live(MARCH_2 + DAY)
    _, line, _ = await staffed.text()
    assert "Certificates in use that it issued: 3; they are not trusted after that." in line


async def test_webhooks_hear_that_people_were_told_and_nothing_of_whom(staffed):
    await staffed.certificate(LAST_DAY)
    await staffed.live(MARCH_2 + DAY)
    row = await staffed.owner.fetchrow("SELECT body, tenancy_id FROM outbox WHERE kind = 'certificate_warnings.told'")
    said = json.decode(row["body"])
    assert {name: said[name] for name in said if name not in {"at", "type"}} == {
        "digests": 1,
        "certificates": 1,
        "findings": 0,
        "urgent": False,
        "first_ends_on": "2026-04-01",
    }
    assert row["tenancy_id"] is None
    await outbox.carry_on(staffed.database, staffed.clock, SUBSCRIBERS)
    assert await staffed.owner.fetchval("SELECT count(*) FROM outbox WHERE state = 'dead'") == 0


async def test_a_telling_that_nobody_needs_any_more_is_kept_and_says_so(staffed):
    certificate = await staffed.certificate(MARCH_2 + 5 * DAY)
    await staffed.hear()
    await staffed.done(inventory.retire, certificate, because="A mistake")
    staffed.clock.advance(minutes=15)
    await staffed.work()
    (promise,) = await staffed.ledger("certificate.tell")
    assert promise.state is State.KEPT
    assert promise.result == {"digests": 0, "certificates": 0, "findings": 0}
    assert promise.settled_at - promise.due_at < timedelta(minutes=1)


async def test_what_may_wait_is_told_the_next_morning_once_people_were_told_that_day(staffed):
    aino = await staffed.person("Aino")
    await staffed.certificate(LAST_DAY, "palvelin.example.org")
    await staffed.live(MARCH_2 + DAY)
    assert [email for _, email, _ in await staffed.told()] == ["tekla"]
    staffed.clock.advance(hours=2)
    found = Finding(
        rule="source.late",
        severity=Severity.WARNING,
        source="this service",
        subject="certificate_source/1",
        sentence=Sentence(fi="Lähdettä ei luettu.", sv="Källan lästes inte.", en="The source was not read."),
    )
    async with staffed.database.transaction(staffed.caller) as tx:
        await findings.note(tx, staffed.clock.now(), ["certificate_source/1"], [found], family="source")
    await staffed.certificate(MARCH_2 + 2 * DAY, "toinen.example.org", responsible_id=aino)
    await staffed.work()
    staffed.clock.advance(minutes=16)
    await staffed.work()
    assert [email for _, email, _ in await staffed.told()] == ["tekla", "aino"]
    await staffed.live(MARCH_2 + 2 * DAY)
    told = await staffed.owner.fetch(
        "SELECT email, findings FROM certificate_digest JOIN contact ON contact.id = contact_id"
    )
    assert [row["email"] for row in told if row["findings"]] == ["tekla@example.org"]


async def test_the_digest_says_of_a_trust_anchor_that_signatures_are_trusted_by_it_and_nobody_is_told_twice(staffed):
    one = await staffed.certificate(LAST_DAY, "Esimerkki CA", authority=True)
    async with staffed.database.transaction(staffed.caller) as tx:
        content = (await reading.contents(tx, [one]))[one]
    await loaded(staffed.database, staffed.clock, staffed.caller, x509.load_der_x509_certificate(content))
    await staffed.live(MARCH_2 + DAY)
    await promised.pay(staffed.database, staffed.clock)
    (about,) = [line for line in await staffed.text() if "Esimerkki CA" in line]
    assert "Signatures are trusted by it" in about
    assert [row["topic"] for row in await staffed.owner.fetch("SELECT topic FROM notice")] == ["certificate.digest"]
