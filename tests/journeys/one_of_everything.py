"""A realm in which there is one of everything: what operations that name a thing can be tried on."""

import uuid
from datetime import date, timedelta

import asyncpg

from kanta_tenancy.agreements.campaigns import actions as campaigns
from kanta_tenancy.agreements.campaigns.model import Campaign
from kanta_tenancy.agreements.drafting import actions
from kanta_tenancy.agreements.earlier import actions as earlier
from kanta_tenancy.agreements.endings import circumstances, notices, service_agreements
from kanta_tenancy.agreements.endings.model import NewCircumstance, NewNotice, NewServiceAgreement
from kanta_tenancy.agreements.ends import CircumstanceKind
from kanta_tenancy.agreements.exhibits import actions as exhibits
from kanta_tenancy.agreements.mandates import actions as mandates
from kanta_tenancy.agreements.mandates.model import MandateGround, NewMandate
from kanta_tenancy.agreements.model import Earlier, Form, Party
from kanta_tenancy.agreements.signing import actions as signing
from kanta_tenancy.agreements.signing.prepared import actions as prepared_signatures
from kanta_tenancy.agreements.signing.prepared.actions import HandedOut
from kanta_tenancy.agreements.signing.prepared.model import Asked
from kanta_tenancy.assembly.events import EVENTS
from kanta_tenancy.certificates.inventory import reading as inventory_reading
from kanta_tenancy.certificates.inventory.actions import certificates as inventory_actions
from kanta_tenancy.certificates.inventory.actions import sources as inventory_sources
from kanta_tenancy.certificates.inventory.model import NewUse
from kanta_tenancy.certificates.orders import actions as certificate_orders
from kanta_tenancy.certificates.orders.model import SaidOrder
from kanta_tenancy.certificates.warnings import actions as warnings
from kanta_tenancy.certificates.watching import actions as watching
from kanta_tenancy.disturbances.actions import assessing, drawing_up, reporting
from kanta_tenancy.disturbances.actions.assessing import SaidAnswer
from kanta_tenancy.disturbances.form import actions as forms
from kanta_tenancy.disturbances.model import Answer, Fact
from kanta_tenancy.joining.actions import applications, change_notices
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.kernel.calendar import day_in_finland
from kanta_tenancy.kernel.clock import Clock, SystemClock
from kanta_tenancy.kernel.identifiers import AgreementId
from kanta_tenancy.kernel.languages import Language
from kanta_tenancy.machinery.postgres.database import Database, connect
from kanta_tenancy.machinery.postgres.migrations import migrate, read_migrations
from kanta_tenancy.machinery.x509.sample_authority import chain_pem, found
from kanta_tenancy.messages.actions import endpoints
from kanta_tenancy.messages.actions.endpoints import Rules
from kanta_tenancy.messages.actions.feeds import make_feed
from kanta_tenancy.messages.model import SaidEndpoint
from kanta_tenancy.messages.signatures import Keys
from kanta_tenancy.promises import Owner, Wanted, page
from kanta_tenancy.renewals.model import Office
from kanta_tenancy.seals import SealKeys
from kanta_tenancy.trust.actions import anchors, policies
from kanta_tenancy.trust.model import Anchor, AnchorKind, Wish
from tests.agreements.campaigns.conftest import TARGET
from tests.agreements.campaigns.examples import a_cohort, a_new_campaign
from tests.agreements.conftest import a_credential
from tests.agreements.examples import a_draft
from tests.certificates.inventory.examples import HANDED_IN, Inventory
from tests.certificates.inventory.examples import der as a_certificate_of_a_server
from tests.certificates.orders.examples import Orders
from tests.certificates.warnings.examples import a_digest, found_amiss
from tests.disturbances.examples import Desk
from tests.joining.examples import a_change
from tests.journeys import breaches, follow_ups
from tests.parties.examples import EVERYTHING, Tenant, a_key, a_realm, a_tenant, looked, owner_of
from tests.promises.examples import owed, promised
from tests.renewals.practice import Practice
from tests.seals.examples import a_seal
from tests.systems.examples import Register

