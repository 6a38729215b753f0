"""Whose agreements a transaction can reach, whatever the program asks of the database: two tenants of one realm."""

from datetime import timedelta

import asyncpg
import pytest

from kanta_tenancy.agreements.model import Party
from kanta_tenancy.agreements.signing.prepared import actions as prepared
from kanta_tenancy.agreements.signing.prepared.model import Asked
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.x509.sample_authority import chain_pem
from tests.agreements.conftest import a_credential
from tests.agreements.endings.checklists.test_endings import held
from tests.agreements.endings.test_life import recorded
from tests.agreements.endings.test_notices import a_notice, given
from tests.agreements.mandates.test_mandates import offered_by
from tests.agreements.signing.test_papers import scan_anew
from tests.conftest import someone
from tests.parties.examples import a_realm, a_tenant

TABLES = (
    "agreement", "agreement_signature", "agreement_document", "agreement_receipt", "agreement_model",
    "annex_period", "exhibit", "mandate", "signatory_mandate", "later_scan", "termination_notice",
    "service_agreement", "checklist", "ending_hold", "journal_entry", "journal_head", "outbox",
)  # fmt: skip
COPY = (
    "INSERT INTO agreement SELECT gen_random_uuid(), main_connector_id, tenancy_id, 'x', 'withdrawn', 1, language,"
    " model, model_version, services, registers, originals, signatories, created_at, offered_at, content,"
    " content_sha256, NULL, now(), 'x' FROM agreement"
)
SIGNATURE = (
    "INSERT INTO agreement_signature SELECT id, '{}', 2, 9, main_connector_id, tenancy_id, now(), now(), '0', 'CN=x'"
    " FROM agreement"
)
EVIDENCE = (
    "INSERT INTO soteri_evidence SELECT gen_random_uuid(), main_connector_id, tenancy_id, organisation_id,"
    " 'registered', 'x', '2026-03-02', 'x', NULL, NULL, now() FROM soteri_evidence"
)
FIRM = (
    "INSERT INTO organisation (id, main_connector_id, tenancy_id, business_id, name, language, created_at)"
    " SELECT gen_random_uuid(), main_connector_id, tenancy_id, '0246246-0', 'x', 'fi', now() FROM tenancy"
)
MODEL = (
    "INSERT INTO agreement_model SELECT gen_random_uuid(), main_connector_id, 'x', '1', 'fi', '', '', '[]', now()"
    " FROM tenancy"
)
CONTRACT = (
    "INSERT INTO service_agreement SELECT gen_random_uuid(), main_connector_id, tenancy_id, 'x', '2026-03-02', NULL,"
    " NULL, NULL, NULL, now(), 1 FROM agreement"
)
NOTICE = (
    "INSERT INTO termination_notice SELECT gen_random_uuid(), main_connector_id, tenancy_id, id, '{}', '2026-03-02',"
    " 'x', NULL, now(), NULL, NULL, NULL, NULL, 1 FROM agreement"
)
RESCISSION = (
    "INSERT INTO rescission SELECT gen_random_uuid(), main_connector_id, tenancy_id, id, 'considerable_harm', 'x', id,"
    " now(), id, id, NULL, NULL, NULL, NULL, 1 FROM agreement"
)
CIRCUMSTANCE = (
    "INSERT INTO circumstance SELECT gen_random_uuid(), main_connector_id, tenancy_id, 'death', 'tenant', NULL,"
    " '2026-03-02', 'x', NULL, '2026-03-02', now(), NULL, NULL, NULL, 1 FROM agreement"
)


MANDATE = (
    "INSERT INTO mandate (id, main_connector_id, tenancy_id, organisation_id, party, person, ground, valid_from,"
    " recorded_at, recorded_by, version) SELECT gen_random_uuid(), main_connector_id, tenancy_id, tenancy_id, '{}',"
    " 'x', 'procuration', '2026-01-01', now(), '{}', 1 FROM agreement"
)
USE = (
    "INSERT INTO signatory_mandate SELECT gen_random_uuid(), main_connector_id, tenancy_id, id, 'tenant', 1, id"
    " FROM agreement"
)
PAPER = (
    "INSERT INTO agreement_signature SELECT id, '{}', 2, 9, main_connector_id, tenancy_id, now(), NULL, NULL, NULL,"
    " 'paper', '2026-03-02', '2026-03-02', 'x', '{}', id FROM agreement"
)


