"""Links and what was sent through them. The only module that reads `sql/queries/disturbance_form/form.sql`."""

from datetime import datetime
from typing import Final
from uuid import UUID

from kanta_tenancy.disturbances.form.errors import FormLinkChanged, FormLinkNotFound
from kanta_tenancy.disturbances.form.model import FormLink, OpenedLink, Sending
from kanta_tenancy.machinery.postgres.database import Connection, Transaction
from kanta_tenancy.machinery.postgres.statements import Nothing, statement

MOST_SENT: Final = 50  # from one opened form, as far back as is looked

INSERT_LINK: Final = statement("disturbance_form/form.insert_link", FormLink)
FIND: Final = statement("disturbance_form/form.find", FormLink)
PAGE: Final = statement("disturbance_form/form.page", FormLink)
REVOKE: Final = statement("disturbance_form/form.revoke", FormLink)
LOOK_UP: Final = statement("disturbance_form/form.look_up", OpenedLink)
HOLD: Final = statement("disturbance_form/form.hold", Nothing)
SENT_WITH: Final = statement("disturbance_form/form.sent_with", Sending)
INSERT_SENDING: Final = statement("disturbance_form/form.insert_sending", Nothing)
SENT_AS: Final = statement("disturbance_form/form.sent_as", Sending)


async def add(tx: Transaction, link: FormLink, secret_sha256: bytes) -> FormLink:
    kept = await INSERT_LINK.one(
        tx,
        id=link.id,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=link.tenancy_id,
        name=link.name,
        secret_sha256=secret_sha256,
        made_by=link.made_by,
        made_at=link.made_at,
    )
    return _found(kept, link.id)


async def find(tx: Transaction, link_id: UUID) -> FormLink:
    """Read a link.

    Raises:
        FormLinkNotFound: the scope has none of that id.
    """
    return _found(await FIND.one(tx, main_connector_id=tx.scope.main_connector_id, link_id=link_id), link_id)


async def page(tx: Transaction, *, after: UUID, count: int) -> list[FormLink]:
    return await PAGE.all(tx, main_connector_id=tx.scope.main_connector_id, after=after, count=count)


async def revoke(tx: Transaction, link_id: UUID, *, by: str, at: datetime, version: int) -> FormLink:
    """Close a link for ever.

    Raises:
        FormLinkChanged: it is at another version.
    """
    realm = tx.scope.main_connector_id
    kept = await REVOKE.one(tx, main_connector_id=realm, link_id=link_id, revoked_by=by, at=at, version=version)
    if kept is None:
        raise FormLinkChanged(f"the link is no longer at version {version}")
    return kept


async def look_up(connection: Connection, secret_sha256: bytes) -> OpenedLink | None:
    """Say whose people a link is for, whatever its realm; None: there is none such that is good."""
    return await LOOK_UP.one(connection, secret_sha256=secret_sha256)


async def hold(tx: Transaction, token: UUID) -> None:
    """Wait until what else is sent from the same opened form has been taken in."""
    await HOLD.run(tx, token=token)


async def sent_with(tx: Transaction, link_id: UUID, token: UUID) -> list[Sending]:
    """Return what was sent from one opened form before, newest first."""
    realm = tx.scope.main_connector_id
    return await SENT_WITH.all(tx, main_connector_id=realm, link_id=link_id, token=token, count=MOST_SENT)


async def keep(tx: Transaction, link: OpenedLink, token: UUID, sending: Sending) -> None:
    await INSERT_SENDING.run(
        tx,
        main_connector_id=tx.scope.main_connector_id,
        tenancy_id=link.tenancy_id,
        link_id=link.id,
        token=token,
        content_sha256=sending.content_sha256,
        disturbance_id=sending.disturbance_id,
        report_id=sending.report_id,
        at=sending.sent_at,
    )


async def sent_as(tx: Transaction, link_id: UUID, report_id: UUID) -> Sending | None:
    """Return what was sent through a link as a report; None: that did not come through it."""
    realm = tx.scope.main_connector_id
    return await SENT_AS.one(tx, main_connector_id=realm, link_id=link_id, report_id=report_id)


def _found(link: FormLink | None, link_id: UUID) -> FormLink:
    if link is None:
        raise FormLinkNotFound(f"no link {link_id}")
    return link