CERTIFICATE = chain_pem(*a_credential("Aino").chain).decode()


async def prepared(owner_url: str, keys: SealKeys) -> tuple[str, dict[str, str]]:
    """Make a realm in a fresh database; return a key of it and identifiers that are there.

    Args:
        keys: an empty folder, for those of the seal.
    """
    owner = await asyncpg.connect(owner_url)
    await migrate(owner, read_migrations())
    await owner.close()
    clock = SystemClock()
    async with connect(owner_url.replace("postgres@", "kanta_service@")) as database:
        realm = await a_realm(database, clock)
        await a_seal(database, keys, clock)
        tenant = await a_tenant(database, clock, realm)
        own = await owner_of(database, realm)
        yesterday = day_in_finland(clock.now()) - timedelta(days=1)
        for organisation_id in (own, tenant.organisation.id):
            await looked(database, clock, realm, organisation_id, checked_on=yesterday)
        token = await a_key(database, clock, realm, own, permissions=EVERYTHING)
        said = {"tenancy_id": tenant.tenancy.id, "said": a_draft()}
        async with database.transaction(realm) as tx:
            agreement = await actions.draft(tx, clock, **said)
        async with database.transaction(realm) as tx:
            plan = await actions.plan_offer(tx, clock, agreement_id=agreement.id, version=agreement.version)
        async with database.transaction(realm) as tx:
            await actions.offer(tx, clock, plan)
        handed_out = await to_be_signed(database, clock, realm, agreement.id)
        happened = await lived(database, clock, realm, tenant) | await with_kela(database, clock, realm)
        happened |= await registered(database, clock, realm, tenant)
        digest = await a_digest(database, clock, realm)
        finding = await found_amiss(database, clock, realm)
        async with database.transaction(realm) as tx:
            await warnings.acknowledge_digest(tx, clock, digest.id, version=1)
        happened |= await disturbed(database, clock, realm, keys)
        happened["order_id"] = await ordered(database, clock, realm)
        happened |= await kept(database, clock, realm)
        happened |= await renewing(database, clock, realm, tenant)
        happened |= await breaches.reported(database, clock, realm, tenant, keys)
        happened |= await follow_ups.put_down(database, clock, realm)
        campaign = await campaigning(database, clock, realm)
        anchor = await trusting(database, clock, realm)
        await promised(database, realm, owed(owner=Owner.MAIN_CONNECTOR))
        async with database.transaction(realm) as tx:
            promise = (await page(tx, Wanted(), after=None, count=1))[0]
        rules = Rules(EVENTS, Keys(["k" * 40]))
        async with database.transaction(realm) as tx:
            said = SaidEndpoint(url="https://hooks.example.invalid/", kinds=("agreement.offered",))
            endpoint, _ = await endpoints.make(tx, clock, rules, said)
            message = await endpoints.send_test(tx, clock, endpoint.id)
            watched = await watching.watch(tx, clock, "kanta.example.org:443")
            feed, calendar = await make_feed(tx, clock, name="Kanta", language="fi")
    ids = {
        "organisation_id": tenant.organisation.id,
        "tenancy_id": tenant.tenancy.id,
        "agreement_id": agreement.id,
        "prepared_signature_id": handed_out.prepared.id,
        "promise_id": promise.id,
        "campaign_id": campaign.id,
        "anchor_id": anchor.id,
        **happened,
        "endpoint_id": endpoint.id,
        "watched_id": watched.id,
        "message_id": message.id,
        "feed_id": feed.id,
        "address": calendar.name,
        "digest_id": digest.id,
        "finding_id": finding,
    }
    return token.text, {name: str(value) for name, value in ids.items()}


async def to_be_signed(database: Database, clock: Clock, realm: Caller, agreement_id: AgreementId) -> HandedOut:
    """Prepare a signature of the main connector on an agreement that was offered."""
    async with database.transaction(realm) as tx:
        on = await signing.ground(tx, clock, agreement_id=agreement_id, version=2)
    asked = Asked(certificates=CERTIFICATE, position=1, comments="", lasts=timedelta(hours=1))
    handed_out = prepared_signatures.hand_out(on, asked, realm.scope, at=clock.now())
    async with database.transaction(realm) as tx:
        await prepared_signatures.keep(tx, clock, handed_out)
    return handed_out