async def counted(database, caller: Caller, table: str) -> int:
    async with database.transaction(caller) as tx:
        return await tx.connection.fetchval(f"SELECT count(*) FROM {table}")  # noqa: S608 -- a name of TABLES


async def test_neither_another_tenant_nor_another_realm_sees_a_row(desk, database, clock):
    _, agreement = await offered_by(desk, Party.MAIN_CONNECTOR, tenancy_id=None)
    main_connector, tenant = agreement.signatories
    agreement = await desk.sign_on_paper(await desk.sign(agreement, main_connector), tenant)
    agreement = await scan_anew(desk, agreement, tenant)
    await recorded(desk)
    exhibit = await desk.exhibit(Party.TENANT)
    await given(desk, agreement, a_notice(exhibit_id=exhibit.id))
    await held(desk, agreement)
    stranger = await a_realm(database, clock, 2100000)
    neighbour = await a_tenant(database, clock, desk.main_connector, 1100000)
    impostor = someone(stranger.scope.main_connector_id, desk.tenant.tenancy.id)
    for table in TABLES:
        if table != "agreement_model":
            assert await counted(database, desk.tenant.caller, table), table
        if table not in {"journal_entry", "journal_head"}:  # both have acts of their own
            assert [await counted(database, other, table) for other in (stranger, neighbour.caller)] == [0, 0], table
        assert await counted(database, impostor, table) == 0, table


@pytest.mark.parametrize(
    "mischief",
    [
        COPY,
        SIGNATURE.format("main_connector"),
        EVIDENCE,
        FIRM,
        MODEL,
        "UPDATE agreement SET status = 'withdrawn', ended_at = now(), withdrawn_because = 'x'",
        "UPDATE organisation SET name = 'x'",
        CONTRACT,
        NOTICE.format("main_connector"),
        RESCISSION,
        CIRCUMSTANCE,
        MANDATE.format("main_connector", "tenant"),
        MANDATE.format("tenant", "main_connector"),
        USE,
        PAPER.format("main_connector", "tenant"),
        PAPER.format("tenant", "main_connector"),
        "UPDATE soteri_evidence SET withdrawn_at = now(), withdrawal_reason = 'x'",
        "UPDATE outbox SET state = 'done'",
    ],
)
async def test_a_tenants_transaction_cannot_write_what_is_the_main_connectors(desk, database, mischief):
    await desk.offered()
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with database.transaction(desk.tenant.caller) as tx:
            await tx.connection.execute(mischief)


async def test_the_main_connectors_transaction_cannot_sign_for_the_tenant(desk, database):
    await desk.offered()
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with database.transaction(desk.main_connector) as tx:
            await tx.connection.execute(SIGNATURE.format("tenant"))


async def test_the_main_connectors_transaction_puts_down_a_paper_in_its_own_name_only(desk, database):
    await desk.offered()
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
        async with database.transaction(desk.main_connector) as tx:
            await tx.connection.execute(PAPER.format("tenant", "tenant"))


async def test_what_a_party_prepared_to_sign_is_seen_by_nobody_else(desk, database, clock):
    agreement = await desk.offered()
    for party in Party:
        on, caller = await desk.ground(agreement, party), desk.caller(party)
        pem = chain_pem(*a_credential("Aino").chain).decode()
        asked = Asked(certificates=pem, position=1, comments="", lasts=timedelta(hours=1))
        out = prepared.hand_out(on, asked, caller.scope, at=clock.now())
        async with database.transaction(caller) as tx:
            await prepared.keep(tx, clock, out)
    stranger = await a_realm(database, clock, 2100000)
    neighbour = await a_tenant(database, clock, desk.main_connector, 1100000)
    impostor = someone(stranger.scope.main_connector_id, desk.tenant.tenancy.id)
    callers = (*map(desk.caller, Party), stranger, neighbour.caller, impostor)
    assert [await counted(database, caller, "prepared_signature") for caller in callers] == [1, 1, 0, 0, 0]
