"""Help with breaches in PostgreSQL. The only module that reads `sql/queries/breaches/help.sql`."""

from typing import Final
from uuid import UUID

import msgspec

from kanta_tenancy.breaches.errors import HelpChanged, HelpNotFound
from kanta_tenancy.breaches.model import Breach, Help, HelpAnswer
from kanta_tenancy.breaches.store.breaches import NEWEST, holder_of
from kanta_tenancy.kernel.identifiers import TenancyId
from kanta_tenancy.machinery.postgres.database import Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

INSERT: Final = statement("breaches/help.insert", Nothing)
FIND: Final = statement("breaches/help.find", Help)
LOCK: Final = statement("breaches/help.lock", Help)
SAVE: Final = statement("breaches/help.save", Nothing)
PAGE: Final = statement("breaches/help.page", Help)
PAGE_OF_TENANCY: Final = statement("breaches/help.page_of_tenancy", Help)
OF_BREACH: Final = statement("breaches/help.of_breach", Help)
OPEN: Final = statement("breaches/help.open", Help)
INSERT_ANSWER: Final = statement("breaches/help.insert_answer", Nothing)
ANSWERS: Final = statement("breaches/help.answers", HelpAnswer)


async def add(tx: Transaction, breach: Breach, asked: Help) -> None:
    said = msgspec.structs.asdict(asked)
    del said["because"]
    holder = holder_of(tx, breach.tenancy_id)
    await INSERT.run(tx, main_connector_id=tx.scope.main_connector_id, breach_holder=holder, **said)


async def find(tx: Transaction, help_id: UUID) -> Help:
    """Read a request for help.

    Raises:
        HelpNotFound: the scope has none of that id.
    """
    return _there(await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, help_id=help_id), help_id)


async def take(tx: Transaction, help_id: UUID, version: int) -> Help:
    """Hold a request for help, if nothing was said of it since the version that the caller saw.

    Raises:
        HelpNotFound: the scope has none of that id.
        HelpChanged: it is at another version.
    """
    held = _there(await LOCK.one(tx, main_connector_id=tx.scope.main_connector_id, help_id=help_id), help_id)
    if held.version != version:
        raise HelpChanged(f"it is at version {held.version}, not {version}", version=held.version)
    return held


async def save(tx: Transaction, asked: Help) -> None:
    """Write what stands of a request that the transaction holds."""
    await SAVE.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        help_id=asked.id,
        state=asked.state,
        state_at=asked.state_at,
        because=asked.because,
        version=asked.version,
    )


async def page(tx: Transaction, *, tenancy_id: TenancyId | None, before: UUID | None, count: int) -> list[Help]:
    """Read a page of requests, newest first; between the main connector and one tenant where that is given."""
    asked = {"main_connector_id": tx.scope.main_connector_id, "before": before or NEWEST, "count": count}
    if tenancy_id is None:
        return await PAGE.all(tx, **asked)
    return await PAGE_OF_TENANCY.all(tx, tenancy_id=tenancy_id, **asked)


async def of_breach(tx: Transaction, breach_id: UUID) -> list[Help]:
    return await OF_BREACH.all(tx, main_connector_id=tx.scope.main_connector_id, breach_id=breach_id)


async def unanswered(tx: Transaction, *, after: UUID, count: int) -> list[Help]:
    return await OPEN.all(tx, main_connector_id=tx.scope.main_connector_id, after=after, count=count)


async def add_answer(tx: Transaction, asked: Help, answer: HelpAnswer) -> None:
    await INSERT_ANSWER.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        help_id=asked.id,
        tenancy_id=asked.tenancy_id,
        **msgspec.structs.asdict(answer),
    )


async def answers(tx: Transaction, help_id: UUID) -> list[HelpAnswer]:
    return await ANSWERS.all(tx, main_connector_id=tx.scope.main_connector_id, help_id=help_id)


def _there(found: Help | None, help_id: UUID) -> Help:
    if found is None:
        raise HelpNotFound(f"no request {help_id} for help with a breach")
    return found