async def with_kela(database: Database, clock: Clock, realm: Caller) -> dict[str, uuid.UUID]:
    """Make a joining application and a change notice, each at its second version."""
    change = a_change(known_on=day_in_finland(clock.now()))
    async with database.transaction(realm) as tx:
        application = await applications.draft(tx, clock, name="Kanta", services=("will",))
        await applications.amend(tx, clock, application.id, version=1, name="Kanta", services=("prescription",))
        notice = await change_notices.plan(tx, clock, change)
        await change_notices.plan_anew(tx, clock, notice.id, lambda _: change, version=1)
    return {"application_id": application.id, "change_notice_id": notice.id}


async def trusting(database: Database, clock: Clock, realm: Caller) -> Anchor:
    """Trust an authority no longer, so that it is at its second version, and decide on a policy twice."""
    root = found("Luottamus", at=clock.now()).root
    async with database.transaction(realm) as tx:
        (loaded,) = await anchors.load(tx, clock, AnchorKind.SIGNATURES, [root])
        anchor = await anchors.remove(tx, clock, loaded.anchor.id, version=1, because="A new one came")
        for hours in (1, 2):
            await policies.decide(tx, clock, Wish(fresh_for_hours=hours), version=hours - 1)
    return anchor


async def disturbed(database: Database, clock: Clock, realm: Caller, keys: SealKeys) -> dict[str, uuid.UUID]:
    """Report two disturbances, one with a file, and assess the other, whose duty is at its second version by that.

    Its addressee is told by a document.
    """
    desk = Desk(database, clock, realm)
    taken = await desk.reported(since=clock.now(), service="prescription")
    async with database.transaction(realm) as tx:
        file = await reporting.attach(tx, clock, taken.report_id, name="log.txt", content=b"Error 504")
    other = (await desk.reported(since=clock.now(), service="imaging")).disturbance_id
    async with database.transaction(realm) as tx:
        await assessing.acknowledge(tx, clock, taken.disturbance_id, version=1)
        await assessing.acknowledge(tx, clock, other, version=1)
        link, _ = await forms.make(tx, clock, name="Ward 3", tenancy_id=None, giver=EVERYTHING)
        yes = SaidAnswer(answer=Answer.YES)
        await assessing.answer(tx, clock, other, {Fact.CRITICAL_OR_WIDE: yes}, version=2)
    duty_id = (await desk.duties(other))["contract_kela"].id
    async with database.transaction(realm) as tx:
        paper = await drawing_up.draw_up(tx, clock, keys, duty_id, Language.SWEDISH)
    return {
        "disturbance_id": taken.disturbance_id,
        "report_id": taken.report_id,
        "attachment_id": file.id,
        "form_link_id": link.id,
        "duty_id": duty_id,
        "document_id": paper.id,
    }


async def registered(database: Database, clock: Clock, realm: Caller, tenant: Tenant) -> dict[str, uuid.UUID]:
    """Register a system with a version that serves the tenant, both at their second version; another's certificate."""
    register = Register(database, clock, realm)
    system = await register.released(await register.system())
    other = await register.certified(await register.system(name="Another"))
    deployment = await register.deployed(system, tenant.tenancy.id)
    deployment = await register.moved(deployment, deployment.since, None)
    return {
        "system_id": system.id,
        "release_id": system.releases[0].id,
        "conformity_certificate_id": other.certificates[0].id,
        "deployment_id": deployment.id,
    }


