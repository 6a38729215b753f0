"""Whose certificates a transaction can examine, link and read together: a tenant its own, another realm none at all."""

import uuid
from typing import Any

import pytest

from kanta_tenancy.certificates.chains.store import certificates, revocation
from kanta_tenancy.certificates.inventory.examining import name_sha256
from kanta_tenancy.kernel.acting import Caller
from kanta_tenancy.machinery.postgres.statements import Statement
from tests.certificates.chains.authority import BEGAN, YEAR, a_server, an_authority, fingerprint
from tests.conftest import someone
from tests.parties.examples import a_realm

ROOT = an_authority("Root")
OLD, NEW = a_server(ROOT), a_server(ROOT, starts=BEGAN + YEAR)
READS = (
    certificates.TAKE_WAITING, certificates.TAKE, certificates.FIND, certificates.AUTHORITIES_NAMED,
    certificates.AUTHORITIES, certificates.PREDECESSORS, certificates.SUCCESSORS, certificates.CHAIN, certificates.LINE,
    revocation.OF, revocation.PAIR, revocation.EXPECTED,
)  # fmt: skip
WRITES = (
    certificates.EXAMINED, certificates.PUT_OFF, certificates.EXAMINE_ORPHANS, certificates.EXAMINE_CHILDREN,
)  # fmt: skip


def asked(examination, statement: Statement, certificate_id: uuid.UUID) -> dict[str, Any]:
    """Return what a statement is asked about a certificate and its issuer."""
    at = examination.clock.now()
    known = {
        "main_connector_id": examination.caller.scope.main_connector_id,
        "ids": [certificate_id],
        "id": certificate_id,
        "certificate_id": certificate_id,
        "now": at.replace(year=2100),
        "at": at,
        "count": 9,
        "after": uuid.UUID(int=0),
        "names": [name_sha256("CN=Root")],
        "sha256s": [fingerprint(ROOT.certificate)],
        "issuers": [fingerprint(ROOT.certificate)],
        "lines": [None],
        "next": [at],
    }
    return {name: known[name] for name in statement.parameters}


@pytest.fixture
async def stranger(database, clock) -> Caller:
    return await a_realm(database, clock, 3000000)


@pytest.fixture
async def ids(examination) -> list[uuid.UUID]:
    made = await examination.have(OLD, NEW, ROOT.certificate)
    await examination.ask()
    return made


async def rows(examination, caller: Caller, statement: Statement, certificate_id: uuid.UUID) -> int:
    """Return how many rows a caller reads, or writes, when it asks as the main connector would."""
    given = asked(examination, statement, certificate_id)
    async with examination.database.transaction(caller) as tx:
        return len(await statement.all(tx, **given)) if statement in READS else await statement.run(tx, **given)


async def test_another_realm_reads_and_changes_nothing(examination, stranger, ids):
    for statement in READS:
        about = ids[1] if statement is certificates.PREDECESSORS else ids[0]
        assert await rows(examination, examination.caller, statement, about) >= 1, statement.name
        assert await rows(examination, stranger, statement, about) == 0, statement.name
    for statement in WRITES:
        assert await rows(examination, stranger, statement, ids[0]) == 0, statement.name
    for statement in (certificates.EXAMINE_CHILDREN, certificates.EXAMINED, certificates.PUT_OFF):
        assert await rows(examination, examination.caller, statement, ids[0]) >= 1, statement.name


async def test_a_tenant_reads_its_own_and_changes_nothing(examination, owner, tenant, ids):
    await owner.execute("UPDATE certificate SET tenancy_id = $2 WHERE id = $1", ids[0], tenant.tenancy.id)
    for statement in WRITES:
        assert await rows(examination, tenant.caller, statement, ids[0]) == 0, statement.name
    for statement in (certificates.CHAIN, certificates.LINE):
        assert await rows(examination, tenant.caller, statement, ids[0]) >= 1
        assert await rows(examination, tenant.caller, statement, ids[1]) == 0
    for statement in (certificates.SUCCESSORS, revocation.OF):  # the next one is not its own, and words are not either
        assert await rows(examination, tenant.caller, statement, ids[0]) == 0


async def test_a_tenant_under_the_name_of_another_realm_reads_nothing(examination, owner, stranger, tenant, ids):
    await owner.execute("UPDATE certificate SET tenancy_id = $2 WHERE id = $1", ids[0], tenant.tenancy.id)
    impostor = someone(stranger.scope.main_connector_id, tenant.tenancy.id)
    for statement in READS:
        assert await rows(examination, impostor, statement, ids[0]) == 0, statement.name