async def kept(database: Database, clock: Clock, realm: Caller) -> dict[str, uuid.UUID]:
    """Hand in a certificate and say where it is used, so that it is at its second version, as its source is."""
    inventory = Inventory(database, clock, realm)
    taken = await inventory.taken(a_certificate_of_a_server(), source=HANDED_IN)
    use = NewUse(since=day_in_finland(clock.now()), host="palvelin.example.org")
    async with database.transaction(realm) as tx:
        certificate = await inventory_actions.add_use(tx, clock, taken.new[0], use, version=1)
        (used,) = await inventory_reading.uses_of(tx, certificate.id)
        source = await inventory_sources.promise(tx, clock, taken.source.id, read_every_hours=24, version=1)
    return {"certificate_id": certificate.id, "use_id": used.id, "source_id": source.id}


async def ordered(database: Database, clock: Clock, realm: Caller) -> uuid.UUID:
    """Put an order of a certificate down and say it anew, so that it is at its second version."""
    orders = Orders(database, clock, realm)
    said = {"profile": "dvv-server", "ordered_on": day_in_finland(clock.now())}
    order = await orders.put_down(**said)
    return (await orders.act(certificate_orders.amend, order, SaidOrder(**said))).id


async def renewing(database: Database, clock: Clock, realm: Caller, tenant: Tenant) -> dict[str, uuid.UUID]:
    """Have a unit of the tenant receive a renewal request; unit and prescriber are at their second version."""
    today = day_in_finland(clock.now())
    practice = Practice(database, clock, realm, tenant)
    await practice.prescriber(tenancy_id=None, code="900001", office=Office.RESPONSIBLE_PHYSICIAN)
    unit = await practice.receiving(await practice.a_unit(), on=today)
    author = await practice.prescriber(units=(unit.id,))
    await practice.amended(author)
    absent = await practice.absent(author, clock.now())
    prevention = await practice.prevented()
    request = await practice.arrived()
    return {
        "unit_id": unit.id,
        "decision_id": unit.decisions[0].id,
        "prescriber_id": author.id,
        "absence_id": absent.absences[0].id,
        "prevention_id": prevention,
        "request_id": request.id,
    }


async def lived(database: Database, clock: Clock, realm: Caller, tenant: Tenant) -> dict[str, uuid.UUID]:
    """Make something of each kind that happens to an agreement in force."""
    own = tenant.tenancy.id
    today = day_in_finland(clock.now())
    said = Earlier(
        in_force_on=date(2019, 3, 1),
        model_version="1.3",
        form=Form.PAPER,
        language=Language.FINNISH,
        services=("prescription",),
    )
    async with database.transaction(realm) as tx:
        agreement = await earlier.bring_in(tx, clock, tenancy_id=own, said=said)
        mandate = await mandates.put_down(
            tx,
            clock,
            NewMandate(
                party=Party.TENANT,
                tenancy_id=own,
                person="Aino",
                ground=MandateGround.PROCURATION,
                valid_from=date(2019, 3, 1),
            ),
        )
        exhibit = await exhibits.add(tx, clock, tenancy_id=own, name="letter.txt", content=b"We leave")
        given = NewNotice(party=Party.TENANT, given_on=today, message="We leave")
        notice = await notices.give(tx, clock, agreement_id=agreement.id, said=given)
        contract = NewServiceAgreement(name="S-1", since=date(2019, 1, 1))
        other = await service_agreements.put_down(tx, clock, tenancy_id=own, said=contract)
        befell = NewCircumstance(kind=CircumstanceKind.DEATH, party=Party.TENANT, known_on=today, note="In the paper")
        noted = await circumstances.note(tx, clock, tenancy_id=own, said=befell)
    return {
        "exhibit_id": exhibit.id,
        "mandate_id": mandate.id,
        "notice_id": notice.id,
        "service_agreement_id": other.id,
        "circumstance_id": noted.id,
    }


async def campaigning(database, clock, realm) -> Campaign:
    """Start a campaign; it is at version 2 then, as an agreement that was offered."""
    new = a_new_campaign(**TARGET, cohorts=(a_cohort(starts_on=day_in_finland(clock.now()) + timedelta(days=1)),))
    async with database.transaction(realm) as tx:
        campaign = await campaigns.create(tx, clock, new)
    async with database.transaction(realm) as tx:
        return await campaigns.start(tx, clock, campaign_id=campaign.id, version=campaign.version)
